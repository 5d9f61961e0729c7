import { describe, expect, test } from 'vitest';
import { dotsPath, evenTicks, linePath, middleOf } from '../../../demo/cache-view/chart.ts';
import fc from '../../support/property.ts';

describe('ticks of an even axis', () => {
  const texts = (low: number, high: number, about?: number) =>
    evenTicks({ low, high }, String, about).map(({ text }) => text);

  test('are round numbers within the axis, and written as people write them', () => {
    expect(texts(0, 1)).toEqual(['0', '0.2', '0.4', '0.6', '0.8', '1']);
    expect(texts(0.8, 3.1)).toEqual(['1', '1.5', '2', '2.5', '3']);
    expect(texts(33.2, 44.9)).toEqual(['35', '40']);
    expect(texts(0, 0.35, 4)).toEqual(['0', '0.1', '0.2', '0.3']);
  });

  test('lie on the axis, are few, and grow', () => {
    const ends = fc.tuple(
      fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      fc.double({ min: 0.01, max: 1e4, noNaN: true }),
    );
    fc.assert(
      fc.property(ends, ([low, size]) => {
        const ticks = evenTicks({ low, high: low + size }, String);
        expect(ticks.length).toBeLessThanOrEqual(7);
        for (const { at } of ticks) {
          expect(at).toBeGreaterThan(-1e-3);
          expect(at).toBeLessThan(1 + 1e-3);
        }
        for (const [i, { at }] of ticks.entries()) expect(at).toBeGreaterThan(ticks[i - 1]?.at ?? -1);
      }),
    );
  });
});

describe('a line by step', () => {
  const half = (value: number) => value / 2;

  test('goes from the middle of a step to that of the next, upwards for more', () => {
    expect(middleOf(0, 4)).toBe(0.125);
    expect(linePath([0, 1, 2], 4, half)).toBe('M0.12500 1.00000L0.37500 0.50000L0.62500 0.00000');
  });

  test('is broken where nothing is known, and each value has a dot', () => {
    expect(linePath([null, 1, null, 2, 2], 5, half).match(/[ML]/g)).toEqual(['M', 'M', 'L']);
    expect(dotsPath([null, 1, null, 2, 2], 5, half).match(/M[^M]*h0/g)).toHaveLength(3);
    expect(linePath([], 4, half)).toBe('');
  });
});
