import { describe, expect, test } from 'vitest';
import type { Filter } from '../../../src/cache/filter.ts';
import { wienerGains } from '../../../src/cache/filter.ts';
import { configurePolicy } from '../../../src/cache/index.ts';
import { predictSchedule } from '../../../src/cache/predict.ts';
import { runShape } from '../../support/run-shape.ts';
import { decide } from './support.ts';

const digits = (...args: Parameters<typeof decide>) => decide(...args).schedule.cond;

describe('U4: schedules as TeaCache’s, of scores that are not mapped', () => {
  test('differences of 0.04 add up to a threshold of 0.1', () => {
    expect(digits('seacache', { threshold: 0.1 }, 12, () => 0.04)).toBe('100100100101');
  });

  test('five first steps compute', () => {
    const options = { threshold: 0.1, retSteps: 5 };
    expect(digits('seacache', options, 20, () => 0.03)).toBe('11111000100010001001');
  });

  test('U13: at the threshold it computes, the next f32 below reuses', () => {
    expect(digits('seacache', { threshold: 0.25 }, 4, () => 0.25)).toBe('1111');
    expect(digits('seacache', { threshold: 0.25 }, 4, () => 0.25 - 2 ** -25)).toBe('1011');
  });
});

const all = (gain: (frequency: number) => number, length: number) =>
  Array.from({ length }, (_, f) => gain(Math.min(f, length - f)));

describe('the filter', () => {
  test.each([5, 8])('is the Wiener filter of a power law, its mean or its peak 1, on an axis of %d', (length) => {
    const mixture = { signal: 0.4, noise: 0.6 };
    // At 0, all of what is there is signal.
    const plain = all((f) => (f === 0 ? 1 / 0.4 : 0.4 / (0.4 ** 2 + 0.6 ** 2 * (f / length) ** 3)), length);
    const mean = plain.reduce((sum, gain) => sum + gain, 0) / length;
    for (const [f, gain] of all(wienerGains(mixture, 3, 'mean', length), length).entries()) {
      expect(gain).toBeCloseTo((plain[f] as number) / mean, 10);
    }
    for (const [f, gain] of all(wienerGains(mixture, 3, 'peak', length), length).entries()) {
      expect(gain).toBeCloseTo((plain[f] as number) / Math.max(...plain), 10);
    }
  });

  test('pure noise leaves the mean alone, pure signal everything as it is', () => {
    const noise = all(wienerGains({ signal: 1e-6, noise: 1 - 1e-6 }, 3, 'peak', 8), 8);
    expect(noise[0]).toBe(1);
    expect(Math.max(...noise.slice(1))).toBeLessThan(1e-6);
    const signal = all(wienerGains({ signal: 1 - 1e-6, noise: 1e-6 }, 3, 'mean', 8), 8);
    for (const gain of signal) expect(gain).toBeCloseTo(1, 9);
  });

  test('an exponent of 0 filters nothing', () => {
    for (const gain of all(wienerGains({ signal: 0.3, noise: 0.7 }, 0, 'mean', 6), 6)) expect(gain).toBeCloseTo(1, 12);
  });

  const filterOf = (options: object): Filter => {
    const [measurement] = configurePolicy('seacache', { ...options }).policy.declare(runShape(10)).measurements ?? [];
    return measurement?.filter as Filter;
  };

  test('is of the step’s share of noise, and none where a step is forced, as published', () => {
    // Of ten steps, sigma is 0.6 at step 4.
    const at = filterOf({}).gains(4, 6);
    const want = wienerGains({ signal: 0.4, noise: 0.6 }, 3, 'mean', 6);
    for (const f of [0, 1, 2, 3]) expect(at(f)).toBeCloseTo(want(f), 12);
    for (const step of [0, 9]) expect([0, 1, 2, 3].map(filterOf({}).gains(step, 6))).toEqual([1, 1, 1, 1]);
    const kept = wienerGains({ signal: 0.8, noise: 0.6 }, 3, 'mean', 6);
    expect(filterOf({ mode: 'vp' }).gains(4, 6)(2)).toBeCloseTo(kept(2), 12);
    expect(filterOf({ forcedSignal: 'filtered' }).gains(9, 6)(3)).not.toBe(1);
  });

  test('scores of another filter, or of none, are not taken for its own', () => {
    const recorded = (policy: string, options: object) => ({
      ...decide(policy, { ...options, threshold: 0 }, 6, () => 0.04),
      stepsAsked: 6,
      policy: { name: policy, options: {} },
    });
    const own = predictSchedule(recorded('seacache', {}), { name: 'seacache', options: { threshold: 0.1 } });
    expect(own).toMatchObject({ schedule: { cond: '100101' }, isComplete: true });
    for (const run of [recorded('teacache', {}), recorded('seacache', { exponent: 2 })]) {
      expect(() => predictSchedule(run, { name: 'seacache', options: {} })).toThrow(/is needed/);
    }
  });
});
