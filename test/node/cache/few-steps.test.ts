import { describe, expect, test } from 'vitest';
import { cachingRemarks, FEW_STEPS } from '../../../src/cache/few-steps.ts';
import { configurePolicy, POLICIES } from '../../../src/cache/index.ts';
import { Scheduler } from '../../../src/cache/scheduler.ts';
import { runShape } from '../../support/run-shape.ts';
import { runScript, type Script } from './support.ts';

/** Scores that are the same in every block of every step. */
const steady =
  (score: number): Script =>
  () =>
    score;

function remarks(name: string, steps: number, score: number, options: Readonly<Record<string, unknown>> = {}) {
  const policy = configurePolicy(name, options);
  const shape = runShape(steps);
  return cachingRemarks(
    policy,
    runScript(new Scheduler(policy.policy, shape, {}, policy.limits), shape, steady(score)),
  );
}

// Those that need an artifact have other schedules with each.
describe.each(POLICIES.filter(({ options }) => !('artifact' in options)))('$name', ({ name, group }) => {
  test('says that caching does not pay with few steps; what reuses nothing anyway says nothing', () => {
    for (const steps of [2, FEW_STEPS]) {
      const found = remarks(name, steps, 0);
      if (group === 'control') expect(found).toEqual([]);
      else expect(found).toEqual([expect.stringMatching(`^With ${steps} of at most 4 steps.*does not pay.*${name}`)]);
    }
  });

  test('says so where it came to nothing in many steps, and nothing where it reused', () => {
    for (const score of [0, 1e6]) {
      const policy = configurePolicy(name);
      const shape = runShape(12);
      const record = runScript(new Scheduler(policy.policy, shape, {}, policy.limits), shape, steady(score));
      const isVain = group !== 'control' && record.blocks.reused === 0;
      expect(cachingRemarks(policy, record)).toHaveLength(isVain ? 1 : 0);
    }
  });
});

test('the least score is told beside the threshold', () => {
  expect(remarks('bwcache', 12, 0.08251, { threshold: 0.06 })).toEqual([
    'bwcache reused nothing in 12 steps: its least score was 0.0825, and the threshold is 0.06. More steps change less each; a higher threshold lets more pass.',
  ]);
});

test('where it would have, but had to compute, that is told', () => {
  expect(remarks('bwcache', 12, 0.01, { threshold: 0.06, start: 0.99 })[0]).toMatch(/only where it must compute/);
  expect(remarks('pab', 12, 0, { spatial: 1, cross: 1 })[0]).toMatch(/leave no step to be reused/);
});
