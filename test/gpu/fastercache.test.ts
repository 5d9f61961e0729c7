import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HookRow, hookConformance } from '../../src/conformance/hooks.ts';
import { ScheduledForwards } from '../../src/executor/scheduled-forwards.ts';
import type { Tensor } from '../../src/gpu/tensor.ts';
import { downloadF32 } from '../../src/gpu/transfer.ts';
import { testGpu } from '../support/kernel-run.ts';
import { fixtureSource } from '../support/model-folder.ts';
import { filtered } from '../support/spectrum.ts';
import { countKernels, TinyRuns } from '../support/wan-runs.ts';

const STEPS = 10;

let runs: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
}, 120_000);
afterAll(() => runs.dispose());

test('goes as under diffusers’ hook, step by step', { timeout: 300_000 }, async () => {
  const rows: HookRow[] = [];
  const options = { precision: { weights: 'stored', operands: 'f32' }, files: ['fastercache.safetensors'] } as const;
  const [model, recorded] = [fixtureSource('../../models/shapes'), fixtureSource('shapes-hooks')];
  for await (const row of hookConformance(await testGpu(), model, recorded, options)) rows.push(row);
  expect(rows).toMatchObject([{ policy: 'fastercache' }]);
  for (const row of rows) expect('worst' in row && row.worst).toBeLessThanOrEqual(1e-4);
});

test('U1: intervals of 1 give the latents of no policy, bit for bit', async () => {
  const none = await runs.denoise('none');
  const { latents, record } = await runs.denoise('fastercache', { uncondInterval: 1, attentionInterval: 1 });
  expect(latents).toEqual(none.latents);
  expect(record).toEqual(none.record);
});

test('U3: what is dispatched is what is reported', async () => {
  const options = { uncondInterval: 3, uncondTo: 1001, attentionTo: 1001 };
  const { record, commands } = await runs.denoise('fastercache', options);
  const rows = record.sites.filter(({ site }) => site.startsWith('blocks.0-1'));
  expect(rows).toEqual([
    { key: 'cond', site: 'blocks.0-1.selfAttention', digits: '1f111f1f11' },
    { key: 'cond', site: 'blocks.0-1.crossAttention', digits: '1'.repeat(STEPS) },
    { key: 'cond', site: 'blocks.0-1.mlp', digits: '1'.repeat(STEPS) },
    { key: 'uncond', site: 'blocks.0-1', digits: '1bb1bb1bb1' },
  ]);
  const forecast = [...(rows[0]?.digits ?? '')].filter((digit) => digit === 'f').length;
  const blocks = 2;
  expect(countKernels(commands, 'attention')).toBe(blocks * (2 * STEPS - forecast + 2 * 4));
  expect(countKernels(commands, 'patchify')).toBe(STEPS + 4);
  expect(countKernels(commands, 'unpatchify')).toBe(STEPS + 4);
  // Four a computed step of the other branch: its difference is taken apart once.
  expect(countKernels(commands, 'axis_matmul')).toBe(4 * 4);
});

test('U11: bytes as planned: the difference of one branch, the attention of the other', async () => {
  const { memory } = runs.gpu;
  const before = memory.currentBytes;
  const { cache } = runs.cache('fastercache');
  await cache.start(runs.gpu);
  expect(memory.currentBytes - before).toBe(cache.plannedBytes);
  expect(cache.parts('cond').slots?.recording.sections.has('difference/keep')).toBe(false);
  expect(cache.parts('uncond').slots?.recording.sections.has('block.0.selfAttention/restore')).toBe(false);
  cache.stop();
  expect(memory.currentBytes).toBe(before);
});

test('the other branch is rebuilt band by band, as in float64', async () => {
  const { gpu, run, sampler } = runs;
  const scales = { lowScale: 1.5, highScale: 0.5, lowFrom: -1, lowTo: 1001, highTo: 1001 };
  const options = { uncondInterval: 4, uncondTo: 1001, attentionInterval: 1, ...scales };
  await runs.denoise('none');
  const { cache, scheduler } = runs.cache('fastercache', options);
  await cache.start(gpu);
  const forwards = new ScheduledForwards(cache, scheduler);
  const [rows = 0, columns = 0] = run.velocity.shape.slice(-2);
  let [low, high] = [new Float64Array(), new Float64Array()];
  for (let step = 0; step < 4; step++) {
    run.beginStep(step, sampler, 4);
    for (const key of runs.shape.keys) await forwards.submit(gpu.pacer, step, key);
    const both = await downloadF32(gpu, run.velocity as Tensor);
    const [cond, uncond] = [both.slice(0, both.length / 2), both.slice(both.length / 2)];
    if (step === 0) {
      const difference = Float64Array.from(uncond, (value, i) => value - (cond[i] as number));
      const radius = Math.floor(Math.min(rows, columns) / 5);
      low = Float64Array.from(filtered(difference, [rows, columns], (v, u) => Number(v * v + u * u <= radius ** 2)));
      high = difference.map((value, i) => value - (low[i] as number));
      continue;
    }
    // Step after step, the bands are scaled again.
    for (const [i, value] of cond.entries()) {
      const want = value + 1.5 ** step * (low[i] as number) + 0.5 ** step * (high[i] as number);
      expect(Math.abs((uncond[i] as number) - want)).toBeLessThan(1e-5);
    }
  }
  cache.stop();
});
