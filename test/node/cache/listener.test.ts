import { expect, test } from 'vitest';
import { configurePolicy, POLICIES } from '../../../src/cache/index.ts';
import type { BlockScores, ForwardEvent } from '../../../src/cache/run-record.ts';
import type { Branch } from '../../../src/cache/run-shape.ts';
import { Scheduler } from '../../../src/cache/scheduler.ts';
import { artifactFor } from '../../support/artifacts.ts';
import { LAWS } from '../../support/laws.ts';
import { runShape } from '../../support/run-shape.ts';
import { drift, firesAt, runScript } from './support.ts';

const RUN = runShape(12);
const BRANCHES = ['cond', 'uncond'] as const;

test.each(POLICIES.map(({ name }) => name))('%s: the listener is told what is recorded, as it is', (name) => {
  const options = { ...artifactFor(name, RUN), ...LAWS[name]?.some };
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
    expect(forwards.splice(0).length).toBe(until * BRANCHES.length);
    scores.splice(0);
  }
  const record = runScript(scheduler, RUN, script);
  for (const branch of BRANCHES) expect(digits(forwards, branch)).toBe(record.schedule[branch]);
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
