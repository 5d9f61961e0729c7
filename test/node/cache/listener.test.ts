import { expect, test } from 'vitest';
import { configurePolicy, POLICIES } from '../../../src/cache/index.ts';
import type { Branch, RunShape } from '../../../src/cache/policy.ts';
import { type BlockScores, type ForwardEvent, Scheduler } from '../../../src/cache/scheduler.ts';
import { artifact } from '../../support/smoothcache.ts';
import { drift, firesAt, runScript } from './support.ts';

const RUN: RunShape = { steps: 12, branches: ['cond', 'uncond'], blocks: 4 };

test.each(POLICIES.map(({ name }) => name))('%s: the listener is told what is recorded, as it is', (name) => {
  const options = name === 'smoothcache' ? { artifact: artifact(RUN.steps), threshold: 0.12 } : {};
  const forwards: ForwardEvent[] = [];
  const scores: BlockScores[] = [];
  const listener = {
    onForward: (forward: ForwardEvent) => forwards.push(forward),
    onScores: (told: BlockScores) => scores.push(told),
  };
  const scheduler = new Scheduler(configurePolicy(name, options).policy, RUN, listener);
  const script = name === 'bwcache' ? firesAt(3) : drift(0.04);
  for (const until of [1, 5]) {
    runScript(new Scheduler(configurePolicy(name, options).policy, RUN, listener), RUN, script, until);
    expect(forwards.splice(0).length).toBe(until * RUN.branches.length);
    scores.splice(0);
  }
  const record = runScript(scheduler, RUN, script);
  for (const branch of RUN.branches) expect(digits(forwards, branch)).toBe(record.schedule[branch]);
  expect(forwards.reduce((sum, { computed }) => sum + computed, 0)).toBeCloseTo(record.blocks.computed, 9);
  expect(forwards.every(({ blocks }) => blocks === RUN.blocks)).toBe(true);
  expect(scores).toEqual(record.scores);
});

/** The schedule that forwards come to. @throws when a step is missing, told twice or out of order. */
function digits(forwards: readonly ForwardEvent[], branch: Branch): string {
  const own = forwards.filter((forward) => forward.branch === branch);
  expect(own.map(({ step }) => step)).toEqual(own.map((_, i) => i));
  return own.map(({ computes }) => Number(computes)).join('');
}
