import { afterAll, beforeAll, expect, test } from 'vitest';
import { chebyshev } from '../../src/cache/forecast-chebyshev.ts';
import { ScheduledForwards } from '../../src/executor/scheduled-forwards.ts';
import type { Tensor } from '../../src/gpu/tensor.ts';
import { downloadF32 } from '../../src/gpu/transfer.ts';
import { testGpu } from '../support/kernel-run.ts';
import { TinyRuns } from '../support/wan-runs.ts';

const STEPS = 12;
/** Six values are kept at last, and one of them is let go. */
const OPTIONS = { window: 2, growth: 0, first: 5, last: 0 };

let runs: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
}, 120_000);
afterAll(() => runs.dispose());

test('U1: a window of 1 gives the latents of no policy, bit for bit', async () => {
  const none = await runs.denoise('none');
  const { latents, record } = await runs.denoise('spectrum', { window: 1, growth: 0 });
  expect(latents).toEqual(none.latents);
  expect(record).toEqual(none.record);
});

test.each(['output', 'velocity'] as const)('the %s is forecast from what was kept, as in float64', async (what) => {
  const { gpu, run, sampler } = runs;
  await runs.denoise('none');
  const { cache, scheduler } = runs.cache('spectrum', { ...OPTIONS, what });
  await cache.start(gpu);
  const forwards = new ScheduledForwards(cache, scheduler);
  const fit = { depth: 6, degree: 3, ridge: 1, share: 0.4, line: 'half', span: 50 } as const;
  const kept: { readonly step: number; readonly values: Float32Array }[] = [];
  for (let step = 0; step < STEPS; step++) {
    run.beginStep(step, sampler, 4);
    for (const key of runs.shape.keys) {
      await forwards.submit(gpu.pacer, step, key);
      if (key !== 'cond') continue;
      const all = await downloadF32(gpu, (what === 'output' ? run.sites.get(key)?.stream : run.velocity) as Tensor);
      const values = what === 'output' ? all : all.slice(0, all.length / 2);
      if (scheduler.record.schedule.cond?.[step] === '1') {
        kept.unshift({ step, values });
        continue;
      }
      const used = kept.slice(0, 6);
      const weights = chebyshev(fit).weights(
        used.map((each) => each.step),
        step,
      );
      for (const [i, value] of values.entries()) {
        const want = weights.reduce((sum, weight, at) => sum + weight * (used[at]?.values[i] as number), 0);
        expect(Math.abs(value - want)).toBeLessThan(1e-5 * (1 + Math.abs(want)));
      }
    }
  }
  cache.stop();
  expect(scheduler.record.schedule.cond).toBe('111110101010');
});

test('U11: bytes as planned', async () => {
  const { memory } = runs.gpu;
  const before = memory.currentBytes;
  const { cache } = runs.cache('spectrum');
  await cache.start(runs.gpu);
  expect(memory.currentBytes - before).toBe(cache.plannedBytes);
  cache.stop();
  expect(memory.currentBytes).toBe(before);
});
