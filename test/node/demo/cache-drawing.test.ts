import { describe, expect, test } from 'vitest';
import { boxOf, cellAt, moved } from '../../../demo/cache-view/cells.ts';
import { stepTicks } from '../../../demo/cache-view/layout.ts';
import { linesOf, type Pattern } from '../../../demo/cache-view/patterns.ts';
import { cssColor, type Oklch, rampAt } from '../../../demo/cache-view/ramp.ts';
import { fewTicksOf, scaleOf, shareOf, ticksOf, valueAt } from '../../../demo/cache-view/scale.ts';
import { chartScale, toThresholdStep } from '../../../demo/cache-view/threshold.ts';
import fc from '../../support/property.ts';

const CELLS = { columns: 30, rows: 12 };

describe('cells', () => {
  test('the boxes of a row tile it: none overlaps, none leaves more than a line', () => {
    const boxes = Array.from({ length: 30 }, (_, step) => boxOf({ step, row: 3 }, CELLS, 997, 291));
    boxes.slice(1).forEach(({ left }, i) => {
      const before = boxes[i];
      expect(left - (before ? before.left + before.width : Number.NaN)).toBe(1);
    });
    expect(boxes.at(-1)).toMatchObject({ left: 964, width: 32 });
  });

  test('small ones stand without a gap', () => {
    expect(boxOf({ step: 1, row: 0 }, { columns: 100, rows: 1 }, 300, 40)).toMatchObject({ left: 3, width: 3 });
  });

  test('the middle of a box is in its cell', () => {
    const place = fc.record({ step: fc.nat(29), row: fc.nat(11) });
    fc.assert(
      fc.property(place, fc.integer({ min: 120, max: 2000 }), (at, size) => {
        const { left, top, width, height } = boxOf(at, CELLS, size, size);
        expect(cellAt((left + width / 2) / size, (top + height / 2) / size, CELLS)).toEqual(at);
      }),
    );
  });

  test('there is none outside, or where nothing is drawn', () => {
    expect([cellAt(-0.01, 0.5, CELLS), cellAt(1, 0.5, CELLS), cellAt(0.5, 1, CELLS)]).toEqual(new Array(3));
    expect(cellAt(0.5, 0.5, { columns: 30, rows: 0 })).toBeUndefined();
  });

  test('arrow keys move by one and stop at the edges', () => {
    expect(moved({ step: 3, row: 3 }, 'ArrowRight', CELLS)).toEqual({ step: 4, row: 3 });
    expect(moved({ step: 3, row: 3 }, 'ArrowUp', CELLS)).toEqual({ step: 3, row: 2 });
    expect(moved({ step: 29, row: 11 }, 'ArrowRight', CELLS)).toEqual({ step: 29, row: 11 });
    expect(moved({ step: 0, row: 11 }, 'ArrowDown', CELLS)).toEqual({ step: 0, row: 11 });
    expect(moved({ step: 7, row: 2 }, 'End', CELLS)).toEqual({ step: 29, row: 2 });
    expect(moved({ step: 7, row: 2 }, 'Tab', CELLS)).toBeUndefined();
  });

  test('at most ten steps are named', () => {
    expect(stepTicks(30)).toEqual([0, 5, 10, 15, 20, 25]);
    for (const steps of [1, 4, 12, 50, 51, 1000, 5000]) expect(stepTicks(steps).length).toBeLessThanOrEqual(10);
  });
});

