import { describe, expect, test } from 'vitest';
import { configurePolicy } from '../../../src/cache/index.ts';
import { Scheduler } from '../../../src/cache/scheduler.ts';
import { runShape } from '../../support/run-shape.ts';
import { decide, drift, runScript, type Script } from './support.ts';

const constant =
  (score: number): Script =>
  () =>
    score;
const digits = (...args: Parameters<typeof decide>) => decide(...args).schedule.cond;

describe('U4: golden schedules of TeaCache', () => {
  test('differences of 0.04 add up to a threshold of 0.1', () => {
    expect(digits('teacache', { threshold: 0.1 }, 12, constant(0.04))).toBe('100100100101');
  });

  test('five first steps compute', () => {
    expect(digits('teacache', { threshold: 0.1, retSteps: 5 }, 20, constant(0.03))).toBe('11111000100010001001');
  });

  test("Open-Sora's polynomial refreshes every third step of identical inputs: its constant adds up", () => {
    const polynomial = [217.546007, -118.329252, 26.8662585, -0.0459364272, 0.048442624];
    expect(digits('teacache', { threshold: 0.1, polynomial, cutoff: 0 }, 9, constant(0))).toBe('100100100');
    const text = polynomial.join(', ');
    expect(digits('teacache', { threshold: 0.1, polynomial: text, cutoff: 0 }, 9, constant(0))).toBe('100100100');
  });
});

describe('U4: golden schedules of first-block cache', () => {
  test('a residual from 1 to 1.3, against the last computed one', () => {
    expect(digits('fbcache', { threshold: 0.08 }, 7, drift(0.05))).toBe('1010101');
  });

  test('nothing adds up, but a slow drift computes in the end', () => {
    expect(digits('fbcache', { threshold: 0.08 }, 12, constant(0.07))).toBe('100000000000');
    expect(digits('fbcache', { threshold: 0.08 }, 7, drift(0.03))).toBe('1001001');
  });
});

describe.each([
  ['teacache', { threshold: 0 }, { threshold: Number.POSITIVE_INFINITY }, '100000000001', 0],
  ['seacache', { threshold: 0 }, { threshold: Number.POSITIVE_INFINITY }, '100000000001', 0],
  ['fbcache', { threshold: 0 }, { threshold: Number.POSITIVE_INFINITY }, '100000000000', 1],
] as const)('%s', (name, never, eager, forced, before) => {
  test('U1: a threshold of 0 never reuses', () => {
    expect(digits(name, never, 8, constant(1e-6))).toBe('11111111');
  });

  test('U2: always reusing computes only the forced steps, and the blocks before the verdict', () => {
    const { schedule, blocks } = decide(name, eager, 12, constant(5));
    expect(schedule.cond).toBe(forced);
    const reused = (forced.split('0').length - 1) * (4 - before);
    expect(blocks).toEqual({ computed: 12 * 4 - reused, reused });
  });

  test('U5: neither branch moves the decisions of the other, in either order', () => {
    const growth = { cond: 0.04, uncond: 0.02 };
    const script: Script = (step, branch, computed) => drift(growth[branch])(step, branch, computed);
    const options = { threshold: 0.07 };
    const alone = (branch: 'cond' | 'uncond') => digits(name, options, 15, drift(growth[branch]));
    expect(alone('cond')).not.toBe(alone('uncond'));
    for (const branches of [['cond', 'uncond'] as const, ['uncond', 'cond'] as const]) {
      const { schedule } = decide(name, options, 15, script, branches);
      expect(schedule).toEqual({ cond: alone('cond'), uncond: alone('uncond') });
    }
  });

  test('U6: a run after another, whole or aborted, is a fresh one', () => {
    const run = runShape(15);
    const fresh = decide(name, {}, 15, drift(0.02), ['cond', 'uncond']);
    for (const until of [15, 6, 1]) {
      const { policy } = configurePolicy(name);
      runScript(new Scheduler(policy, run), run, constant(0.03), until);
      expect(runScript(new Scheduler(policy, run), run, drift(0.02))).toEqual(fresh);
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('U9: scores of %d never reuse', (score) => {
    expect(digits(name, { threshold: 1e9 }, 8, constant(score))).toBe('11111111');
    expect(digits(name, eager, 8, constant(score))).toBe('11111111');
  });
});

test('U13: at the threshold TeaCache computes, the next f32 below reuses', () => {
  expect(digits('teacache', { threshold: 0.25 }, 4, constant(0.25))).toBe('1111');
  expect(digits('teacache', { threshold: 0.25 }, 4, constant(0.25 - 2 ** -25))).toBe('1011');
});

test('U13: at the threshold first-block cache reuses, the next f32 above computes', () => {
  expect(digits('fbcache', { threshold: 0.25 }, 4, constant(0.25))).toBe('1000');
  expect(digits('fbcache', { threshold: 0.25 }, 4, constant(0.25 + 2 ** -25))).toBe('1111');
});

test.each(['', '1,', 'a', [], [Number.NaN], new Array(9).fill(1), Number.NaN, true, [['1']]])(
  'polynomial: %j is refused',
  (value) => {
    expect(() => configurePolicy('teacache', { polynomial: value })).toThrow('policyOptions.polynomial is ');
  },
);

// A command line makes a number of it.
test.each(['0.5', [0.5], 0.5])('polynomial: %j is a constant', (polynomial) => {
  expect(digits('teacache', { threshold: 1.25, polynomial, cutoff: 0 }, 8, constant(9))).toBe('10010010');
});
