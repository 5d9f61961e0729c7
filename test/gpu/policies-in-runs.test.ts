/** What the laws say of policies on a device: never reusing changes no bit, and bytes are what was planned. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlockScores } from '../../src/cache/run-record.ts';
import { artifactFor } from '../support/artifacts.ts';
import { testGpu } from '../support/kernel-run.ts';
import { TinyRuns } from '../support/wan-runs.ts';

const STEPS = 8;

let runs: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
}, 120_000);
afterAll(() => runs.dispose());

const all = (count: number) => '1'.repeat(count);

describe.each([
  // What never reuses; what reuses, and the schedule that it comes to.
  ['adacache', { codebook: '1:1', motion: true }, { codebook: '9:3', motion: true }, '11001011'],
  ['sortblock', { interval: 1 }, { timestepTo: 1000, interval: 4, beta: 1 }, undefined],
  ['bac', { updates: STEPS }, { updates: 3, bubbling: 0 }, undefined],
  ['blockcache', { threshold: 0 }, { scaleShift: false }, undefined],
  ['mixcache', { tolerance: 0 }, { tolerance: 9, stableFrom: 9, stableTo: 9, steadiness: 9 }, undefined],
] as const)('%s', (name, never, eager, schedule) => {
  const withArtifact = (options: Readonly<Record<string, unknown>>) => ({
    ...artifactFor(name, runs.shape),
    ...options,
  });

  test('U1: what never reuses has the bits of no policy', async () => {
    const plain = await runs.denoise('none');
    const { latents, record } = await runs.denoise(name, withArtifact(never));
    expect(latents).toEqual(plain.latents);
    expect(record.schedule).toEqual({ cond: all(STEPS), uncond: all(STEPS) });
  });

  test('U3, U11: it reuses on the device what it plans, in as many bytes as planned', async () => {
    const { gpu } = runs;
    const before = gpu.memory.currentBytes;
    const { cache } = runs.cache(name, withArtifact(eager));
    await cache.start(gpu);
    expect(gpu.memory.currentBytes - before).toBe(cache.plannedBytes);
    cache.stop();
    expect(gpu.memory.currentBytes).toBe(before);
    const { latents, record } = await runs.denoise(name, withArtifact(eager));
    expect(latents.every(Number.isFinite)).toBe(true);
    expect(record.blocks.reused).toBeGreaterThan(0);
    if (schedule !== undefined) expect(record.schedule.cond).toBe(schedule);
    const isTold = (score: BlockScores) => score.mean >= 0 && score.step > 0;
    if (name !== 'bac' && name !== 'blockcache') {
      expect(record.scores.filter(isTold).length).toBeGreaterThan(0);
    }
  });

  test('U6: twice the same', async () => {
    const [first, second] = [
      await runs.denoise(name, withArtifact(eager)),
      await runs.denoise(name, withArtifact(eager)),
    ];
    expect(second.latents).toEqual(first.latents);
    expect(second.record).toEqual(first.record);
  });
});
