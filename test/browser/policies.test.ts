import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GenerateOptions, loadPipeline, noStore, OptionError, type Pipeline } from '../../src/index.ts';
import { requestTestAdapter } from '../support/gpu.ts';

/** Small enough that a run takes a second on a CPU. */
const SMALL: GenerateOptions = {
  prompt: 'a red circle moving left on a sky background',
  seed: 3,
  steps: 2,
  width: 32,
  height: 32,
  frames: 5,
};

let pipeline: Pipeline;
beforeAll(async () => {
  const adapter = (await requestTestAdapter()) as GPUAdapter;
  const options = { adapter, manifestUrl: '/weights-manifest.json', store: noStore, firstRun: SMALL };
  pipeline = await loadPipeline('shapes', options);
});
afterAll(() => pipeline.dispose());

test('a policy reuses blocks, reports what it did, and gives its memory back', async () => {
  const options = { ...SMALL, steps: 6, policy: 'bwcache', policyOptions: { threshold: 1e9, interval: 2, tail: 1 } };
  const clip = await pipeline.generate(options);
  const { policy, schedule, scores, blocks, memory } = clip.report;
  expect(policy).toMatchObject({ name: 'bwcache', options: { threshold: 1e9, probe: 'feature' } });
  expect(schedule).toEqual({ cond: '110011', uncond: '110011' });
  expect(blocks).toEqual({ computed: 2 * 4 * 12, reused: 2 * 2 * 12 });
  expect(scores.map(({ step, branch }) => [step, branch])).toEqual([
    [1, 'cond'],
    [1, 'uncond'],
  ]);
  expect(scores.every(({ blocks }) => blocks.length === 12)).toBe(true);
  expect(memory.cacheBytes).toBe(pipeline.plan(options).cacheBytes);
  expect(memory.cacheBytes).toBeGreaterThan(0);
  clip.dispose();
  const { weightsBytes, runBytes } = pipeline.plan(options);
  expect(pipeline.currentBytes).toBe(weightsBytes + runBytes);
});

test('fewer-steps takes fewer, and says so', async () => {
  const clip = await pipeline.generate({ ...SMALL, policy: 'fewer-steps', policyOptions: { share: 0.5 } });
  expect(clip.report).toMatchObject({ steps: 1, schedule: { cond: '1', uncond: '1' } });
  clip.dispose();
});

test('U6: aborted with a policy, it frees everything, and the next run is a fresh one', async () => {
  const options = { ...SMALL, steps: 4, policy: 'bwcache', policyOptions: { threshold: 1e9, interval: 1 } };
  const first = await pipeline.generate(options);
  const pixels = await first.rgba();
  first.dispose();
  const controller = new AbortController();
  const onStep = () => controller.abort(new Error('enough'));
  await expect(pipeline.generate({ ...options, signal: controller.signal, onStep })).rejects.toThrow('enough');
  expect(pipeline.currentBytes).toBe(pipeline.plan(options).weightsBytes);
  const second = await pipeline.generate(options);
  expect(await second.rgba()).toEqual(pixels);
  second.dispose();
});

test.each<[Partial<GenerateOptions>, string]>([
  [{ policy: 'magic' }, 'There is no policy magic'],
  [{ policy: 'bwcache', policyOptions: { threshold: -1 } }, 'policyOptions.threshold is -1'],
  [{ policy: 'bwcache', policyOptions: { tau: 1 } }, 'no option tau'],
])('bad options are named: %j', async (options, message) => {
  const failed = pipeline.generate({ ...SMALL, ...options });
  await expect(failed).rejects.toThrow(OptionError);
  await expect(failed).rejects.toThrow(message);
});
