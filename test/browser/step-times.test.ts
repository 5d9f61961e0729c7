import { expect, test } from 'vitest';
import { type GenerateOptions, loadPipeline, noStore } from '../../src/index.ts';
import { requestTestAdapter, testFeatures } from '../support/gpu.ts';

const STEPS = 8;

/** Reuses steps 2 to 6, small enough that a run takes seconds on a CPU. */
const REUSING: GenerateOptions = {
  prompt: 'a red circle moving left on a sky background',
  seed: 3,
  steps: STEPS,
  width: 32,
  height: 32,
  frames: 5,
  policy: 'bwcache',
  policyOptions: { threshold: 1e9, interval: 5, tail: 1 },
};
const LOAD = { manifestUrl: '/weights-manifest.json', store: noStore, firstRun: REUSING };

test.skipIf(!testFeatures.has('timestamp-query'))(
  'GPU time tells reused steps from computed ones',
  async () => {
    const adapter = (await requestTestAdapter()) as GPUAdapter;
    const pipeline = await loadPipeline('shapes', { ...LOAD, adapter });
    // A first run waits within steps to learn how fast the device is.
    (await pipeline.generate(REUSING)).dispose();
    const clip = await pipeline.generate(REUSING);
    const { schedule, gpuStepSeconds = [], seconds, memory } = clip.report;
    clip.dispose();
    const { weightsBytes, runBytes, plannedBytes } = pipeline.plan(REUSING);
    expect(pipeline.currentBytes).toBe(weightsBytes + runBytes);
    expect(memory.peakBytes).toBe(plannedBytes);
    pipeline.dispose();
    expect(schedule).toEqual({ cond: '11000001', uncond: '11000001' });
    expect(gpuStepSeconds).toHaveLength(STEPS);
    const computed = gpuStepSeconds.filter((_, step) => schedule.cond?.[step] === '1');
    const reused = gpuStepSeconds.filter((_, step) => schedule.cond?.[step] === '0');
    expect(Math.min(...reused)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...reused)).toBeLessThan(Math.min(...computed) / 2);
    // Each is off by 0.1 ms at most.
    const sum = gpuStepSeconds.reduce((total, step) => total + step, 0);
    expect(sum).toBeLessThanOrEqual(seconds.denoise + STEPS * 1e-4);
  },
  60_000,
);

test('a device without timestamps makes the clip all the same, and tells no GPU time', async () => {
  const adapter = (await requestTestAdapter()) as GPUAdapter;
  const device = await adapter.requestDevice();
  const pipeline = await loadPipeline('shapes', { ...LOAD, device });
  const clip = await pipeline.generate(REUSING);
  expect(clip.report.stepSeconds).toHaveLength(STEPS);
  expect(clip.report).not.toHaveProperty('gpuStepSeconds');
  clip.dispose();
  pipeline.dispose();
  device.destroy();
}, 60_000);
