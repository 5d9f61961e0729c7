import { describe, expect, test } from 'vitest';
import { configurePolicy } from '../../../src/cache/index.ts';
import { nearestRatios, PUBLISHED_RATIOS, publishedRatios } from '../../../src/cache/magcache-ratios.ts';
import { magArtifact } from '../../support/laws.ts';
import { decide } from './support.ts';

const digits = (options: object, steps: number) => decide('magcache', { ...options }, steps, () => 0).schedule.cond;
const same = (ratio: number, steps: number) => [1, ...new Array<number>(steps - 1).fill(ratio)];

describe('U4: golden schedules of MagCache', () => {
  test('ratios of 0.98: the error binds', () => {
    expect(digits({ ratios: same(0.98, 20), threshold: 0.06, k: 3 }, 20)).toBe('11110010010010010010');
    expect(digits({ ratios: same(0.98, 20), threshold: 0.2, k: 3 }, 20)).toBe('11110001000100010001');
  });

  test('ratios of 0.999: the most in a row binds', () => {
    expect(digits({ ratios: same(0.999, 20), threshold: 0.06, k: 2 }, 20)).toBe('11110010010010010010');
    expect(digits({ ratios: same(0.999, 20), threshold: 0.06, k: 4 }, 20)).toBe('11110000100001000010');
  });
});

test('U13: an error at the threshold computes as published, and is reused as in diffusers', () => {
  // 0.75 after one step: exact in any precision.
  const options = { ratios: same(0.75, 6), threshold: 0.25, k: 1, retentionRatio: 0 };
  expect(digits(options, 6)).toBe('111111');
  expect(digits({ ...options, reading: 'diffusers' }, 6)).toBe('101010');
});

test('first steps are a share, rounded down as published, and to the nearest as in diffusers', () => {
  const options = { ratios: [1], threshold: 1, k: 99, retentionRatio: 0.2 };
  expect(digits(options, 14)).toBe(`11${'0'.repeat(12)}`);
  expect(digits({ ...options, reading: 'diffusers' }, 14)).toBe(`111${'0'.repeat(11)}`);
});

test('a step that is made to compute starts anew', () => {
  const options = { ratios: same(0.98, 8), threshold: 0.07, k: 3, retentionRatio: 0, stepsMask: '00100000' };
  expect(digits(options, 8)).toBe('10100100');
});

test('published ratios: 50 steps of each branch, the first of them 1', () => {
  for (const name of PUBLISHED_RATIOS) {
    for (const ratios of Object.values(publishedRatios(name))) {
      expect(ratios).toHaveLength(50);
      expect(ratios[0]).toBe(1);
      expect(ratios.every((ratio) => ratio > 0.8 && ratio < 1.04)).toBe(true);
    }
  }
  expect(publishedRatios('wan2.1-1.3b').cond?.slice(0, 3)).toEqual([1, 1.0124, 1.00166]);
  expect(publishedRatios('wan2.1-14b').uncond?.at(-1)).toBe(0.86189);
});

// numpy.round: halves go to the even one.
test('other counts of steps take the nearest ratios', () => {
  const exact = (x: number) => x;
  expect(nearestRatios([0, 1, 2, 3, 4, 5], 3, exact)).toEqual([0, 2, 5]);
  expect(nearestRatios([0, 1, 2], 5, exact)).toEqual([0, 0, 1, 2, 2]);
  expect(nearestRatios([0, 1, 2], 1, exact)).toEqual([2]);
  expect(nearestRatios([7, 8], 2, exact)).toEqual([7, 8]);
});

test('branches have ratios of their own', () => {
  const artifact = { ...magArtifact(10), ratios: { cond: same(1, 10), uncond: same(0.9, 10) } };
  const { schedule } = decide('magcache', { artifact, k: 1, threshold: 0.11 }, 10, () => 0, ['cond', 'uncond']);
  expect(schedule).toEqual({ cond: '1101010101', uncond: '1101010101' });
  const few = decide('magcache', { artifact, k: 1, threshold: 0.05 }, 10, () => 0, ['cond', 'uncond']);
  expect(few.schedule).toEqual({ cond: '1101010101', uncond: '1111111111' });
});

test.each(['wan', '1, x', [Number.NaN], true])('ratios: %j is refused', (ratios) => {
  expect(() => configurePolicy('magcache', { ratios })).toThrow('policyOptions.ratios is ');
});

test('without ratios and artifact, a run is refused', () => {
  const run = { model: 'tiny', sampler: 'flow-match-euler', steps: 9 };
  expect(() => configurePolicy('magcache').policy.check?.(run)).toThrow('policyOptions.artifact is missing');
});

test.each([
  ['policy', { policy: 'smoothcache' }],
  ['steps', { steps: 0 }],
  ['ratios', { ratios: {} }],
  ['ratios.cond', { ratios: { cond: [1, 2] } }],
])('an artifact with a wrong %s is refused by name', (name, wrong) => {
  const given = { artifact: { ...magArtifact(9), ...wrong } };
  expect(() => configurePolicy('magcache', given)).toThrow(`policyOptions.artifact: ${name} is`);
});
