import { expect, test } from 'vitest';
import { whyNothingReused } from '../../../cli/nothing-reused.ts';

type Run = Parameters<typeof whyNothingReused>[0];
const score = (step: number, indicator: number) => ({ step, branch: 'cond', indicator }) as Run['scores'][number];
const run = (changes: Partial<Run>): Run => ({
  policy: { name: 'bwcache', options: { threshold: 0.06 } },
  steps: 8,
  scores: [],
  blocks: { computed: 96, reused: 0 },
  schedule: { cond: '11111111' },
  ...changes,
});

test.each<[string, Partial<Run>, RegExp]>([
  [
    'scores above the threshold',
    { scores: [score(1, 0.3), score(2, 0.1234)] },
    /no score was below the threshold 0\.06; the lowest was 0\.123 \(step 2, cond\)/,
  ],
  ['scores that cannot be compared', { scores: [score(1, Number.POSITIVE_INFINITY)] }, /the lowest was infinite/],
  ['a score below it, too late', { scores: [score(7, 0.01)] }, /0\.01 at step 7 was below .* of 8 steps none was left/],
  ['no scores', { steps: 2 }, /all 2 steps are ones that bwcache computes by its options/],
  ['no threshold', { policy: { name: 'pab', options: {} } }, /all 8 steps are ones that pab computes/],
])('%s are said to be why', (_, changes, why) => {
  expect(whyNothingReused(run(changes))).toMatch(why);
});

test.each<[string, Partial<Run>]>([
  ['reused something', { blocks: { computed: 90, reused: 6 } }],
  ['reused what is no block', { schedule: { cond: '11011111' } }],
  ['never reuses', { policy: { name: 'fewer-steps', options: {} } }],
  ['was none', { policy: { name: 'none', options: {} } }],
])('a run that %s needs no reason', (_, changes) => {
  expect(whyNothingReused(run(changes))).toBeUndefined();
});
