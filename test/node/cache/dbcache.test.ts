import { describe, expect, test } from 'vitest';
import { runShape } from '../../support/run-shape.ts';
import { decide, drift, type Script, schedulerOf } from './support.ts';

const constant =
  (score: number): Script =>
  () =>
    score;
const OPTIONS = { fnComputeBlocks: 1, residualDiffThreshold: 0.08, warmupSteps: 0 };
const digits = (options: object, steps: number, script: Script) =>
  decide('dbcache', { ...OPTIONS, ...options }, steps, script).schedule.cond;

describe('U4: golden schedules of DBCache', () => {
  test('a residual that stays, two steps of warm-up, one reused in a row', () => {
    expect(digits({ warmupSteps: 2, maxContinuousCachedSteps: 1 }, 8, constant(0))).toBe('11010101');
  });

  // Both taken from cache-dit's own counters: from 0 its count jumps by two, and a step that computes leaves it.
  test('cache-dit lets two pass after the first limit of one', () => {
    const options = { warmupSteps: 2, maxContinuousCachedSteps: 1, count: 'cache-dit' };
    expect(digits(options, 12, constant(0))).toBe('110100100100');
  });

  test("cache-dit's count outlasts a step that computes by itself", () => {
    const script: Script = (step) => (step === 3 ? 1 : 0);
    expect(digits({ maxContinuousCachedSteps: 3 }, 9, script)).toBe('100100010');
    expect(digits({ maxContinuousCachedSteps: 3, count: 'cache-dit' }, 9, script)).toBe('100100100');
  });
});

test('defaults are cache-dit’s: eight first blocks, and eight steps of warm-up', () => {
  const run = runShape(12, ['cond'], { blocks: 12 });
  const scheduler = schedulerOf('dbcache', {}, run);
  for (let step = 0; step < 12; step++) {
    const forward = scheduler.plan(step, 'cond');
    scheduler.decide(forward, step === 0 ? Number.POSITIVE_INFINITY : 0.07);
  }
  expect(scheduler.record.schedule.cond).toBe('111111110000');
  expect(scheduler.record.blocks).toEqual({ computed: 8 * 12 + 4 * 8, reused: 4 * 4 });
});

test('the last blocks run, also where those between are reused', () => {
  const { sites } = decide('dbcache', { ...OPTIONS, bnComputeBlocks: 2 }, 4, constant(0));
  expect(sites).toEqual([
    { key: 'cond', site: 'block.0', digits: '1111' },
    { key: 'cond', site: 'block.1', digits: '1000' },
    { key: 'cond', site: 'blocks.2-3', digits: '1111' },
  ]);
});

test.each([
  [4, 0],
  [3, 1],
  [8, 8],
])('first and last blocks that are all, %d and %d: everything computes', (fnComputeBlocks, bnComputeBlocks) => {
  const { schedule, blocks } = decide('dbcache', { ...OPTIONS, fnComputeBlocks, bnComputeBlocks }, 5, constant(0));
  expect(schedule.cond).toBe('11111');
  expect(blocks.reused).toBe(0);
});

test('differences are against the last step that computed', () => {
  expect(digits({}, 7, drift(0.05))).toBe('1010101');
});

test('once differences add up to the cap, every further step computes', () => {
  expect(digits({ maxAccumulatedResidualDiff: 0.2 }, 9, constant(0.0625))).toBe('100001111');
});

describe('Taylor series of the middle blocks', () => {
  /** The weights at which a step is forecast, steps from `computed` on being reused. */
  const weights = (taylor: number, computed: readonly number[], at: number) => {
    const run = runShape(at + 1, ['cond']);
    const scheduler = schedulerOf('dbcache', { ...OPTIONS, taylor }, run);
    for (let step = 0; step < at; step++) {
      scheduler.decide(scheduler.plan(step, 'cond'), computed.includes(step) ? 1 : 0);
    }
    return scheduler.plan(at, 'cond').weights.get('middle');
  };

  test('order 1 goes on along a line, over the real distance', () => {
    expect(weights(1, [0, 1, 2, 3], 5)).toEqual([3, -2]);
    expect(weights(1, [0, 3], 4)).toEqual([1 + 1 / 3, -1 / 3]);
  });

  // cache-dit's calibrator: `current_step > 1`, a count that starts one behind.
  test('steps before the fourth take no differences', () => {
    expect(weights(1, [0, 1, 2], 4)).toEqual([1]);
    expect(weights(2, [0, 1, 2, 3], 4)).toEqual(weights(1, [0, 1, 2, 3], 4));
  });

  test('a forecast shows as one', () => {
    const { sites } = decide('dbcache', { ...OPTIONS, taylor: 1 }, 6, constant(0));
    expect(sites.at(-1)).toEqual({ key: 'cond', site: 'blocks.1-3', digits: '1fffff' });
  });
});
