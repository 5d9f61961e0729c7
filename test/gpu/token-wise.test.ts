import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Action, forward, keep, restore, run, runTokens } from '../../src/cache/action.ts';
import type { Declaration } from '../../src/cache/declaration.ts';
import type { PlannedForward, Policy } from '../../src/cache/policy.ts';
import type { RunShape } from '../../src/cache/run-shape.ts';
import { subLayerSlots } from '../../src/cache/sub-layer-slots.ts';
import { ScheduledForwards } from '../../src/executor/scheduled-forwards.ts';
import type { Tensor } from '../../src/gpu/tensor.ts';
import { downloadF32 } from '../../src/gpu/transfer.ts';
import { testGpu } from '../support/kernel-run.ts';
import { countKernels, TinyRuns } from '../support/wan-runs.ts';

const STEPS = 7;
/** Every second step computes everything. */
const HALF = { interval: 2, crossInterval: 2, first: 1 };

let runs: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
}, 120_000);
afterAll(() => runs.dispose());

/** Every second step reuses attention, and does with MLPs and cross-attention as it is told. */
class EverySecond implements Policy {
  #shape: RunShape | undefined;
  constructor(
    private readonly between: (site: `block.${number}.${string}`) => Action,
    private readonly tokenCounts: readonly number[] = [],
  ) {}
  declare(shape: RunShape): Declaration {
    const { tokenCounts } = this;
    const slots = subLayerSlots(shape).map((slot) =>
      slot.site.endsWith('selfAttention') ? slot : { ...slot, ...(tokenCounts.length > 0 && { tokenCounts }) },
    );
    return { slots, remedy: '' };
  }
  begin(shape: RunShape): void {
    this.#shape = shape;
  }
  plan({ step }: PlannedForward): Action[] {
    const sites = subLayerSlots(this.#shape as RunShape).map(({ site }) => site as `block.${number}.${string}`);
    return forward(...sites.map((site) => (step % 2 === 0 ? keep(site, run(site)) : this.between(site))));
  }
}

const isMlp = (site: string) => site.endsWith('mlp');

describe('toca', () => {
  test('U1: an interval of 1 gives the latents of no policy, bit for bit', async () => {
    const none = await runs.denoise('none');
    const { latents, record } = await runs.denoise('toca', { interval: 1, crossInterval: 1 });
    expect(latents).toEqual(none.latents);
    expect(record).toEqual(none.record);
  });

  test('with all tokens it is the whole MLP, bit for bit', async () => {
    const whole = new EverySecond((site) => (isMlp(site) ? keep(site, run(site)) : restore(site)));
    const { latents } = await runs.denoise('toca', { ...HALF, ratio: 1 });
    expect(latents).toEqual((await runs.denoise(whole)).latents);
  });

  test('with none it is reuse by sub-layers, bit for bit', async () => {
    const { latents } = await runs.denoise('toca', { ...HALF, ratio: 0 });
    expect(latents).toEqual((await runs.denoise(new EverySecond((site) => restore(site)))).latents);
  });

  test('U3: what is dispatched is what is reported', async () => {
    const { record, commands } = await runs.denoise('toca', { ...HALF, ratio: 0.25 });
    expect(record.sites.filter(({ key }) => key === 'uncond')).toEqual([
      { key: 'uncond', site: 'blocks.0-1.selfAttention', digits: '1010101' },
      { key: 'uncond', site: 'blocks.0-1.crossAttention', digits: '1010101' },
      { key: 'uncond', site: 'blocks.0-1.mlp', digits: '1t1t1t1' },
    ]);
    const forwards = 2 * 2;
    expect(countKernels(commands, 'attention')).toBe(forwards * 4 * 2);
    expect(countKernels(commands, 'move_rows')).toBe(forwards * 3 * 2);
    // Three of twelve tokens of a sub-layer of three.
    expect(record.blocks.computed).toBeCloseTo(forwards * (4 + (3 * 0.25) / 3));
  });

  test('U11: bytes as planned', async () => {
    const { memory } = runs.gpu;
    const before = memory.currentBytes;
    const { cache } = runs.cache('toca');
    await cache.start(runs.gpu);
    expect(memory.currentBytes - before).toBe(cache.plannedBytes);
    cache.stop();
    expect(memory.currentBytes).toBe(before);
  });
});

test('duca: a step that computes nothing takes the stream of the step before over', async () => {
  const { gpu, run: wan, sampler } = runs;
  await runs.denoise('none');
  const { cache, scheduler } = runs.cache('duca', { interval: 3, first: 1 });
  await cache.start(gpu);
  const forwards = new ScheduledForwards(cache, scheduler);
  const seen: Float32Array[] = [];
  for (let step = 0; step < 3; step++) {
    wan.beginStep(step, sampler, 4);
    await forwards.submit(gpu.pacer, step, 'cond');
    seen.push(await downloadF32(gpu, wan.sites.get('cond')?.stream as Tensor));
    await forwards.submit(gpu.pacer, step, 'uncond');
  }
  cache.stop();
  expect(seen[1]).not.toEqual(seen[0]);
  expect(seen[2]).toEqual(seen[1]);
  expect(scheduler.record.schedule).toEqual({ cond: '110', uncond: '110' });
});

test.each(['mlp', 'crossAttention'] as const)(
  'chosen tokens of %s are computed anew, the others stay as they were',
  async (type) => {
    const { gpu, run: wan, sampler } = runs;
    const chosen = [1, 4, 11];
    const slot = `block.0.${type}` as const;
    /** What is kept of the sub-layer after each of two steps. */
    const kept = async (policy: Policy) => {
      await runs.denoise('none');
      const { cache, scheduler } = runs.cache(policy);
      await cache.start(gpu);
      const forwards = new ScheduledForwards(cache, scheduler);
      const found: Float32Array[] = [];
      for (let step = 0; step < 2; step++) {
        wan.beginStep(step, sampler, 4);
        for (const key of runs.shape.keys) await forwards.submit(gpu.pacer, step, key);
        found.push(await downloadF32(gpu, cache.parts('cond').slots?.tensors(slot)[0] as Tensor));
      }
      cache.stop();
      return found;
    };
    const only = (action: Action) => (site: string) => (site === slot ? action : restore(site));
    const [before = [], some = []] = await kept(new EverySecond(only(keep(slot, runTokens(slot, chosen))), [3]));
    const [, all = []] = await kept(new EverySecond(only(keep(slot, run(slot)))));
    const width = some.length / 12;
    for (const [i, value] of [...some].entries()) {
      const isChosen = chosen.includes(Math.floor(i / width));
      expect(value).toBe((isChosen ? all : before)[i]);
    }
    expect(some).not.toEqual(before);
  },
);
