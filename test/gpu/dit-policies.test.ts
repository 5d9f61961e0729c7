/** A second family of models, by the public way: every policy there is runs on a tiny `DiTPipeline`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { POLICIES } from '../../src/cache/index.ts';
import type { PolicyKind } from '../../src/cache/kind.ts';
import { goldenInput, readGolden } from '../../src/conformance/golden.ts';
import {
  type GenerateOptions,
  loadPipeline,
  noStore,
  OptionError,
  type Pipeline,
  type Preview,
} from '../../src/index.ts';
import { readConfig } from '../../src/models/config.ts';
import { calibrate } from '../../src/pipeline/calibrate.ts';
import { openFamily } from '../../src/pipeline/dit.ts';
import { requestTestAdapter } from '../support/gpu.ts';
import { testGpu } from '../support/kernel-run.ts';
import { fixtureSource } from '../support/model-folder.ts';

const FOLDER = fixtureSource('dit-pipeline');
const GOLDEN = await readGolden(FOLDER, 'golden.safetensors');
/** As it was recorded. */
const RUN: GenerateOptions = { prompt: '207', seed: 0, steps: 6, guidanceScale: 4 };
const BLOCKS = 2;

let pipeline: Pipeline;
beforeAll(async () => {
  const adapter = (await requestTestAdapter()) as GPUAdapter;
  pipeline = await loadPipeline(FOLDER, { adapter, store: noStore, firstRun: RUN, debug: true });
}, 60_000);
afterAll(() => pipeline.dispose());

async function picture(options: GenerateOptions) {
  const clip = await pipeline.generate(options);
  try {
    return { pixels: await clip.rgba(), report: clip.report };
  } finally {
    clip.dispose();
  }
}

/** Options that make it reuse something within a few steps; artifacts are calibrated on the model. */
async function optionsOf({ name, calibration }: PolicyKind): Promise<GenerateOptions['policyOptions']> {
  if (!calibration) return {};
  const gpu = await testGpu();
  const index = await readConfig(FOLDER, 'model_index.json');
  const family = await openFamily({ source: FOLDER }, index, { precision: 'stored', capabilities: gpu.capabilities });
  try {
    const run = { steps: 6, guidanceScale: 4 };
    const what = { model: FOLDER.label, policy: name, prompts: ['207', 'crane'], distances: 2 };
    return { artifact: await calibrate(gpu, family, { ...what, run, operands: 'f32' }) };
  } finally {
    for (const { weights } of family.parts) weights.dispose(gpu);
  }
}

test('a picture is the one that diffusers made: the same noise, class and steps', async () => {
  const { pixels, report } = await picture(RUN);
  const { shape, values } = goldenInput(GOLDEN, 'out');
  const [, , height = 0, width = 0] = shape;
  expect(report).toMatchObject({ prompt: '207', width, height, frames: 1, sampler: 'ddim', steps: 6 });
  let worst = 0;
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) {
      worst = Math.max(
        worst,
        Math.abs((pixels[4 * i + c] as number) - 255 * (values[c * height * width + i] as number)),
      );
    }
  }
  expect(worst).toBeLessThan(1);
  expect((await picture({ ...RUN, prompt: 'golden retriever' })).pixels).toEqual(pixels);
  expect((await picture({ ...RUN, prompt: '12' })).pixels).not.toEqual(pixels);
});

describe.each(POLICIES.map((kind) => [kind.name, kind] as const))('the policy %s', (name, kind) => {
  test('runs, and reports what it did and held', { timeout: 60_000 }, async () => {
    const policyOptions = await optionsOf(kind);
    const options = { ...RUN, policy: name, ...(policyOptions && { policyOptions }) };
    const full = await picture(RUN);
    const { pixels, report } = await picture(options);
    const { blocks, steps, memory, policy } = report;
    expect(policy.name).toBe(name);
    expect(blocks.computed + blocks.reused).toBeCloseTo(2 * BLOCKS * steps, 6);
    expect(memory.peakBytes).toBeLessThanOrEqual(memory.plannedBytes);
    expect(memory.cacheBytes).toBe(pipeline.plan(options).cacheBytes);
    // What computed everything is bit for bit the full picture, and only that.
    if (steps === report.stepsAsked && blocks.reused === 0) expect(pixels).toEqual(full.pixels);
    else expect(pixels).not.toEqual(full.pixels);
  });
});

test('previews come, and change nothing', async () => {
  const previews: Preview[] = [];
  const { pixels } = await picture({ ...RUN, preview: { every: 2, onPreview: (made) => previews.push(made) } });
  expect(pixels).toEqual((await picture(RUN)).pixels);
  expect(previews.length).toBeGreaterThan(0);
  expect(previews[0]).toMatchObject({ width: 16, height: 16 });
});

test('its info says what it takes', () => {
  const { className, prompts, sizes, defaults, tokens } = pipeline.info;
  expect(className).toBe('DiTPipeline');
  expect(prompts).toEqual({ kind: 'class', count: 1000, names: JSON.parse(GOLDEN.metadata.labels ?? '{}') });
  expect(sizes).toEqual({ pixels: 4, frames: 0, square: true });
  expect(defaults).toEqual({
    ...{ width: 16, height: 16, frames: 1, fps: 1 },
    steps: 50,
    guidanceScale: 4,
    sampler: 'ddim',
  });
  expect(tokens).toBe(16);
});

test('another size than its own, and no guidance', async () => {
  const { report, pixels } = await picture({ ...RUN, width: 24, height: 24, guidanceScale: 1 });
  expect(report).toMatchObject({ width: 24, height: 24, schedule: { cond: '111111' } });
  expect(new Set(pixels).size).toBeGreaterThan(10);
});

test.each([
  [
    'a class that it does not know',
    { prompt: 'a red circle' },
    'prompt is "a red circle"; this model takes one of 1000 classes. Pass a number from 0 to 999, or a name such as ',
  ],
  ['no class', { prompt: '' }, 'prompt is ""; this model takes one of 1000 classes.'],
  ['the class for none', { prompt: '1000' }, 'prompt is "1000"'],
  ['a negative prompt', { negativePrompt: 'crane' }, 'negativePrompt is given'],
  [
    'embeddings',
    { promptEmbeds: { values: new Float32Array(4), length: 1 } },
    'promptEmbeds is given; this model takes a class.',
  ],
  ['a clip', { frames: 5 }, 'frames is 5; this model makes pictures, of 1 frame. Use 1'],
  ['a picture that is no square', { width: 24 }, 'The size is 24 x 16; this model makes squares. Use 24 x 24.'],
  ["another family's sampler", { sampler: 'unipc' }, 'sampler is "unipc"'],
  ['latents of another size', { latents: new Float32Array(3) }, 'latents holds 3 values. Pass 256: 4 x 1 x 8 x 8.'],
] as const)('%s is refused', async (_, options, message) => {
  const refused = await pipeline.generate({ ...RUN, ...options }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(OptionError);
  expect((refused as Error).message).toContain(message);
});
