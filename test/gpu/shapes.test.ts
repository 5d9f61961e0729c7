import { expect, test } from 'vitest';
import { compare } from '../../src/conformance/compare.ts';
import { type Golden, goldenInput, readGolden } from '../../src/conformance/golden.ts';
import { replayWanPipeline } from '../../src/conformance/wan-pipeline.ts';
import type { ConfigJson } from '../../src/models/config.ts';
import { randn } from '../../src/samplers/noise.ts';
import { loadTokenizer } from '../../src/text/tokenizer.ts';
import { readJson } from '../../src/weights/source.ts';
import { describeWithF16 } from '../support/gpu.ts';
import { testGpu } from '../support/kernel-run.ts';
import { fixtureSource } from '../support/model-folder.ts';

const model = fixtureSource('../../models/shapes');
const golden: Golden = await readGolden(fixtureSource('shapes'), 'golden.safetensors');

/** Peak signal-to-noise ratio in dB, for values in [0, 1]. */
function psnr(ours: Float32Array, theirs: Float32Array): number {
  let squares = 0;
  for (const [i, value] of theirs.entries()) squares += ((ours[i] as number) - value) ** 2;
  return -10 * Math.log10(squares / theirs.length);
}

/** Repeats the recorded run of 30 steps: largest relative error of latents and embeddings, and the pictures' PSNR. */
async function replay(operands: 'f32' | 'f16') {
  const config = (await readJson(model, 'model_index.json')) as ConfigJson;
  const precision = { weights: 'stored', operands } as const;
  let worst = 0;
  let decibels = 0;
  for await (const { name, values } of replayWanPipeline({
    gpu: await testGpu(),
    source: model,
    config,
    golden,
    precision,
  })) {
    const recorded = goldenInput(golden, name).values;
    if (name === 'out') decibels = psnr(values, recorded);
    else worst = Math.max(worst, compare(name, values, recorded).relativeL2);
  }
  return { worst, decibels };
}

test('the embedded model repeats diffusers: 30 steps, guidance, decoding', { timeout: 300_000 }, async () => {
  const { worst, decibels } = await replay('f32');
  expect(worst).toBeLessThanOrEqual(1e-4);
  expect(decibels).toBeGreaterThanOrEqual(50);
});

describeWithF16('with f16 operands', () => {
  test('the pictures are within 40 dB', { timeout: 600_000 }, async () => {
    const { decibels } = await replay('f16');
    expect(decibels).toBeGreaterThanOrEqual(40);
  });
});

test('tokens and noise of the recorded prompt and seed', async () => {
  const { prompt = '', seed } = golden.metadata;
  const tokenizer = await loadTokenizer(model);
  expect(tokenizer.encode(prompt).ids).toEqual([...goldenInput(golden, 'in.input_ids').values]);
  const latents = goldenInput(golden, 'in.latents').values;
  const noise = randn(latents.length, Number(seed));
  expect(Math.max(...noise.map((value, i) => Math.abs(value - (latents[i] as number))))).toBeLessThan(1e-6);
});
