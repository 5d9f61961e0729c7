import { afterAll, beforeAll, expect, test } from 'vitest';
import { ScheduledForwards } from '../../src/executor/scheduled-forwards.ts';
import { downloadF32 } from '../../src/gpu/transfer.ts';
import { Random, testGpu } from '../support/kernel-run.ts';
import { TinyRuns } from '../support/wan-runs.ts';

const STEPS = 8;
const RET = { retSteps: 2 };

let runs: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
}, 60_000);
afterAll(() => runs.dispose());

/** A run, step by step: the latents before each, and what its branches predicted then. */
async function traced(options: Readonly<Record<string, unknown>>, decider: 'gpu' | 'host' = 'gpu') {
  const { gpu, run, sampler } = runs;
  const latents: Float32Array[] = [new Random(2).values(16 * 2 * 4 * 6)];
  const predicted: Float32Array[][] = [];
  const { cache, scheduler } = runs.cache('easycache', options, decider);
  await cache.start(gpu);
  const forwards = new ScheduledForwards(cache, scheduler);
  await run.prepare(sampler, latents[0] as Float32Array);
  for (let step = 0; step < STEPS; step++) {
    run.beginStep(step, sampler, 4);
    for (const key of ['cond', 'uncond'] as const) await forwards.submit(gpu.pacer, step, key);
    const both = await downloadF32(gpu, run.velocity);
    predicted.push([both.slice(0, both.length / 2), both.slice(both.length / 2)]);
    await run.program.run('update');
    latents.push(await run.latents());
  }
  await forwards.finish();
  cache.stop();
  return { record: scheduler.record, latents, predicted };
}

/** Options by which a step or two are reused before one computes. */
async function someReused() {
  const { record } = await traced({ ...RET, threshold: 0 });
  const scores = record.scores.flatMap(({ step, mean }) => (step >= RET.retSteps ? [mean] : [])).sort((a, b) => a - b);
  return { ...RET, threshold: 1.8 * (scores[scores.length >> 1] as number) };
}

const mean = (a: Float32Array, b: Float32Array | undefined) =>
  a.reduce((sum, x, i) => sum + Math.abs(x - (b?.[i] ?? 0)), 0) / a.length;

test('scores are the expected changes, and a reused prediction is the last one moved with the latents', async () => {
  const { record, latents, predicted } = await traced(await someReused());
  const digits = record.schedule.cond ?? '';
  expect(digits).toMatch(/^11.*0.*1$/);
  expect(record.schedule.uncond).toBe(digits);
  let [computed, gain] = [0, Number.NaN];
  for (let step = 1; step < STEPS; step++) {
    const [z, before, last] = [latents[step], latents[step - 1], latents[computed]] as Float32Array[];
    const wanted = gain * mean(z as Float32Array, before);
    const score = record.scores.find((one) => one.step === step);
    // The first computed step tells no change.
    if (step > 1) expect((score?.mean ?? 0) / wanted).toBeCloseTo(1, 4);
    for (const branch of [0, 1]) {
      const [v, old] = [predicted[step]?.[branch], predicted[computed]?.[branch]] as Float32Array[];
      if (digits[step] === '1' || !v || !old) continue;
      for (const [i, value] of v.entries()) {
        expect(value).toBeCloseTo((old[i] as number) - (last?.[i] as number) + (z?.[i] as number), 4);
      }
    }
    if (digits[step] !== '1') continue;
    const [v, old] = [predicted[step]?.[0], predicted[computed]?.[0]] as Float32Array[];
    const travelled = mean(z as Float32Array, last);
    gain = mean(v as Float32Array, old) / travelled / mean(v as Float32Array, undefined);
    computed = step;
  }
});

test('the GPU decides as the host does, and its branches alike', async () => {
  const options = await someReused();
  const [gpu, host] = [await traced(options, 'gpu'), await traced(options, 'host')];
  expect(gpu.record.schedule).toEqual(host.record.schedule);
  expect(gpu.latents).toEqual(host.latents);
});
