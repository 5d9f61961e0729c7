import { expect, test } from 'vitest';
import { SmoothCacheErrors } from '../../../src/cache/smoothcache-errors.ts';

test('errors stand at the earlier step, in a list for each distance', () => {
  const errors = new SmoothCacheErrors(4, 5);
  for (let step = 0; step < 4; step++) for (let k = 1; k <= 5; k++) errors.add('mlp', k, step, 10 * k + step);
  // No list is longer than its distance allows, and what reaches back before the run is left out.
  expect(errors.means.mlp).toEqual([[11, 12, 13], [22, 23], [33], [], []]);
});

test('means are of what was taken; null is what was not, and what is not finite', () => {
  const errors = new SmoothCacheErrors(4, 1);
  for (const error of [0.1, 0.2]) errors.add('selfAttention', 1, 1, error);
  errors.add('selfAttention', 1, 2, Number.POSITIVE_INFINITY);
  errors.add('crossAttention', 1, 3, 1 / 3);
  const { selfAttention, crossAttention } = errors.means;
  expect(selfAttention).toEqual([[0.15, null, null]]);
  expect(crossAttention).toEqual([[null, null, 0.3333]]);
});
