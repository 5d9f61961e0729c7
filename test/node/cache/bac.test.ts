import { describe, expect, test } from 'vitest';
import { bacCalibration } from '../../../src/cache/bac-artifact.ts';
import { bestSteps, bubbled, type Unit } from '../../../src/cache/bac-schedule.ts';
import { MeanScores } from '../../../src/cache/calibration.ts';
import { configurePolicy } from '../../../src/cache/index.ts';
import fc from '../../support/property.ts';
import { runShape } from '../../support/run-shape.ts';
import { decide } from './support.ts';

/** The card's toy of nine steps. */
const toy = (i: number, j: number) => Math.exp(-Math.abs(i ** 1.5 - j ** 1.5) / 6);

/** The sum that is maximised. */
function objective(steps: number, chosen: readonly number[], similarity: (from: number, at: number) => number): number {
  let sum = 0;
  for (let at = 0; at < steps; at++) {
    const from = chosen.filter((step) => step <= at).at(-1) as number;
    sum += from === at ? 1 : similarity(from, at);
  }
  return sum;
}

/** All ways to choose `count` of the steps, 0 among them. */
function choices(steps: number, count: number): number[][] {
  if (count === 1) return [[0]];
  const found: number[][] = [];
  for (let last = steps - 1; last >= 1; last--) {
    for (const rest of choices(last, count - 1)) found.push([...rest, last]);
  }
  return found;
}

describe('U4: dynamic programming', () => {
  test('the golden of nine steps', () => {
    expect(bestSteps(9, 4, toy, 9)).toEqual([0, 3, 5, 7]);
    expect(objective(9, [0, 3, 5, 7], toy)).toBeCloseTo(7.158116, 6);
  });

  test('is as good as any choice, for all counts up to ten steps', () => {
    for (let steps = 1; steps <= 10; steps++) {
      for (let count = 1; count <= steps; count++) {
        const best = Math.max(...choices(steps, count).map((chosen) => objective(steps, chosen, toy)));
        const ours = bestSteps(steps, count, toy, steps);
        expect(ours).toHaveLength(count);
        expect(objective(steps, ours, toy)).toBeCloseTo(best, 12);
      }
    }
  });

  test('no segment is longer than it may be, and what is unknown is not reused', () => {
    expect(bestSteps(9, 1, toy, 4)).toHaveLength(3);
    const unknown = (from: number, at: number) => (from <= 3 && at >= 3 ? Number.NaN : 0.5);
    expect(bestSteps(6, 3, unknown, 6)).toContain(3);
    expect(bestSteps(6, 2, () => Number.NaN, 6)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('the union that bubbles up', () => {
  const units = (changes: readonly number[], steps: readonly number[][]): Unit[] =>
    changes.map((change, i) => ({ block: Math.floor(i / 2), isLast: i % 2 === 1, change, steps: new Set(steps[i]) }));

  test('the most changed take over the steps of MLPs from their block on', () => {
    const all = bubbled(units([9, 1, 8, 1], [[0], [0, 4], [0, 2], [0, 5]]), 2);
    expect(all.map((steps) => [...steps].sort())).toEqual([
      [0, 4, 5],
      [0, 4],
      [0, 2, 5],
      [0, 5],
    ]);
  });

  test('one alone changes nothing, as in the published code', () => {
    const before = units([9, 1], [[0], [0, 4]]);
    expect(bubbled(before, 1)).toEqual(before.map(({ steps }) => steps));
  });

  test('never takes a step away, and grows with the count', () => {
    const sets = fc.array(fc.uniqueArray(fc.nat(9), { maxLength: 5 }), { minLength: 6, maxLength: 6 });
    const changes = fc.array(fc.nat(99), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(sets, changes, fc.nat(6), (steps, changes, count) => {
        const before = units(changes, steps);
        const [some, more] = [bubbled(before, count), bubbled(before, count + 1)];
        for (const [i, unit] of before.entries()) {
          for (const step of unit.steps) expect(some[i]?.has(step)).toBe(true);
          for (const step of some[i] as ReadonlySet<number>) expect(more[i]?.has(step)).toBe(true);
        }
      }),
    );
  });
});

const SHAPE = runShape(9);
const RUN = { model: 'tiny', sampler: 'flow-match-euler', steps: 9, shape: SHAPE, prompts: ['a'], distances: 8 };

/** An artifact of the toy's similarities, of all sub-layers; those of block 1 move more. */
function artifact() {
  const scores = new MeanScores();
  for (const { name } of bacCalibration.request(SHAPE, 8).slots) {
    for (let k = 1; k < 9; k++) {
      for (let step = 0; step + k < 9; step++) {
        scores.add(name, k, step, 1 - toy(step, step + k));
        scores.add(name, k, step, name.startsWith('block.1') ? 2 : 1, 'change');
      }
    }
  }
  return JSON.parse(JSON.stringify(bacCalibration.artifact(scores, RUN)));
}

describe('schedules', () => {
  test('of the toy, by the artifact that calibration makes', () => {
    const { schedule } = decide('bac', { artifact: artifact(), updates: 4, bubbling: 0 }, 9, () => 0);
    expect(schedule.cond).toBe('100101010');
  });

  test('U1: as many updates as steps compute everything', () => {
    expect(decide('bac', { artifact: artifact(), updates: 9 }, 9, () => 0).schedule.cond).toBe('111111111');
  });

  test('U2: one update computes the first step alone', () => {
    expect(decide('bac', { artifact: artifact(), updates: 1, bubbling: 0 }, 9, () => 0).schedule.cond).toBe(
      '100000000',
    );
  });

  test('U12: another count of steps, model or sampler is refused', () => {
    expect(() => decide('bac', { artifact: artifact() }, 8, () => 0)).toThrow('was made for steps 9; this run has 8');
    const { policy } = configurePolicy('bac', { artifact: artifact() });
    expect(() => policy.check?.({ model: 'other', sampler: 'flow-match-euler', steps: 9 })).toThrow('model tiny');
    expect(() => configurePolicy('bac', {}).policy.check?.(RUN)).toThrow('artifact is missing');
    const { 'block.3.mlp': _, ...subLayers } = artifact().subLayers;
    const options = { artifact: { ...artifact(), subLayers } };
    expect(() => decide('bac', options, 9, () => 0)).toThrow('artifact has nothing of block.3.mlp');
  });

  test.each([
    ['policy', 'smoothcache'],
    ['steps', 0],
    ['subLayers', {}],
    ['subLayers', { 'block.0.mlp': { change: 1, similarity: [[1]] } }],
  ])('an artifact with a wrong %s is refused by name', (name, value) => {
    expect(() => configurePolicy('bac', { artifact: { ...artifact(), [name]: value } })).toThrow(`artifact: ${name}`);
  });
});
