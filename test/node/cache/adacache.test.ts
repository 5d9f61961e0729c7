import { describe, expect, test } from 'vitest';
import { parseCodebook, rateOf } from '../../../src/cache/codebook.ts';
import { configurePolicy } from '../../../src/cache/index.ts';
import { Scheduler } from '../../../src/cache/scheduler.ts';
import { runShape } from '../../support/run-shape.ts';
import { decide, schedulerOf } from './support.ts';

/** Changes that grow with the distance from the last computed step. */
const perStep = (drift: number) => (step: number, _: string, computed: number) => drift * (step - computed);

describe('U4: golden schedules of AdaCache', () => {
  test.each([
    ['fast', 0.1, '110000100001000010000100001011'],
    ['fast', 0.05, '110000010000010000010000010011'],
    ['slow', 0.05, '110010010010010010010010010011'],
  ])('%s, a drift of %d', (codebook, drift, golden) => {
    const { schedule } = decide('adacache', { codebook }, 30, perStep(drift));
    expect(schedule.cond).toBe(golden);
  });

  test('U1: a codebook of ones computes everything', () => {
    expect(decide('adacache', { codebook: '1:1' }, 12, () => 0).schedule.cond).toBe('1'.repeat(12));
  });

  test('U2, U14: whatever the rate, the first and the last two steps compute', () => {
    expect(decide('adacache', { codebook: '1:99' }, 12, () => 0).schedule.cond).toBe('110000000011');
  });
});

describe('codebooks', () => {
  test('U13: a change equal to a threshold is in the next bucket', () => {
    const book = parseCodebook('fast');
    expect(rateOf(book, 0.08 - Number.EPSILON)).toBe(6);
    expect(rateOf(book, 0.08)).toBe(5);
    // The last pair takes what is left.
    expect([0.4, 1, 9, Number.NaN, Number.POSITIVE_INFINITY].map((change) => rateOf(book, change))).toEqual([
      1, 1, 1, 1, 1,
    ]);
  });

  test.each(['', 'swift', '0.1', '0.1:0', '0.1:1.5', '0.2:1, 0.1:1', '0.1:2:3'])('%j is none', (codebook) => {
    expect(() => configurePolicy('adacache', { codebook })).toThrow('policyOptions.codebook is ');
  });
});

describe('motion', () => {
  const shape = runShape(30, ['cond']);

  /** Runs it on a constant change a step, and the motion of each step. */
  function digits(options: Readonly<Record<string, unknown>>, motion: (step: number) => number): string | undefined {
    const scheduler = schedulerOf('adacache', { motion: true, ...options }, shape);
    return played(scheduler, motion);
  }

  function played(scheduler: Scheduler, motion: (step: number) => number): string | undefined {
    for (let step = 0; step < 30; step++) {
      const { observes } = scheduler.plan(step, 'cond');
      for (const measurement of observes) {
        const reference = scheduler.reference(measurement, 'cond') ?? 0;
        const mean = measurement === 'motion' ? motion(step) : 0.05 * (step - reference);
        const isFirst = measurement === 'change' && step === 0;
        scheduler.observe(step, 'cond', measurement, isFirst ? undefined : { mean, blocks: [mean] });
      }
    }
    return scheduler.record.schedule.cond;
  }

  const without = '110000010000010000010000010011';

  test('at its scale changes nothing', () => {
    expect(digits({}, () => 0.385)).toBe(without);
  });

  test('a picture, which has none, is as without', () => {
    expect(digits({}, () => Number.POSITIVE_INFINITY)).toBe(without);
  });

  test('twice its scale is 256 times the change: every step computes, from the first that is measured in the window', () => {
    expect(digits({}, () => 0.77)).toBe(`1100000${'1'.repeat(21)}11`);
  });

  test('a clip that stands still is computed as rarely as the codebook has it; that it came to stand, once sooner', () => {
    expect(digits({}, () => 0)).toBe('110000010000100000100000100011');
  });

  test('U6: nothing of a run is left to the next', () => {
    const { policy } = configurePolicy('adacache', { motion: true });
    const run = () => played(new Scheduler(policy, shape), (step) => 0.3 + 0.01 * step);
    expect(run()).toBe(run());
  });
});