describe('the scale of scores', () => {
  test('ends in round numbers around what was measured', () => {
    expect(scaleOf([0.031, 0.12, 0.4])).toEqual({ low: 0.02, high: 0.5 });
    expect(ticksOf({ low: 0.02, high: 0.5 })).toEqual([0.02, 0.05, 0.1, 0.2, 0.5]);
    expect(fewTicksOf({ low: 0.02, high: 0.5 })).toEqual([0.02, 0.05, 0.1, 0.2, 0.5]);
    expect(fewTicksOf({ low: 0.005, high: 2 })).toEqual([0.005, 0.01, 0.1, 1, 2]);
  });

  test('holds every score, and is never empty', () => {
    const scores = fc.array(fc.double({ min: 1e-12, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(scores, (values) => {
        const { low, high } = scaleOf(values);
        expect(low).toBeLessThanOrEqual(Math.min(...values));
        expect(high).toBeGreaterThanOrEqual(Math.max(...values));
        expect(low).toBeLessThan(high);
      }),
    );
  });

  test('puts zeros at the low end, and says something before there are scores', () => {
    expect(scaleOf([0, 0.3])).toEqual(scaleOf([0.3]));
    expect(shareOf(0, scaleOf([0.3]))).toBe(0);
    expect(scaleOf([]).low).toBeGreaterThan(0);
  });

  test('places and values are each other inverse', () => {
    const scale = { low: 0.02, high: 0.5 };
    expect([shareOf(0.02, scale), shareOf(0.1, scale), shareOf(9, scale)]).toEqual([0, expect.closeTo(0.5), 1]);
    for (const share of [0, 0.3, 1]) expect(shareOf(valueAt(share, scale), scale)).toBeCloseTo(share);
  });

  test('the chart has room to halve and to double the threshold', () => {
    expect(chartScale([0.09, null, 0.05], 0.06)).toEqual({ low: 0.02, high: 0.2 });
    expect(toThresholdStep(0.06249)).toBe(0.062);
  });
});

describe('the colours', () => {
  const shares = Array.from({ length: 21 }, (_, i) => i / 20);

  test.each([false, true])('grow away from the background in even steps of lightness (dark: %s)', (isDark) => {
    const lightness = shares.map((share) => rampAt(share, isDark).lightness);
    const steps = lightness.slice(1).map((value, i) => value - (lightness[i] ?? Number.NaN));
    for (const step of steps) expect(step).toBeCloseTo(steps[0] ?? Number.NaN, 10);
    expect(Math.sign(steps[0] ?? 0)).toBe(isDark ? 1 : -1);
    expect(Math.abs((lightness.at(-1) ?? 0) - (lightness[0] ?? 0))).toBeGreaterThan(0.5);
  });

  test.each([false, true])('can all be shown: none is cut to what a screen has (dark: %s)', (isDark) => {
    for (const share of shares) {
      for (const channel of linearRgb(rampAt(share, isDark))) {
        expect(channel).toBeGreaterThan(-0.005);
        expect(channel).toBeLessThan(1.005);
      }
    }
  });

  test('are written as CSS', () => {
    expect(cssColor({ lightness: 0.5, chroma: 0.1, hue: 30 })).toBe('oklch(0.5000 0.1000 30.0)');
  });
});

/** By the matrices of CSS Color 4. */
function linearRgb({ lightness, chroma, hue }: Oklch): readonly number[] {
  const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

describe('the patterns', () => {
  const patterns: readonly Pattern[] = ['rising', 'falling', 'level', 'dots', 'cross'];

  test.each(patterns)('%s leaves no cell of some pixels without a mark', (pattern) => {
    const [width, height, period] = [90, 40, 5];
    const lines = linesOf(pattern, width, height, period);
    const marks = lines.flatMap(([fromX, fromY, toX, toY]) =>
      Array.from(
        { length: 50 },
        (_, i) => [fromX + ((toX - fromX) * i) / 49, fromY + ((toY - fromY) * i) / 49] as const,
      ),
    );
    for (let left = 0; left < width; left += 8) {
      for (let top = 0; top < height; top += 8) {
        const isMarked = marks.some(([x, y]) => x >= left && x <= left + 8 && y >= top && y <= top + 8);
        expect(isMarked, `${pattern} at ${left}, ${top}`).toBe(true);
      }
    }
  });

  test('what is computed has none', () => {
    expect(linesOf('none', 90, 40, 5)).toEqual([]);
  });
});
