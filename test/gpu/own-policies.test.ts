/**
 * Policies of an application's own, each with public parts alone: what they come to on the tiny model is compared with
 * the same sums in float64, of tensors that were read back.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Action, decide, forward, keep, measure, restore, restoreScaled, run } from '../../src/cache/action.ts';
import type { Declaration } from '../../src/cache/declaration.ts';
import { taylor } from '../../src/cache/forecast.ts';
import type { PlannedForward, Policy } from '../../src/cache/policy.ts';
import { scoreBelow } from '../../src/cache/rule.ts';
import type { ForwardKey, RunShape } from '../../src/cache/run-shape.ts';
import { blockSites, span } from '../../src/cache/site.ts';
import { downloadF32 } from '../../src/gpu/transfer.ts';
import { interval } from '../support/interval-policy.ts';
import { testGpu } from '../support/kernel-run.ts';
import { expectNear, stepped, stream, streams, sum } from '../support/stepped.ts';
import { TinyRuns } from '../support/wan-runs.ts';

const STEPS = 6;
const NEAR = 1e-4;

let runs: TinyRuns;
let chunked: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
  chunked = await TinyRuns.open(await testGpu(), STEPS, 'wan-pipeline-euler', { chunkFrames: 1 });
}, 120_000);
afterAll(() => {
  runs.dispose();
  chunked.dispose();
});

const all = (shape: RunShape) => blockSites(shape).map((site) => run(site));

test('per block: the last block is reused at every other step, the others are not', async () => {
  class EveryOther implements Policy {
    #shape: RunShape | undefined;
    declare({ blocks }: RunShape): Declaration {
      return { slots: [{ name: 'last', site: span(blocks - 1, blocks - 1), value: 'residual' }], remedy: '' };
    }
    begin(shape: RunShape): void {
      this.#shape = shape;
    }
    plan({ step }: PlannedForward): Action[] {
      const blocks = all(this.#shape as RunShape);
      const last = blocks.pop() as Action;
      return forward(...blocks, step % 2 === 0 ? keep('last', last) : restore('last'));
    }
  }
  const { sites, schedule, blocks } = await stepped(runs, new EveryOther(), async (step, key, kept) => {
    if (step % 2 === 0) return;
    const [ours, residual] = [await stream(runs, key), await kept('last')];
    const before = (await streams(runs, key)).at(-2) ?? new Float32Array();
    expectNear(ours, sum([1, before], [1, residual]));
  });
  expect(schedule.cond).toBe('101010');
  expect(sites.filter(({ key }) => key === 'cond').map(({ site, digits }) => `${site} ${digits}`)).toEqual([
    'block.0 111111',
    'block.1 101010',
  ]);
  expect(blocks).toEqual({ computed: 2 * 9, reused: 2 * 3 });
});

test('a forecast of order 2: what all blocks add, from steps 0, 1 and 3', async () => {
  class Forecast implements Policy {
    #shape: RunShape | undefined;
    declare({ blocks }: RunShape): Declaration {
      return { slots: [{ name: 'stack', site: span(0, blocks - 1), value: 'residual', depth: 3 }], remedy: '' };
    }
    begin(shape: RunShape): void {
      this.#shape = shape;
    }
    plan({ step }: PlannedForward): Action[] {
      const computes = [0, 1, 3].includes(step);
      return forward(computes ? keep('stack', ...all(this.#shape as RunShape)) : restore('stack', taylor(2)));
    }
  }
  const added = new Map<string, number[]>();
  const { sites } = await stepped(runs, new Forecast(), async (step, key) => {
    const ours = await stream(runs, key);
    const [before = new Float32Array()] = await streams(runs, key);
    if ([0, 1, 3].includes(step)) added.set(`${key} ${step}`, sum([1, ours], [-1, before]));
    if (step < 4) return;
    const [f0, f1, f3] = [0, 1, 3].map((at) => added.get(`${key} ${at}`) ?? []);
    // f' = (f3 - f1) / 2; f'' = (f' - (f1 - f0) / 1) / 2; distance k from step 3.
    const slope = sum([0.5, f3 ?? []], [-0.5, f1 ?? []]);
    const curve = sum([0.5, slope], [-0.5, f1 ?? []], [0.5, f0 ?? []]);
    const k = step - 3;
    expectNear(ours, sum([1, before], [1, f3 ?? []], [k, slope], [(k * k) / 2, curve]));
  });
  // Step 2 has two values to go on from: a line.
  expect(sites[0]).toEqual({ key: 'cond', site: 'blocks.0-1', digits: '11f1ff' });
});

test('one kept value is not weighted: that is refused, not left out', async () => {
  class Halved implements Policy {
    #shape: RunShape | undefined;
    declare({ blocks }: RunShape): Declaration {
      return { slots: [{ name: 'stack', site: span(0, blocks - 1), value: 'residual' }], remedy: '' };
    }
    begin(shape: RunShape): void {
      this.#shape = shape;
    }
    plan({ step }: PlannedForward): Action[] {
      const half = { name: 'half', depth: 1, weights: () => [0.5] };
      return forward(step === 0 ? keep('stack', ...all(this.#shape as RunShape)) : restore('stack', half));
    }
  }
  await expect(stepped(runs, new Halved(), async () => {})).rejects.toThrow('slot stack of depth 1 is weighted by 0.5');
});

test('a kept value that is scaled and shifted by channel, and as it is where nothing is said', async () => {
  const [, channels = 0] = runs.run.sites.get('cond')?.stream.shape ?? [];
  const scale = Array.from({ length: channels }, (_, c) => 0.5 + c / 50);
  const shift = scale.map((value) => 0.1 - value / 100);
  class Scaled implements Policy {
    #shape: RunShape | undefined;
    declare({ blocks }: RunShape): Declaration {
      const site = span(0, blocks - 1);
      return { slots: [{ name: 'stack', site, value: 'residual', scaleShift: true }], remedy: '' };
    }
    begin(shape: RunShape): void {
      this.#shape = shape;
    }
    plan({ step }: PlannedForward): Action[] {
      if (step === 0) return forward(keep('stack', ...all(this.#shape as RunShape)));
      return forward(step === 1 ? restoreScaled('stack', { scale, shift }) : restore('stack'));
    }
  }
  const look = async (step: number, key: ForwardKey, kept: (slot: string) => Promise<Float32Array>) => {
    if (step === 0) return;
    const [ours, residual] = [await stream(runs, key), await kept('stack')];
    const [before = new Float32Array()] = await streams(runs, key);
    const scaled = Array.from(residual, (value, i) => {
      const channel = i % channels;
      return value * (scale[channel] as number) + (shift[channel] as number);
    });
    expectNear(ours, sum([1, before], [1, step === 1 ? scaled : residual]));
  };
  const { sites } = await stepped(runs, new Scaled(), look, 3);
  expect(sites[0]).toEqual({ key: 'cond', site: 'blocks.0-1', digits: '1f0' });
});

test('a branch is rebuilt from the other: uncond is cond, and what it differed by', async () => {
  class Rebuilt implements Policy {
    #shape: RunShape | undefined;
    declare(): Declaration {
      const slot = { name: 'difference', site: 'velocity', value: 'output', relativeTo: 'cond' } as const;
      return { slots: [slot], remedy: '' };
    }
    begin(shape: RunShape): void {
      this.#shape = shape;
    }
    plan({ step, key }: PlannedForward): Action[] {
      const [embed, ...others] = forward(...all(this.#shape as RunShape));
      const head = others.pop() as Action;
      if (key === 'cond') return [embed as Action, ...others, head];
      return step % 3 === 0 ? [embed as Action, ...others, keep('difference', head)] : [restore('difference')];
    }
  }
  const velocities = async () => {
    const both = await downloadF32(runs.gpu, runs.run.velocity);
    return [both.slice(0, both.length / 2), both.slice(both.length / 2)] as const;
  };
  let difference: number[] = [];
  const { schedule, sites } = await stepped(runs, new Rebuilt(), async (step, key) => {
    if (key === 'cond') return;
    const [cond, uncond] = await velocities();
    if (step % 3 === 0) difference = sum([1, uncond], [-1, cond]);
    else expectNear(uncond, sum([1, cond], [1, difference]));
  });
  expect(schedule).toEqual({ cond: '111111', uncond: '100100' });
  expect(sites.find(({ key }) => key === 'uncond')?.digits).toBe('1bb1bb');
});

test('two chunks of frames, each by a key of its own: one is reused, the other not', async () => {
  class SecondChunk implements Policy {
    #shape: RunShape | undefined;
    declare({ blocks }: RunShape): Declaration {
      return { slots: [{ name: 'stack', site: span(0, blocks - 1), value: 'residual' }], remedy: '' };
    }
    begin(shape: RunShape): void {
      this.#shape = shape;
    }
    plan({ step, key }: PlannedForward): Action[] {
      const reuses = key.endsWith('.1') ? step % 2 === 1 : step === 2;
      return forward(reuses ? restore('stack') : keep('stack', ...all(this.#shape as RunShape)));
    }
  }
  const { schedule } = await stepped(chunked, new SecondChunk(), async (step, key, kept) => {
    const reuses = key.endsWith('.1') ? step % 2 === 1 : step === 2;
    const [ours, residual] = [await stream(chunked, key), await kept('stack')];
    const found = await streams(chunked, key);
    const [before = new Float32Array()] = found;
    expectNear(ours, reuses ? sum([1, before], [1, residual]) : [...(found.at(-1) ?? [])]);
  });
  expect(schedule).toEqual({ cond: '110111', 'cond.1': '101010', uncond: '110111', 'uncond.1': '101010' });
});

test('a head mask: some heads attend anew, the others keep what they had', async () => {
  const HEADS = [true, false];
  class HalfTheHeads implements Policy {
    declare({ subLayers }: RunShape): Declaration {
      expect(subLayers).toContain('selfAttention');
      return { slots: [{ name: 'heads', site: 'block.0.selfAttention.heads', value: 'output' }], remedy: '' };
    }
    begin(): void {}
    plan({ step }: PlannedForward): Action[] {
      const attention = run('block.0.selfAttention', step === 0 ? undefined : HEADS);
      return forward(keep('heads', attention), run('block.0.crossAttention'), run('block.0.mlp'), run('block.1'));
    }
  }
  /** What all heads come to at a step, and the stream with it, were all computed. */
  const anew = new Map<number, Float32Array>();
  class AllHeads extends HalfTheHeads {
    override plan(planned: PlannedForward): Action[] {
      return super.plan({ ...planned, step: 0 });
    }
  }
  await stepped(runs, new AllHeads(), async (step, key, kept) => {
    if (key === 'cond') anew.set(step, await kept('heads'));
  });
  const { sites, blocks } = await stepped(runs, new HalfTheHeads(), async (step, key, kept) => {
    if (key !== 'cond') return;
    const attended = await kept('heads');
    const width = attended.length / (runs.run.sites.get(key)?.stream.shape[0] ?? 1);
    for (const [i, value] of attended.entries()) {
      const head = Math.floor(((i % width) / width) * HEADS.length);
      const from = anew.get(HEADS[head] || step === 0 ? step : 0);
      expect(Math.abs(value - (from?.[i] as number))).toBeLessThan(NEAR);
    }
  });
  expect(sites.find(({ site }) => site === 'block.0.selfAttention')?.digits).toBe('1hhhhh');
  // Half of one sub-layer of six, at five of six steps.
  expect(blocks.reused).toBeCloseTo((2 * 5 * 0.5) / 3);
});

