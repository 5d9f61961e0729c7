import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type BlockScores,
  type Branch,
  type ForwardEvent,
  type GenerateOptions,
  loadPipeline,
  noStore,
  OptionError,
  type Pipeline,
  type Preview,
} from '../../src/index.ts';
import { requestTestAdapter } from '../support/gpu.ts';

const STEPS = 8;

/** Small enough that a run takes seconds on a CPU. */
const SMALL: GenerateOptions = {
  prompt: 'a red circle moving left on a sky background',
  seed: 3,
  steps: STEPS,
  width: 32,
  height: 32,
  frames: 5,
};

let pipeline: Pipeline;
beforeAll(async () => {
  const adapter = (await requestTestAdapter()) as GPUAdapter;
  const options = { adapter, manifestUrl: '/weights-manifest.json', store: noStore, firstRun: SMALL };
  pipeline = await loadPipeline('shapes', options);
}, 60_000);
afterAll(() => pipeline.dispose());

describe('what a run does is told while it does it', () => {
  test.each<[string, Partial<GenerateOptions>]>([
    ['none', {}],
    ['bwcache', { policyOptions: { threshold: 0.3, interval: 1, warmup: 2, tail: 1 } }],
    ['teacache', { policyOptions: { threshold: 0.3 } }],
    ['fbcache', { policyOptions: { threshold: 0.3 } }],
    // The model's artifact is made for 30 steps.
    ['smoothcache', { steps: 30 }],
  ])('%s', async (policy, options) => {
    const forwards: ForwardEvent[] = [];
    const scores: BlockScores[] = [];
    const when: { readonly step: number; readonly forwards: number; readonly scores: number }[] = [];
    const clip = await pipeline.generate({
      ...SMALL,
      ...options,
      policy,
      onForward: (forward) => forwards.push(forward),
      onScores: (told) => scores.push(told),
      onStep: ({ step }) => when.push({ step, forwards: forwards.length, scores: scores.length }),
    });
    const { report } = clip;
    clip.dispose();
    for (const branch of ['cond', 'uncond'] as const) expect(digits(forwards, branch)).toBe(report.schedule[branch]);
    const computed = forwards.reduce((sum, forward) => sum + forward.computed, 0);
    expect(computed).toBeCloseTo(report.blocks.computed, 6);
    expect(forwards.every(({ blocks }) => blocks === 12)).toBe(true);
    expect(scores).toEqual(report.scores);
    if (policy !== 'none') expect(report.blocks.reused).toBeGreaterThan(0);
    // Two branches. A verdict of the GPU's comes beside the next step, all others before.
    const late = policy === 'teacache' || policy === 'fbcache' ? 1 : 0;
    expect(when.map(({ step }) => step)).toEqual(Array.from({ length: report.steps }, (_, step) => step));
    for (const { step, forwards } of when) expect(forwards).toBeGreaterThanOrEqual(2 * (step + 1 - late));
    if (late) for (const { step, scores } of when) expect(scores).toBeGreaterThanOrEqual(2 * (step - late));
  });
});

