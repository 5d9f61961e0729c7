import { afterAll, beforeAll, expect, test } from 'vitest';
import { forward, keep, measure, run } from '../../src/cache/action.ts';
import type { Declaration } from '../../src/cache/declaration.ts';
import { type Filter, wienerGains } from '../../src/cache/filter.ts';
import type { Observation, Policy } from '../../src/cache/policy.ts';
import { ScheduledForwards } from '../../src/executor/scheduled-forwards.ts';
import type { Tensor } from '../../src/gpu/tensor.ts';
import { downloadF32 } from '../../src/gpu/transfer.ts';
import { testGpu } from '../support/kernel-run.ts';
import { filtered } from '../support/spectrum.ts';
import { countKernels, TinyRuns } from '../support/wan-runs.ts';

const STEPS = 5;

let runs: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
}, 120_000);
afterAll(() => runs.dispose());

/** Another filter at each step. */
const FILTER: Filter = {
  name: 'of the test',
  gains: (step, length) => wienerGains({ signal: 0.2 + 0.1 * step, noise: 0.8 - 0.1 * step }, 2, 'mean', length),
};

/** Measures the filtered input of block 0, and keeps it as it is beside that. */
class Measured implements Policy {
  readonly scores = new Map<string, number>();

  declare(): Declaration {
    return {
      slots: [
        { name: 'input', site: 'block.0', value: 'modulatedInput' },
        { name: 'seen', site: 'block.0', value: 'modulatedInput' },
      ],
      measurements: [
        {
          name: 'input',
          metric: { kind: 'relativeL1', denominator: 'older' },
          filter: FILTER,
          slots: ['input'],
          updates: true,
        },
      ],
      remedy: '',
    };
  }
  begin(): void {}
  plan() {
    return forward(measure('input'), keep('seen', run('block.0')), run('block.1'));
  }
  observe({ step, key, mean }: Observation): void {
    this.scores.set(`${key} ${step}`, mean);
  }
}

test('what is compared is filtered along frames, rows and columns, as in float64', async () => {
  const { gpu, run: wan, sampler } = runs;
  const policy = new Measured();
  await runs.denoise('none');
  const { cache, scheduler } = runs.cache(policy);
  await cache.start(gpu);
  const forwards = new ScheduledForwards(cache, scheduler);
  const sites = wan.sites.get('cond');
  const [grid, [tokens = 0, width = 0] = []] = [sites?.grid ?? [], sites?.stream.shape];
  expect(grid).toEqual([2, 2, 3]);
  const before = new Map<string, Float64Array>();
  for (let step = 0; step < STEPS; step++) {
    wan.beginStep(step, sampler, 4);
    for (const key of runs.shape.keys) {
      await forwards.submit(gpu.pacer, step, key);
      await forwards.ready();
      const seen = await downloadF32(gpu, cache.parts(key).slots?.tensors('seen')[0] as Tensor);
      const channels = Float64Array.from(seen, (_, i) => seen[(i % tokens) * width + Math.floor(i / tokens)] as number);
      const gains = grid.map((length) => FILTER.gains(step, length));
      const now = filtered(channels, grid, (...waves) =>
        waves.reduce((product, f, axis) => product * (gains[axis]?.(Math.abs(f)) ?? 0), 1),
      );
      const older = before.get(key);
      before.set(key, now);
      if (!older) continue;
      const sum = (values: Float64Array) => values.reduce((total, value) => total + Math.abs(value), 0);
      const want = sum(now.map((value, i) => value - (older[i] as number))) / sum(older);
      expect(policy.scores.get(`${key} ${step}`)).toBeCloseTo(want, 4);
    }
  }
  expect(policy.scores.size).toBe(2 * (STEPS - 1));
  cache.stop();
});

test('the filter costs a matmul an axis each step, and matrices of its axes', async () => {
  const { memory } = runs.gpu;
  const before = memory.currentBytes;
  const { cache } = runs.cache('seacache');
  await cache.start(runs.gpu);
  expect(memory.currentBytes - before).toBe(cache.plannedBytes);
  cache.stop();
  const { commands } = await runs.denoise('seacache');
  expect(countKernels(commands, 'axis_matmul')).toBe(2 * STEPS * 3);
});