test('a forecast decided within the step: its values take turns', async () => {
  class DecidedForecast implements Policy {
    #shape: RunShape | undefined;
    declare(shape: RunShape): Declaration {
      const input = { name: 'input', site: 'block.0', value: 'modulatedInput' } as const;
      const stack = { name: 'stack', site: span(0, shape.blocks - 1), value: 'residual', depth: 2 } as const;
      const decision = {
        name: 'stack',
        measurement: 'input',
        rule: scoreBelow(Number.POSITIVE_INFINITY),
        computes: [keep('stack', ...all(shape))],
        reuses: [restore('stack', taylor(1))],
      };
      const metric = { kind: 'relativeL1', denominator: 'older' } as const;
      const measurement = { name: 'input', metric, slots: ['input'], updates: true };
      return { slots: [input, stack], measurements: [measurement], decisions: [decision], remedy: '' };
    }
    begin(shape: RunShape): void {
      this.#shape = shape;
    }
    plan({ step }: PlannedForward): Action[] {
      expect(this.#shape?.steps).toBe(STEPS);
      return forward(measure('input'), decide('stack', [0, 2].includes(step)));
    }
  }
  const added = new Map<string, number[]>();
  const { sites } = await stepped(runs, new DecidedForecast(), async (step, key) => {
    const ours = await stream(runs, key);
    const [before = new Float32Array()] = await streams(runs, key);
    if ([0, 2].includes(step)) added.set(`${key} ${step}`, sum([1, ours], [-1, before]));
    if (step < 3) return;
    const [f0, f2] = [added.get(`${key} 0`) ?? [], added.get(`${key} 2`) ?? []];
    const k = (step - 2) / 2;
    expectNear(ours, sum([1, before], [1 + k, f2], [-k, f0]));
  });
  expect(sites[0]).toEqual({ key: 'cond', site: 'blocks.0-1', digits: '1f1fff' });
});

test("the documentation's example runs: its schedule, and the limits on it", async () => {
  const { policy } = interval.configure({ interval: 3 });
  const { record } = await runs.denoise(policy);
  expect(record.schedule).toEqual({ cond: '100100', uncond: '100100' });
  const never = await runs.denoise(interval.configure({ interval: 1 }).policy);
  expect(never.latents).toEqual((await runs.denoise('none')).latents);
  const limited = await runs.denoise(policy, { warmupSteps: 2, branches: 'condLeads' });
  expect(limited.record.schedule).toEqual({ cond: '110100', uncond: '110100' });
});
