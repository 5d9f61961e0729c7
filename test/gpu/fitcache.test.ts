import { afterAll, beforeAll, expect, test } from 'vitest';
import { gramOf, parseFitCacheArtifact } from '../../src/cache/fitcache-artifact.ts';
import { fitWeights } from '../../src/cache/fitcache-schedule.ts';
import type { ForwardKey } from '../../src/cache/run-shape.ts';
import { ScheduledForwards } from '../../src/executor/scheduled-forwards.ts';
import { downloadF32 } from '../../src/gpu/transfer.ts';
import { artifactFor } from '../support/artifacts.ts';
import { testGpu } from '../support/kernel-run.ts';
import { TinyRuns } from '../support/wan-runs.ts';

const STEPS = 8;
const NEAR = 1e-5;

let runs: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
}, 60_000);
afterAll(() => runs.dispose());

test.each([1, 2, 3])(
  'with a history of %d, predictions are the float64 sum of computed ones, by branch; nothing else runs',
  async (history) => {
    const { artifact } = artifactFor('fitcache', runs.shape) as { artifact: Readonly<Record<string, unknown>> };
    const gram = gramOf(parseFitCacheArtifact(artifact));
    const { gpu, run, sampler, shape } = runs;
    const { cache, scheduler } = runs.cache('fitcache', { artifact, history, share: 4, stepsMask: '00001000' });
    await runs.denoise('none');
    await cache.start(gpu);
    const forwards = new ScheduledForwards(cache, scheduler);
    const computed = new Map<ForwardKey, { readonly step: number; readonly velocity: Float32Array }[]>();
    let worst = 0;
    for (let step = 0; step < STEPS; step++) {
      run.beginStep(step, sampler, 4);
      for (const [place, key] of shape.keys.entries()) {
        await forwards.submit(gpu.pacer, step, key);
        const both = await downloadF32(gpu, run.velocity);
        const count = both.length / 2;
        const velocity = both.slice(place * count, (place + 1) * count);
        const earlier = computed.get(key) ?? [];
        if (scheduler.record.schedule[key]?.at(-1) === '1') computed.set(key, [{ step, velocity }, ...earlier]);
        else {
          const kept = earlier.slice(0, history);
          const weights = fitWeights(
            gram,
            kept.map((one) => one.step),
            step,
          );
          for (const [i, value] of velocity.entries()) {
            const wanted = kept.reduce((sum, one, k) => sum + (weights[k] as number) * (one.velocity[i] as number), 0);
            worst = Math.max(worst, Math.abs(value - wanted));
          }
        }
      }
    }
    cache.stop();
    expect(scheduler.record.schedule.cond).toMatch(/^1...1...$/);
    expect(scheduler.record.schedule.cond).toContain('0');
    expect(worst).toBeLessThan(NEAR);
    // Two computed predictions of the two branches are not the same: neither was taken for the other.
    expect(computed.get('cond')?.[0]?.velocity).not.toEqual(computed.get('uncond')?.[0]?.velocity);
  },
);
