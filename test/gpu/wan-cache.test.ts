import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Action, forward, keep, run as ran, restore } from '../../src/cache/action.ts';
import { blockSites } from '../../src/cache/site.ts';
import { OutOfMemoryError } from '../../src/errors.ts';
import type { Tensor } from '../../src/gpu/tensor.ts';
import { downloadF32 } from '../../src/gpu/transfer.ts';
import type { ForwardSites } from '../../src/models/forward-sites.ts';
import { testGpu } from '../support/kernel-run.ts';
import { countKernels, TinyRuns } from '../support/wan-runs.ts';

const STEPS = 8;
/** Triggers at step 1, the first that it can. */
const EAGER = { threshold: 1e9, interval: 2, tail: 1 };
const EAGER_SCHEDULE = '11001001';

let runs: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
}, 60_000);
afterAll(() => runs.dispose());

describe.each(['feature', 'modulated'])('bwcache, probe %s', (probe) => {
  test('U1: never reusing gives the latents of no policy, bit for bit', async () => {
    const none = await runs.denoise('none');
    const { latents, record } = await runs.denoise('bwcache', { probe, threshold: 0 });
    expect(latents).toEqual(none.latents);
    expect(record.schedule).toEqual(none.record.schedule);
    expect(record.scores.length).toBe(2 * (STEPS - 1));
    expect(record.scores.every(({ mean }) => mean > 0 && mean < 10)).toBe(true);
  });

  test('U3: what is dispatched is what is reported', async () => {
    const { record, commands } = await runs.denoise('bwcache', { ...EAGER, probe });
    expect(record.schedule).toEqual({ cond: EAGER_SCHEDULE, uncond: EAGER_SCHEDULE });
    expect(record.blocks).toEqual({ computed: 2 * 2 * 4, reused: 2 * 2 * 4 });
    // Self- and cross-attention in each block.
    expect(countKernels(commands, 'attention')).toBe(2 * record.blocks.computed);
    expect(countKernels(commands, 'patchify')).toBe(2 * STEPS);
    expect(countKernels(commands, 'unpatchify')).toBe(2 * STEPS);
    // Two blocks of two branches at steps 0 and 1, after which nothing is measured.
    expect(countKernels(commands, 'block_diff')).toBe(2 * 2 * 2);
  });

  test('U6: a run after another, whole or aborted, is a fresh one', async () => {
    const first = await runs.denoise('bwcache', { ...EAGER, probe });
    const aborted = runs.denoise('bwcache', { threshold: 0, probe }, (step) => {
      if (step === 1) throw new Error('enough');
    });
    await expect(aborted).rejects.toThrow('enough');
    const second = await runs.denoise('bwcache', { ...EAGER, probe });
    expect(second.latents).toEqual(first.latents);
    expect(second.record).toEqual(first.record);
  });
});

describe('a reused step', () => {
  test('is one patch embedding, one sum and one head on it, bit for bit', async () => {
    const { gpu, run } = runs;
    const { cache } = runs.cache('bwcache');
    await cache.start(gpu);
    const { stream } = run.sites.get('cond') as ForwardSites;
    const commandsOf = (...blocks: Action[]) =>
      cache.commands({ step: 0, key: 'cond', actions: forward(...blocks), weights: new Map() });
    gpu.submit('test', commandsOf(keep('stack', ...blockSites(runs.shape).map((site) => ran(site)))));
    const residual = await downloadF32(gpu, cache.parts('cond').slots?.tensors('stack')[0] as Tensor);
    await run.program.run('cond.embed');
    const embedded = await downloadF32(gpu, stream);
    const commands = commandsOf(restore('stack'));
    gpu.submit('test', commands);
    const headInput = await downloadF32(gpu, stream);
    cache.stop();
    expect(headInput).toEqual(embedded.map((x, i) => Math.fround(x + (residual[i] as number))));
    expect(commands.length).toBe(run.program.commands(['cond.embed', 'cond.head']).length + 1);
    for (const kernel of ['patchify', 'add_scaled', 'unpatchify']) expect(countKernels(commands, kernel)).toBe(1);
    for (const kernel of ['attention', 'qk_norm_rope']) expect(countKernels(commands, kernel)).toBe(0);
  });
});

describe('memory', () => {
  test('U11: as planned, less the probe once disarmed, and none when stopped', async () => {
    const { memory } = runs.gpu;
    for (const options of [{}, { every: 3, blocks: 2 }, { probe: 'modulated' }]) {
      const before = memory.currentBytes;
      const { cache } = runs.cache('bwcache', options);
      expect(memory.currentBytes).toBe(before);
      await cache.start(runs.gpu);
      expect(memory.currentBytes - before).toBe(cache.plannedBytes);
      const probe = cache.measurement('probe', 'cond');
      probe.stop();
      expect(memory.currentBytes - before).toBe(cache.plannedBytes - probe.plannedBytes);
      cache.stop();
      expect(memory.currentBytes).toBe(before);
    }
    expect(runs.cache('none').cache.plannedBytes).toBe(0);
  });

  test('a branch that disarms frees its probe in the run', async () => {
    const { memory } = runs.gpu;
    const held: number[] = [];
    await runs.denoise('bwcache', EAGER, () => held.push(memory.currentBytes));
    const { cache } = runs.cache('bwcache', EAGER);
    const planned = (key: 'cond' | 'uncond') => cache.measurement('probe', key).plannedBytes;
    const probes = planned('cond') + planned('uncond');
    expect((held[0] as number) - (held.at(-1) as number)).toBe(probes);
  });

  test('a cache that does not fit is refused with the options that make it smaller', async () => {
    const { memory } = runs.gpu;
    const before = memory.currentBytes;
    const { cache } = runs.cache('bwcache');
    const full = new OutOfMemoryError('The GPU has no room.', 'Close tabs.');
    const allocate = vi.spyOn(memory, 'allocate').mockRejectedValueOnce(full);
    const started = cache.start(runs.gpu);
    await expect(started).rejects.toThrow(OutOfMemoryError);
    await expect(started).rejects.toThrow(/bwcache \(\d+ bytes\) does not fit.*policyOptions.every \(now 1\)/);
    allocate.mockRestore();
    expect(memory.currentBytes).toBe(before);
  });
});

describe('measuring less', () => {
  const scores = async (options: object) => {
    const { record } = await runs.denoise('bwcache', { threshold: 0, ...options });
    return record.scores;
  };

  test.each([1, 2])('every third token, of every block or every second one: scores stay near', async (blocks) => {
    const [all, some] = [await scores({ blocks }), await scores({ blocks, every: 3 })];
    for (const [i, { mean }] of some.entries()) {
      expect(mean).not.toBe(all[i]?.mean);
      expect(mean / (all[i]?.mean as number)).toBeGreaterThan(0.5);
      expect(mean / (all[i]?.mean as number)).toBeLessThan(2);
    }
  });

  test('every second block: it has the score that it has among all', async () => {
    const all = await scores({});
    expect(all.every(({ blocks }) => blocks.length === 2)).toBe(true);
    expect((await scores({ blocks: 2 })).map(({ blocks }) => blocks)).toEqual(
      all.map(({ blocks: [first] }) => [first]),
    );
  });
});
