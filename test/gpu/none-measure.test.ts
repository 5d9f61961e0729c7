import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { predictSchedule } from '../../src/cache/predict.ts';
import { testGpu } from '../support/kernel-run.ts';
import { countKernels, TinyRuns } from '../support/wan-runs.ts';

const STEPS = 8;

let runs: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
}, 60_000);
afterAll(() => runs.dispose());

describe.each(['feature', 'modulated'])('none, measuring %s', (measure) => {
  test('U1: the latents of a run that does not measure, bit for bit, and a score of every block and step', async () => {
    const plain = await runs.denoise('none');
    const { latents, record, commands } = await runs.denoise('none', { measure });
    expect(latents).toEqual(plain.latents);
    expect(record.schedule).toEqual({ cond: '1'.repeat(STEPS), uncond: '1'.repeat(STEPS) });
    expect(record.scores.length).toBe(2 * (STEPS - 1));
    expect(record.scores.every(({ blocks, mean }) => blocks.length === 2 && mean > 0 && mean < 10)).toBe(true);
    expect(countKernels(commands, 'block_diff')).toBe(2 * 2 * STEPS);
    expect(countKernels(plain.commands, 'block_diff')).toBe(0);
  });

  test('one run tells what bwcache does at any threshold, where one branch leads', async () => {
    const { record } = await runs.denoise('none', { measure });
    const run = { ...record, stepsAsked: STEPS, policy: { name: 'none', options: { measure } } };
    const means = record.scores.filter(({ branch }) => branch === 'cond').map(({ mean }) => mean);
    const between = [
      Math.min(...means) * 0.99,
      (Math.min(...means) + Math.max(...means)) / 2,
      Math.max(...means) * 1.01,
    ];
    for (const threshold of between) {
      const options = { probe: measure, threshold, interval: 2, tail: 1, branches: 'condLeads' };
      const real = await runs.denoise('bwcache', options);
      const { schedule, isComplete } = predictSchedule(run, { name: 'bwcache', options });
      expect(schedule, `threshold ${threshold}`).toEqual(real.record.schedule);
      expect(isComplete).toBe(true);
    }
  });

  test('U11: as planned, and none when stopped', async () => {
    const { memory } = runs.gpu;
    const before = memory.currentBytes;
    const { cache } = runs.cache('none', { measure });
    await cache.start(runs.gpu);
    expect(cache.plannedBytes).toBeGreaterThan(0);
    expect(memory.currentBytes - before).toBe(cache.plannedBytes);
    cache.stop();
    expect(memory.currentBytes).toBe(before);
    expect(runs.cache('none').cache.plannedBytes).toBe(0);
  });
});
