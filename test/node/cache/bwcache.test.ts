import { describe, expect, test } from 'vitest';
import { configurePolicy } from '../../../src/cache/index.ts';
import { runShape } from '../../support/run-shape.ts';
import { decide, firesAt } from './support.ts';

const schedule = (...args: Parameters<typeof decide>) => decide(...args).schedule.cond;

describe('U4: golden schedules of BWCache', () => {
  test.each([
    [30, 5, { interval: 3 }, '111111000100010001000100010011'],
    [30, 9, { interval: 3 }, '111111111100010001000100011111'],
    [30, 9, { interval: 3, tailMode: 'remaining-half' }, '111111111100010001001111111111'],
    [50, 7, { interval: 5 }, '11111111000001000001000001000001000001000001000111'],
    // floor(1 * 0.5) is no tail at all: a slice of the last 0 steps would force every one.
    [20, 1, { interval: 2 }, '11001001001001001001'],
  ])('%i steps, triggered at %i, %j', (steps, trigger, options, golden) => {
    expect(schedule('bwcache', options, steps, firesAt(trigger))).toBe(golden);
  });

  test('repeatable: every computed step may trigger', () => {
    const means = [
      9, 0.5, 0.4, 0.3, 0.2, 0.14, 0.12, 0.1, 0.1, 0.1, 0.1, 0.12, 0.14, 0.16, 0.2, 0.3, 0.3, 0.4, 0.4, 0.5,
    ];
    const options = { interval: 2, repeatable: true };
    expect(schedule('bwcache', options, 20, (step) => means[step] as number)).toBe('11111100100100111111');
  });

  test('the paper reports 41.38 % reuse at its defaults: 12 of 29 steps, triggered at step 9 of 30', () => {
    const digits = schedule('bwcache', {}, 30, firesAt(9));
    expect(digits?.split('0').length).toBe(13);
  });
});

/** What no policy is held to, if it is not asked for. */
const LIMITS_OFF = {
  branches: 'separate',
  start: 0,
  end: 1,
  warmupSteps: 0,
  maxContinuousCachedSteps: -1,
  maxCachedSteps: -1,
  stepsMask: '',
};

describe('options', () => {
  test('an interval below 1 is a share of the steps, at least one step', () => {
    expect(schedule('bwcache', { interval: 0.2 }, 10, firesAt(2))).toBe(
      schedule('bwcache', { interval: 2 }, 10, firesAt(2)),
    );
    expect(schedule('bwcache', { interval: 0.01 }, 10, firesAt(2))).toBe(
      schedule('bwcache', { interval: 1 }, 10, firesAt(2)),
    );
  });

  test('a tail from 1 on is a count, also one longer than the run', () => {
    expect(schedule('bwcache', { interval: 3, tail: 4 }, 12, firesAt(1))).toBe('110001001111');
    expect(schedule('bwcache', { interval: 3, tail: 99 }, 12, firesAt(1))).toBe('111111111111');
  });

  test('a share of the remaining steps is rounded up, but never past what it is', () => {
    const options = { interval: 9, tailMode: 'remaining-half' };
    // Of 10: 5, 9 (1 - 0.9 is less than 0.1) and 2.5.
    expect(schedule('bwcache', { ...options, tail: 0.5 }, 12, firesAt(1))).toBe('110000011111');
    expect(schedule('bwcache', { ...options, tail: 0.9 }, 12, firesAt(1))).toBe('110111111111');
    expect(schedule('bwcache', { ...options, tail: 0.25 }, 12, firesAt(1))).toBe('110000000111');
    expect(schedule('bwcache', { ...options, interval: 99, tail: 0.1 }, 72, firesAt(1))).toMatch(/01{7}$/);
  });

  test('a branch that triggered measures no more, unless it is repeatable', () => {
    expect(decide('bwcache', {}, 12, firesAt(3)).scores.map(({ step }) => step)).toEqual([1, 2, 3]);
    const repeated = decide('bwcache', { interval: 2, repeatable: true }, 12, firesAt(3));
    expect(repeated.scores.map(({ step }) => step)).toEqual([1, 2, 3, 6, 7, 8, 9, 10, 11]);
  });

  test('every k-th block is measured, from the first on', () => {
    const probe = (blocks: 'all' | number) => {
      const { policy } = configurePolicy('bwcache', { blocks });
      const { slots } = policy.declare(runShape(5, ['cond'], { blocks: 7 }));
      return slots.filter(({ value }) => value === 'output').map(({ site }) => Number(site.split('.')[1]));
    };
    expect(probe('all')).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(probe(3)).toEqual([0, 3, 6]);
    expect(probe(7)).toEqual([0]);
  });

  test('the report has them all', () => {
    expect(configurePolicy('bwcache', { threshold: 0.2 }).options).toEqual({
      threshold: 0.2,
      interval: 0.1,
      tail: 0.5,
      tailMode: 'index-half',
      probe: 'feature',
      repeatable: false,
      blocks: 'all',
      every: 1,
      warmup: 1,
      ...LIMITS_OFF,
    });
  });

  test.each([
    ['threshold', -1],
    ['threshold', Number.NaN],
    ['threshold', '0.1'],
    ['interval', 1.5],
    ['tail', -1],
    ['tailMode', 'half'],
    ['probe', 'features'],
    ['repeatable', 1],
    ['blocks', 0],
    ['blocks', 'some'],
    ['every', 0],
  ])('%s: %j is refused by name', (name, value) => {
    const shown = typeof value === 'string' ? `"${value}"` : value;
    expect(() => configurePolicy('bwcache', { [name]: value })).toThrow(`policyOptions.${name} is ${shown}. Pass `);
  });

  test('no step before the warm-up is over triggers', () => {
    expect(schedule('bwcache', { interval: 2, tail: 0, warmup: 4 }, 12, () => 0)).toBe('111110010010');
  });

  test('condLeads: cond is measured, and both branches reuse the same steps', () => {
    const { schedule: digits, scores } = decide(
      'bwcache',
      { branches: 'condLeads', interval: 2, tail: 0 },
      12,
      firesAt(2),
      ['cond', 'uncond'],
    );
    expect(digits).toEqual({ cond: '111001001001', uncond: '111001001001' });
    expect(new Set(scores.map(({ branch }) => branch))).toEqual(new Set(['cond']));
  });
});
