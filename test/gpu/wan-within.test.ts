import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Decider } from '../../src/executor/executor.ts';
import { ScheduledForwards } from '../../src/executor/scheduled-forwards.ts';
import type { ReadyCommand } from '../../src/gpu/encode.ts';
import type { Tensor } from '../../src/gpu/tensor.ts';
import { downloadF32 } from '../../src/gpu/transfer.ts';
import type { ForwardSites } from '../../src/models/forward-sites.ts';
import { testGpu } from '../support/kernel-run.ts';
import { countKernels, TinyRuns } from '../support/wan-runs.ts';

const STEPS = 8;

let runs: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
}, 60_000);
afterAll(() => runs.dispose());

const denoise = (name: string, options: object, decider: Decider) =>
  runs.denoise(name, { ...options }, undefined, decider);

/** Commands that a verdict may skip. */
const indirect = (commands: readonly ReadyCommand[]) =>
  commands.filter((command) => command.kind === 'dispatch' && command.indirect !== undefined);

describe.each([
  ['teacache', '10000001', 0],
  ['seacache', '10000001', 0],
  ['fbcache', '10000000', 1],
] as const)('%s', (name, eager, before) => {
  test.each(['gpu', 'host'] as const)(
    'U1: never reusing gives the latents of no policy, bit for bit: decided by %s',
    async (decider) => {
      const none = await runs.denoise('none');
      const { latents, record } = await denoise(name, { threshold: 0 }, decider);
      expect(latents).toEqual(none.latents);
      expect(record.schedule).toEqual(none.record.schedule);
      expect(record.scores.length).toBe(2 * (STEPS - 1));
      expect(record.scores.every(({ mean }) => mean > 0 && mean < 10)).toBe(true);
    },
  );

  test('U3: what is dispatched is what is reported', async () => {
    const { record, commands } = await denoise(name, { threshold: Number.POSITIVE_INFINITY }, 'host');
    expect(record.schedule).toEqual({ cond: eager, uncond: eager });
    const reused = 2 * (eager.split('0').length - 1);
    expect(record.blocks).toEqual({ computed: 2 * 2 * STEPS - (2 - before) * reused, reused: (2 - before) * reused });
    expect(countKernels(commands, 'attention')).toBe(2 * record.blocks.computed);
    expect(countKernels(commands, 'patchify')).toBe(2 * STEPS);
    expect(countKernels(commands, 'unpatchify')).toBe(2 * STEPS);
    expect(indirect(commands)).toEqual([]);
  });

  test('the GPU decides as the host does: schedules, scores and latents are equal, bit for bit', async () => {
    const { record } = await denoise(name, { threshold: 0 }, 'host');
    const scores = record.scores.map(({ mean }) => mean).sort((a, b) => a - b);
    const schedules = new Set<string>();
    for (const share of [0.5, 1.1, 2.5]) {
      const threshold = share * (scores[scores.length >> 1] as number);
      const host = await denoise(name, { threshold }, 'host');
      const gpu = await denoise(name, { threshold }, 'gpu');
      expect(gpu.latents).toEqual(host.latents);
      expect(gpu.record.schedule).toEqual(host.record.schedule);
      expect(gpu.record.blocks).toEqual(host.record.blocks);
      const order = (a: { step: number; branch: string }, b: typeof a) =>
        a.step - b.step || a.branch.localeCompare(b.branch);
      expect([...gpu.record.scores].sort(order)).toEqual([...host.record.scores].sort(order));
      schedules.add(JSON.stringify(host.record.schedule));
    }
    expect(schedules.size).toBeGreaterThan(1);
  });

  test('U3: all that a verdict may skip is launched indirectly, in every forward', async () => {
    const { commands } = await denoise(name, { threshold: Number.POSITIVE_INFINITY }, 'gpu');
    const skippable = indirect(commands);
    expect(countKernels(skippable, 'attention')).toBe(2 * 2 * STEPS * (2 - before));
    expect(countKernels(commands, 'attention') - countKernels(skippable, 'attention')).toBe(2 * 2 * STEPS * before);
    // One sum refreshes the residual, the other adds it instead.
    expect(countKernels(skippable, 'add_scaled')).toBe(2 * 2 * STEPS);
    expect(countKernels(commands, 'decide_within')).toBe(2 * STEPS);
    for (const kernel of ['patchify', 'unpatchify']) expect(countKernels(skippable, kernel)).toBe(0);
  });

  test('U6: a run after another, whole or aborted, is a fresh one', async () => {
    const options = { threshold: 0.3 };
    const first = await denoise(name, options, 'gpu');
    const aborted = runs.denoise(name, { threshold: 0 }, (step) => {
      if (step === 1) throw new Error('enough');
    });
    await expect(aborted).rejects.toThrow('enough');
    const second = await denoise(name, options, 'gpu');
    expect(second.latents).toEqual(first.latents);
    expect(second.record).toEqual(first.record);
  });

  test.each(['gpu', 'host'] as const)('U11: memory is as planned, and none when stopped: %s', async (decider) => {
    const { memory } = runs.gpu;
    const before = memory.currentBytes;
    const { cache } = runs.cache(name, {}, decider);
    expect(memory.currentBytes).toBe(before);
    await cache.start(runs.gpu);
    expect(memory.currentBytes - before).toBe(cache.plannedBytes);
    cache.stop();
    expect(memory.currentBytes).toBe(before);
  });
});

test('a step that the GPU decides to reuse is one embedding, one sum and one head on it, bit for bit', async () => {
  const { gpu, run } = runs;
  const { stream } = run.sites.get('cond') as ForwardSites;
  const { cache, scheduler } = runs.cache('teacache', { threshold: Number.POSITIVE_INFINITY });
  await cache.start(gpu);
  const forwards = new ScheduledForwards(cache, scheduler);
  const pacer = gpu.pacer;
  await forwards.submit(pacer, 0, 'cond');
  const residual = await downloadF32(gpu, cache.parts('cond').slots?.tensors('stack')[0] as Tensor);
  await run.program.run('cond.embed');
  const embedded = await downloadF32(gpu, stream);
  await forwards.submit(pacer, 1, 'cond');
  const headInput = await downloadF32(gpu, stream);
  await forwards.finish();
  cache.stop();
  expect(headInput).toEqual(embedded.map((x, i) => Math.fround(x + (residual[i] as number))));
});

describe('the embedded model, small', () => {
  test.each(['teacache', 'fbcache'])('%s: the GPU decides as the host does', { timeout: 300_000 }, async (name) => {
    const shapes = await TinyRuns.open(await testGpu(), STEPS, '../../models/shapes');
    try {
      const { record } = await shapes.denoise(name, { threshold: 0 });
      const scores = record.scores.map(({ mean }) => mean).sort((a, b) => a - b);
      const options = { threshold: 1.3 * (scores[scores.length >> 1] as number) };
      const host = await shapes.denoise(name, options, undefined, 'host');
      const gpu = await shapes.denoise(name, options, undefined, 'gpu');
      expect(host.record.schedule.cond).toMatch(/^1.*0.*1/);
      expect(gpu.record.schedule).toEqual(host.record.schedule);
      expect(gpu.latents).toEqual(host.latents);
    } finally {
      shapes.dispose();
    }
  });
});
