import { describe, expect, test } from 'vitest';
import { configurePolicy } from '../../../src/cache/index.ts';
import type { ForwardKey } from '../../../src/cache/run-shape.ts';
import { Scheduler } from '../../../src/cache/scheduler.ts';
import { POLYNOMIALS, shareAt, worst } from '../../../src/cache/sortblock.ts';
import { runShape } from '../../support/run-shape.ts';

const SIMILARITIES = [0.9, 0.5, 0.99, 0.7, 0.8, 0.95, 0.6, 0.97];

describe('U4: the blocks that are recomputed', () => {
  const chosen = (share: number) => [
    ...worst(
      SIMILARITIES.map((similarity) => 1 - similarity),
      share,
    ),
  ];

  test('a share of a quarter of eight blocks is three, of none is one', () => {
    expect(chosen(0.25)).toEqual([1, 3, 6]);
    expect(chosen(0)).toEqual([1]);
  });

  test('never all, and never none, whatever the share', () => {
    expect(chosen(1)).toHaveLength(7);
    expect(chosen(-2)).toEqual([1]);
    expect([...worst([0, 0, 0, 0], 0)]).toHaveLength(3);
  });

  test('U9: what cannot be compared is recomputed', () => {
    expect([...worst([0.1, Number.POSITIVE_INFINITY, 0.2], 0)]).toEqual([1]);
  });
});

/** What becomes of each block in the steps of a run whose timesteps all lie in the window. */
function digits(
  options: Readonly<Record<string, unknown>>,
  distances: (step: number, key: ForwardKey) => number[],
  steps = 9,
) {
  const shape = runShape(steps, ['cond', 'uncond']);
  const { policy, limits } = configurePolicy('sortblock', { timestepFrom: 0, timestepTo: 1000, ...options });
  const scheduler = new Scheduler(policy, shape, {}, limits);
  for (let step = 0; step < steps; step++) {
    for (const key of shape.keys) {
      for (const measurement of scheduler.plan(step, key).observes) {
        const blocks = distances(step, key);
        const mean = blocks.reduce((sum, distance) => sum + distance, 0) / blocks.length;
        scheduler.observe(step, key, measurement, step === 0 ? undefined : { blocks, mean });
      }
    }
  }
  const rows = scheduler.record.sites;
  return (key: ForwardKey) =>
    Object.fromEntries(rows.filter((row) => row.key === key).map((row) => [row.site, row.digits]));
}

describe('schedules', () => {
  test('a ranking counts from the second step after it on; until then that of the cycle before', () => {
    const of = digits({ interval: 4, beta: 0 }, (step) => (step < 8 ? [0, 1, 0, 0] : [0, 0, 1, 0]));
    // The first step of a run has nothing to rank by, so the first cycle forecasts all blocks.
    expect(of('cond')).toEqual({ 'block.0': '1fff1fff1', 'block.1': '1fff1f111', 'blocks.2-3': '1fff1fff1' });
  });

  test('or at once', () => {
    const of = digits({ interval: 4, beta: 0, ranking: 'atOnce' }, () => [0, 1, 0, 0]);
    expect(of('cond')['block.1']).toBe('1fff11111');
  });

  test('U5: each branch ranks its own', () => {
    const of = digits({ interval: 4, beta: 0, ranking: 'atOnce' }, (_, key) =>
      key === 'cond' ? [0, 1, 0, 0] : [0, 0, 0, 1],
    );
    expect(of('cond')['block.1']).toBe('1fff11111');
    expect(of('uncond')['block.3']).toBe('1fff11111');
  });

  test('outside the window everything is computed', () => {
    const of = digits({ interval: 4, beta: 0, timestepFrom: 600, timestepTo: 900 }, () => [0, 1, 0, 0]);
    expect(of('cond')).toEqual({ 'blocks.0-3': '1fff11111' });
  });

  test('U1: an interval of 1 computes everything', () => {
    expect(digits({ interval: 1 }, () => [0, 1, 0, 0])('cond')).toEqual({ 'blocks.0-3': '111111111' });
  });
});

test("the share by the timestep, for Wan at 900, 500 and 50 as numpy's poly1d has it", () => {
  const shares = [900, 500, 50].map((timestep) => shareAt(POLYNOMIALS.wan, timestep));
  for (const [i, share] of [0.0395895117, 0.0346165625, 0.305476386978].entries()) {
    expect(shares[i]).toBeCloseTo(share, 9);
  }
});
