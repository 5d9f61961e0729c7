import { expect, test } from 'vitest';
import { MeanScores } from '../../../src/cache/calibration.ts';
import { smoothCacheCalibration } from '../../../src/cache/smoothcache-calibration.ts';
import { runShape } from '../../support/run-shape.ts';

const SHAPE = runShape(4, ['cond'], { blocks: 2 });
const RUN = { model: 'tiny', sampler: 'flow-match-euler', steps: 4, shape: SHAPE, prompts: ['a'], distances: 5 };

/** An artifact of scores `10 distance + step` for each block, `step` being the earlier one. */
function errorsOf(scores: MeanScores): Record<string, (number | null)[][]> {
  return smoothCacheCalibration.artifact(scores, RUN).errors as Record<string, (number | null)[][]>;
}

test('errors stand at the earlier step, in a list for each distance', () => {
  const scores = new MeanScores();
  for (const block of [0, 1]) {
    for (let step = 0; step < 4; step++) {
      for (let k = 1; step + k < 4; k++) scores.add(`block.${block}.mlp`, k, step, 10 * k + step);
    }
  }
  // No list is longer than its distance allows.
  expect(errorsOf(scores).mlp).toEqual([[10, 11, 12], [20, 21], [30], [], []]);
});

test('means are over blocks and samples; null is what was not taken, and what is not finite', () => {
  const scores = new MeanScores();
  for (const error of [0.1, 0.3])
    for (const block of [0, 1]) scores.add(`block.${block}.mlp`, 1, 0, error * (1 + block));
  scores.add('block.0.mlp', 1, 1, Number.POSITIVE_INFINITY);
  scores.add('block.1.mlp', 1, 1, 1);
  const [first] = errorsOf(scores).mlp ?? [];
  expect(first).toEqual([0.3, null, null]);
  expect(errorsOf(scores).selfAttention?.[0]).toEqual([null, null, null]);
});
