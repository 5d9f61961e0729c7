import { describe, expect, test } from 'vitest';
import { chebyshev } from '../../../src/cache/forecast-chebyshev.ts';
import { decide } from './support.ts';

/** As stable-diffusion.cpp has it. */
const FIT = { depth: 6, degree: 3, ridge: 1, share: 0.4, line: 'half', span: 50 } as const;

describe('U4: schedules as stable-diffusion.cpp comes to', () => {
  test.each([
    [20, {}, '11110101001001000111'],
    [30, {}, '111101010010010001000100001111'],
    [50, {}, '11110101001001000100010000100001000001000001011111'],
    [30, { window: 3, growth: 0.75 }, '111100100100010000100000100111'],
    [30, { window: 3, growth: 0.75, first: 5, last: 0 }, '111110010010001000010000010000'],
  ])('%d steps, %j', (steps, options, golden) => {
    for (const what of ['output', 'stack', 'velocity']) {
      expect(decide('spectrum', { ...options, what }, steps, () => 0).schedule.cond).toBe(golden);
    }
  });

  test('U1: a window of 1 that does not grow computes everything, and keeps nothing', () => {
    const { sites } = decide('spectrum', { window: 1, growth: 0 }, 6, () => 0);
    expect(sites).toEqual([{ key: 'cond', site: 'blocks.0-3', digits: '111111' }]);
  });

  test('two first steps compute, whatever is said', () => {
    expect(decide('spectrum', { window: 9, growth: 0, first: 1, last: 0 }, 6, () => 0).schedule.cond).toBe('110000');
  });
});

describe('the forecast', () => {
  const weights = (fit: Partial<Parameters<typeof chebyshev>[0]>, kept: readonly number[], step: number) =>
    chebyshev({ ...FIT, ...fit }).weights(kept, step);

  // numpy.linalg.solve of the same normal equations.
  test.each([
    [[3, 2, 1, 0], 4, [1.03897722, -0.20113638, 0.05346708, 0.00256567]],
    [[15, 11, 8, 5, 3, 2], 17, [1.05955021, -0.18654185, 0.07101026, 0.02209472, -0.01398181, -0.03303137]],
  ])('goes on from %j to %d as in stable-diffusion.cpp', (kept, step, golden) => {
    const got = weights({}, kept, step);
    for (const [i, weight] of golden.entries()) expect(got[i]).toBeCloseTo(weight, 7);
  });

  const forecast = (fit: Partial<Parameters<typeof chebyshev>[0]>, trace: (step: number) => number, step: number) => {
    const kept = [15, 11, 8, 5, 3, 2];
    return weights(fit, kept, step).reduce((sum, weight, i) => sum + weight * trace(kept[i] as number), 0);
  };

  test('hardly held back, it is exact on polynomials of its degree', () => {
    const cubic = (s: number) => 2 - s + 0.3 * s * s - 0.01 * s ** 3;
    expect(forecast({ share: 1, ridge: 1e-10 }, cubic, 19)).toBeCloseTo(cubic(19), 2);
  });

  test('a line as far as the step is exact on lines, one of half the last change is that', () => {
    const line = (s: number) => 3 - 2 * s;
    expect(forecast({ share: 0, line: 'distance' }, line, 19)).toBeCloseTo(line(19), 10);
    expect(forecast({ share: 0, line: 'half' }, line, 19)).toBeCloseTo(line(15) + 0.5 * (line(15) - line(11)), 10);
  });

  test('from one value it is that value', () => {
    expect(weights({}, [3], 5)).toEqual([1]);
  });
});
