import { expect, test } from 'vitest';
import { runShape } from '../../support/run-shape.ts';
import { decide, type Script, schedulerOf } from './support.ts';

/**
 * Latents of 10 - 0.5 s and predictions of 5 - 0.2 s: a change of both by 0.4, of latents that change by 0.5, of what was
 * predicted at the last step that computed. A hair less: of the golden's steps one is at the threshold but for rounding.
 */
const LINEAR: Script = (_step, _branch, computed) => ((1 - 1e-6) * (0.4 * 0.5)) / (5 - 0.2 * computed);

test('U4: the golden schedule of EasyCache', () => {
  const { schedule } = decide('easycache', { threshold: 0.1, retSteps: 3 }, 14, LINEAR);
  expect(schedule.cond).toBe('11100100101011');
});

test('the prompt’s branch decides for both, and alone is measured', () => {
  const script: Script = (step, branch, computed) => (branch === 'cond' ? LINEAR(step, branch, computed) : 9);
  const { schedule, scores } = decide('easycache', { threshold: 0.1, retSteps: 3 }, 14, script, ['cond', 'uncond']);
  expect(schedule).toEqual({ cond: '11100100101011', uncond: '11100100101011' });
  expect(new Set(scores.map(({ branch }) => branch))).toEqual(new Set(['cond']));
});

test('a second step computes, whatever is asked for: one tells nothing of changes', () => {
  expect(decide('easycache', { threshold: 9, retSteps: 1 }, 5, () => 0).schedule.cond).toBe('11001');
});

test('nothing of the model runs at a reused step', () => {
  const { sites } = decide('easycache', { threshold: 9, retSteps: 2 }, 5, () => 0);
  expect(sites).toEqual([{ key: 'cond', site: 'blocks.0-3', digits: '11001' }]);
  const run = runShape(3, ['cond']);
  const scheduler = schedulerOf('easycache', { threshold: 9 }, run);
  const planned = scheduler.plan(0, 'cond').actions.map(({ kind }) => kind);
  expect(planned).toEqual(['measure', 'decide']);
});

test('a report tells that its scores are products', () => {
  const { measurements } = decide('easycache', {}, 3, () => 0);
  expect(measurements[0]?.metric).toBe('meanL1 * output / travelled');
});
