import { compare } from '../../src/conformance/compare.ts';
import { type Golden, goldenInput, readGolden } from '../../src/conformance/golden.ts';
import { replayWanPipeline } from '../../src/conformance/wan-pipeline.ts';
import type { ConfigJson } from '../../src/models/config.ts';
import { readJson } from '../../src/weights/source.ts';
import { testGpu } from './kernel-run.ts';
import { fixtureSource } from './model-folder.ts';

/** The embedded model. */
export const model = fixtureSource('../../models/shapes');
/** A recorded run of it. */
export const golden: Golden = await readGolden(fixtureSource('shapes'), 'golden.safetensors');

/** Peak signal-to-noise ratio in dB, for values in [0, 1]. */
function psnr(ours: Float32Array, theirs: Float32Array): number {
  let squares = 0;
  for (const [i, value] of theirs.entries()) squares += ((ours[i] as number) - value) ** 2;
  return -10 * Math.log10(squares / theirs.length);
}

/**
 * Repeats the recorded run of 30 steps: largest relative error of latents and embeddings, and the pictures' PSNR.
 *
 * @param steps So many of them, and then no pictures.
 */
export async function replayShapes(operands: 'f32' | 'f16', steps?: number) {
  const config = (await readJson(model, 'model_index.json')) as ConfigJson;
  const precision = { weights: 'stored', operands } as const;
  let worst = 0;
  let decibels: number | undefined;
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
    if (steps !== undefined && name === `latents.${steps - 1}`) break;
  }
  return { worst, decibels };
}