describe('previews', () => {
  test.each([
    // 19 dB after step 2, 31 after step 5.
    ['flow-match-euler', 3, [2, 5], 25],
    // 19 and 24.
    ['unipc', 3, [2, 5], 20],
    ['flow-match-euler', STEPS, [], 0],
  ])('%s, every %d steps: they come to the clip, and change nothing of it', async (sampler, every, steps, bound) => {
    const without = await pipeline.generate({ ...SMALL, sampler });
    const pixels = await without.rgba();
    without.dispose();
    const previews: Preview[] = [];
    const preview = { every, onPreview: (made: Preview) => previews.push(made) };
    const seen: number[] = [];
    const clip = await pipeline.generate({ ...SMALL, sampler, preview, onStep: () => seen.push(previews.length) });
    expect(await clip.rgba()).toEqual(pixels);
    clip.dispose();
    expect(previews.map(({ step }) => step)).toEqual(steps);
    for (const { width, height, rgba } of previews) expect([width, height, rgba.length]).toEqual([32, 32, 4 * 32 * 32]);
    const psnrs = previews.map(({ rgba }) => psnr(rgba, pixels.subarray(0, 4 * 32 * 32)));
    expect(psnrs).toEqual([...psnrs].sort((a, b) => a - b));
    for (const last of psnrs.slice(-1)) expect(last).toBeGreaterThan(bound);
    // Beside the steps: of each but the last, one step later at most.
    for (const [i, step] of steps.entries()) expect(seen[step + 1]).toBeGreaterThan(i);
  });

  test('one after every step, where the one before has come', async () => {
    const steps: number[] = [];
    const preview = { every: 1, onPreview: ({ step }: Preview) => steps.push(step) };
    (await pipeline.generate({ ...SMALL, preview })).dispose();
    expect(steps.length).toBeGreaterThanOrEqual(2);
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
    expect(steps.at(-1)).toBeLessThan(STEPS - 1);
  });

  test('their memory is planned, and given back', async () => {
    // A clip of one frame is smaller than what is freed before it is made.
    const options = { ...SMALL, frames: 1, policy: 'bwcache', preview: { every: 2, onPreview: () => {} } };
    const { previewBytes, plannedBytes, weightsBytes, runBytes, cacheBytes } = pipeline.plan(options);
    expect(pipeline.plan({ ...options, preview: undefined }).previewBytes).toBe(0);
    expect(previewBytes).toBeGreaterThan(4 * 32 * 32);
    expect(plannedBytes).toBe(weightsBytes + runBytes + cacheBytes + previewBytes);
    const clip = await pipeline.generate(options);
    expect(clip.report.memory).toMatchObject({ plannedBytes, peakBytes: plannedBytes });
    clip.dispose();
    expect(pipeline.currentBytes).toBe(weightsBytes + runBytes);
  });

  test('aborted with one on its way, it frees everything, and nothing comes any more', async () => {
    const controller = new AbortController();
    const steps: number[] = [];
    const aborted = pipeline.generate({
      ...SMALL,
      signal: controller.signal,
      preview: { every: 2, onPreview: ({ step }) => steps.push(step) },
      // Step 1 and its preview are on their way when step 0 has run.
      onStep: () => controller.abort(new Error('enough')),
    });
    await expect(aborted).rejects.toThrow('enough');
    expect(pipeline.currentBytes).toBe(pipeline.plan(SMALL).weightsBytes);
    expect(steps).toEqual([]);
    const clip = await pipeline.generate(SMALL);
    expect(clip.frameCount).toBe(5);
    clip.dispose();
  });

  test('what their receiver throws ends the run', async () => {
    const onPreview = () => {
      throw new Error('no room on the page');
    };
    const failed = pipeline.generate({ ...SMALL, preview: { every: 2, onPreview } });
    await expect(failed).rejects.toThrow('no room on the page');
    expect(pipeline.currentBytes).toBe(pipeline.plan(SMALL).weightsBytes);
  });

  test.each([0, -1, 1.5, Number.NaN])('every %d steps is refused by name', async (every) => {
    const failed = pipeline.generate({ ...SMALL, preview: { every, onPreview: () => {} } });
    await expect(failed).rejects.toThrow(OptionError);
    await expect(failed).rejects.toThrow(`preview.every is ${every}. Pass an integer from 1`);
  });
});

/** The schedule that forwards come to. @throws when a step is missing, told twice or out of order. */
function digits(forwards: readonly ForwardEvent[], branch: Branch): string {
  const own = forwards.filter((forward) => forward.branch === branch);
  expect(own.map(({ step }) => step)).toEqual(own.map((_, i) => i));
  return own.map(({ computes }) => Number(computes)).join('');
}

/** Of pixels, in dB. */
function psnr(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += ((a[i] as number) - (b[i] as number)) ** 2;
  return 10 * Math.log10((255 ** 2 * a.length) / squares);
}
