import { describe, expect, test } from 'vitest';
import { blockCacheCalibration, linesOf, parseBlockCacheArtifact } from '../../../src/cache/blockcache-artifact.ts';
import { blockSchedule } from '../../../src/cache/blockcache-schedule.ts';
import { MeanScores } from '../../../src/cache/calibration.ts';
import { ChannelFit } from '../../../src/cache/channel-fit.ts';
import { configurePolicy } from '../../../src/cache/index.ts';
import { Scheduler } from '../../../src/cache/scheduler.ts';
import fc from '../../support/property.ts';
import { runShape } from '../../support/run-shape.ts';
import { decide } from './support.ts';

const digits = (computes: readonly boolean[]) => computes.map(Number).join('');

describe('U4: schedules of Block Caching', () => {
  const changes = new Array<number>(11).fill(0.2);

  test('changes of 0.2 exceed a threshold of 0.5 at every third step', () => {
    expect(digits(blockSchedule(changes, { steps: 12, threshold: 0.5, longest: 11 }))).toBe('100100100100');
  });

  test('U13: a sum at the threshold reuses', () => {
    expect(digits(blockSchedule(changes, { steps: 6, threshold: 0.4, longest: 5 }))).toBe('100100');
    expect(digits(blockSchedule(changes, { steps: 6, threshold: 0.39, longest: 5 }))).toBe('101010');
  });

  test('U9: what is not known computes, and nothing is reused for longer than lines reach', () => {
    expect(digits(blockSchedule([0, null, 0], { steps: 4, threshold: 1, longest: 3 }))).toBe('1010');
    expect(digits(blockSchedule([0, 0, 0, 0, 0], { steps: 6, threshold: 1, longest: 2 }))).toBe('100100');
  });
});

/** Sums over rows of one channel. */
function moments(newer: readonly number[], older: readonly number[]): number[] {
  const sum = (of: (i: number) => number) => newer.reduce((total, _, i) => total + of(i), 0);
  return [
    sum((i) => newer[i] as number),
    sum((i) => older[i] as number),
    sum((i) => (newer[i] as number) * (older[i] as number)),
    sum((i) => (older[i] as number) ** 2),
  ];
}

describe('lines of channels', () => {
  test('are exact where the newer value is a line of the older one', () => {
    const older = [1, -2, 4, 0.5];
    const fit = new ChannelFit(1);
    fit.add(
      4,
      moments(
        older.map((value) => 0.7 * value - 3),
        older,
      ),
    );
    expect(fit.line.scale[0]).toBeCloseTo(0.7, 12);
    expect(fit.line.shift[0]).toBeCloseTo(-3, 12);
  });

  test('are never further from the newer values than the older ones are, over all that was taken', () => {
    const row = fc.array(
      fc.tuple(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: -9, max: 9, noNaN: true })),
      {
        minLength: 2,
        maxLength: 20,
      },
    );
    fc.assert(
      fc.property(row, row, (first, second) => {
        const fit = new ChannelFit(1);
        for (const rows of [first, second])
          fit.add(
            rows.length,
            moments(
              rows.map(([a]) => a),
              rows.map(([, b]) => b),
            ),
          );
        const { scale, shift } = fit.line;
        const all = [...first, ...second];
        const error = (of: (older: number) => number) => all.reduce((sum, [a, b]) => sum + (a - of(b)) ** 2, 0);
        const fitted = error((b) => (scale[0] as number) * b + (shift[0] as number));
        expect(fitted).toBeLessThanOrEqual(error((b) => b) * (1 + 1e-6) + 1e-6);
      }),
    );
  });

  test('a channel that never varies is left as it is', () => {
    const fit = new ChannelFit(1);
    fit.add(3, moments([5, 6, 7], [2, 2, 2]));
    expect([fit.line.scale[0], fit.line.shift[0]]).toEqual([1, 0]);
  });
});

const STEPS = 6;
const SHAPE = runShape(STEPS, ['cond', 'uncond']);

/** An artifact of changes of 0.2, and of lines that say their block, distance and step. */
function artifact() {
  const scores = new MeanScores();
  const run = { model: 'tiny', sampler: 'flow-match-euler', steps: STEPS, shape: SHAPE, prompts: ['a'], distances: 3 };
  for (let block = 0; block < 4; block++) {
    for (let k = 1; k <= 3; k++) {
      for (let step = 0; step + k < STEPS; step++) {
        scores.add(`block.${block}`, k, step, 0.2);
        const older = [1, 2, 3, 4];
        const newer = (channel: number) => older.map((value) => (1 + k + channel) * value + 10 * block + step);
        const [first, second] = [moments(newer(0), older), moments(newer(1), older)];
        const sums = first.flatMap((value, i) => [value, second[i] as number]);
        scores.addMoments(`block.${block}`, k, step, 4, sums);
      }
    }
  }
  return JSON.parse(JSON.stringify(blockCacheCalibration.artifact(scores, run)));
}

describe('artifacts', () => {
  test('give back their lines', () => {
    const line = linesOf(parseBlockCacheArtifact(artifact()));
    for (const [block, k, step] of [
      [0, 1, 0],
      [3, 3, 2],
      [2, 2, 1],
    ] as const) {
      const found = line(block, k, step);
      for (const channel of [0, 1]) {
        expect(found?.scale[channel]).toBeCloseTo(1 + k + channel, 4);
        expect(found?.shift[channel]).toBeCloseTo(10 * block + step, 3);
      }
    }
  });

  test('U12: another count of steps or blocks is refused, and none at all', () => {
    expect(() => decide('blockcache', { artifact: artifact() }, 7, () => 0)).toThrow('steps 6; this run has 7');
    const { policy } = configurePolicy('blockcache', { artifact: artifact() });
    expect(() => new Scheduler(policy, runShape(STEPS, ['cond'], { blocks: 5 }))).toThrow(
      'for 4 blocks; this model has 5',
    );
    expect(() => decide('blockcache', {}, 6, () => 0)).toThrow('artifact is missing');
  });

  test.each([
    ['policy', 'bac'],
    ['steps', 5.5],
    ['changes', [[0.1]]],
    ['lines', ['']],
    ['lines', ['*', '*', '*', '*']],
  ])('a wrong %s is refused by name', (name, value) => {
    expect(() => configurePolicy('blockcache', { artifact: { ...artifact(), [name]: value } })).toThrow(
      `artifact: ${name}`,
    );
  });
});

test('what is reused rides on the action with its line; without them it is as it was kept', () => {
  const sites = (options: Readonly<Record<string, unknown>>) =>
    decide('blockcache', { artifact: artifact(), ...options }, STEPS, () => 0).sites.map(({ digits }) => digits);
  expect(sites({})).toEqual(['1ff1ff']);
  expect(sites({ scaleShift: false })).toEqual(['100100']);
});

test('U1: a threshold of 0 computes everything', () => {
  expect(decide('blockcache', { artifact: artifact(), threshold: 0 }, STEPS, () => 0).schedule.cond).toBe('111111');
});
