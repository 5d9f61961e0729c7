import { describe, expect, test } from 'vitest';
import { taylor } from '../../../src/cache/forecast.ts';
import { configurePolicy } from '../../../src/cache/index.ts';
import { Scheduler } from '../../../src/cache/scheduler.ts';
import { runShape, subLayerDigits } from '../../support/run-shape.ts';
import { decide, runScript } from './support.ts';

describe('U4: golden schedules of TaylorSeer', () => {
  test.each([
    [{ interval: 5, first: 2 }, '11000010000100001000'],
    [{ interval: 5, first: 3, phase: 'diffusers' }, '11101000010000100001'],
  ])('%j', (options, golden) => {
    for (const what of ['subLayers', 'stack']) {
      expect(decide('taylorseer', { ...options, what }, 20, () => 0).schedule.cond).toBe(golden);
    }
  });

  test('U1: an interval of 1 computes everything', () => {
    expect(decide('taylorseer', { interval: 1 }, 6, () => 0).schedule.cond).toBe('111111');
  });
});

describe('Taylor forecasts', () => {
  /** What a forecast makes of a trace that was kept at some steps. */
  const forecast = (order: number, kept: readonly number[], step: number, trace: (step: number) => number) =>
    taylor(order)
      .weights(kept, step)
      .reduce((sum, weight, i) => sum + weight * trace(kept[i] as number), 0);

  test('order 1 is exact on lines, whatever the distances', () => {
    expect(forecast(1, [7, 3], 12, (s) => 3 - 2 * s)).toBeCloseTo(3 - 24, 12);
  });

  test('order 2 of one-sided differences on a parabola, as published: 8 and 14, not 9 and 16', () => {
    expect(forecast(2, [2, 1, 0], 3, (s) => s * s)).toBeCloseTo(8, 12);
    expect(forecast(2, [2, 1, 0], 4, (s) => s * s)).toBeCloseTo(14, 12);
  });

  test('with fewer values than it wants, it makes do', () => {
    expect(taylor(2).weights([4], 9)).toEqual([1]);
    expect(forecast(3, [4, 2], 6, (s) => s)).toBeCloseTo(6, 12);
  });
});

/** Of Open-Sora's. */
const RANGE = { spatialFrom: 450, spatialTo: 930, crossFrom: 450, crossTo: 930 };

describe('U4: golden schedules of PAB', () => {
  /** 30 steps at timesteps 1000 - 33.333 s. */
  const shape = runShape(30, ['cond']);
  const sites = (spatial: number, cross: number) => {
    const { policy } = configurePolicy('pab', { spatial, cross, ...RANGE });
    return runScript(new Scheduler(policy, shape), shape, () => 0).sites;
  };

  test('self-attention at one step of two, cross-attention at one of six', () => {
    const found = sites(2, 6);
    expect(subLayerDigits(found, 'cond', 'selfAttention')).toBe('111010101010101011111111111111');
    expect(subLayerDigits(found, 'cond', 'crossAttention')).toBe('111000100000100001111111111111');
    expect(subLayerDigits(found, 'cond', 'mlp')).toBe('1'.repeat(30));
  });

  test('at one of four', () => {
    expect(subLayerDigits(sites(4, 1), 'cond', 'selfAttention')).toBe('111010001000100011111111111111');
  });

  test("counting forwards as diffusers' hook does, the other branch takes what cond has kept", () => {
    const run = runShape(8, ['cond', 'uncond']);
    const { sites } = decide('pab', { counter: 'forwards', spatial: 2, cross: 3, ...RANGE }, 8, () => 0, [
      'cond',
      'uncond',
    ]);
    expect(run.timesteps).toEqual([1000, 875, 750, 625, 500, 375, 250, 125]);
    // The n-th forward of both computes where n is a multiple of the interval.
    expect(subLayerDigits(sites, 'cond', 'selfAttention')).toBe('11111111');
    expect(subLayerDigits(sites, 'uncond', 'selfAttention')).toBe('10000111');
    expect(subLayerDigits(sites, 'cond', 'crossAttention')).toBe('10010111');
    expect(subLayerDigits(sites, 'uncond', 'crossAttention')).toBe('11001111');
  });

  test('counting forwards, the first step may take what the other branch has just kept', () => {
    const wide = { spatialFrom: -1, spatialTo: 1001 };
    const { sites } = decide('pab', { counter: 'forwards', spatial: 2, cross: 1, ...wide }, 4, () => 0, [
      'cond',
      'uncond',
    ]);
    expect(subLayerDigits(sites, 'uncond', 'selfAttention')).toBe('0000');
    const alone = decide('pab', { counter: 'forwards', spatial: 2, cross: 1, ...wide }, 4, () => 0);
    expect(subLayerDigits(alone.sites, 'cond', 'selfAttention')).toBe('1010');
  });

  test('U1: intervals of 1 compute everything, and keep nothing', () => {
    expect(sites(1, 1)).toEqual([{ key: 'cond', site: 'blocks.0-3', digits: '1'.repeat(30) }]);
  });
});
