import { describe, expect, test } from 'vitest';
import { gridOf } from '../../../demo/cache-view/grid.ts';
import { curveSentence, hasScores, outcomeSentence, unmeasuredNote } from '../../../demo/cache-view/notes.ts';
import {
  formatStep,
  secondsOf,
  stepKind,
  timelineSentence,
  timelineSource,
} from '../../../demo/cache-view/timeline.ts';
import { cellSentence, formatScore, scheduleSentence, stepRanges } from '../../../demo/cache-view/words.ts';
import { measuredBlocks, RECORD, scoresOf, wholeBlocks } from './cache-support.ts';

describe('in words', () => {
  test('a schedule', () => {
    expect(stepRanges('1111100010', '1')).toBe('0–4, 8');
    expect(stepRanges('1111100010', '0')).toBe('5–7, 9');
    expect(scheduleSentence('with the prompt', '1111100010', 10)).toBe(
      'with the prompt: computed 6 of 10 steps: 0–4, 8',
    );
    expect(scheduleSentence('with the prompt', '110', 10)).toBe(
      'with the prompt: computed 2 of the first 3 steps: 0–1',
    );
    expect(scheduleSentence('without the prompt', '', 10)).toBe('without the prompt: nothing yet');
  });

  test('a cell', () => {
    const grid = gridOf(RECORD, 'cond');
    expect(cellSentence(grid, 1, 2)).toBe('with the prompt, step 1, block 2: computed, score 0.3');
    expect(cellSentence(grid, 0, 0)).toBe('with the prompt, step 0, block 0: computed, not measured');
    expect(cellSentence(grid, 2, 0)).toBe('with the prompt, step 2, block 0: reused');
    const measurements = [measuredBlocks(1)];
    const ofStep = { ...RECORD, measurements, scores: [scoresOf(2, 'cond', [0.05])] };
    expect(cellSentence(gridOf(ofStep, 'cond'), 2, 1)).toBe(
      'with the prompt, step 2, block 1: reused, the step’s score 0.05',
    );
    expect(cellSentence(gridOf({ ...RECORD, sites: wholeBlocks({ cond: '' }, 3) }, 'cond'), 2, 1)).toContain(
      'not known yet',
    );
  });

  test('a score', () => {
    expect([0, 0.0821456, 0.5, 0.06, 0.0000123].map(formatScore)).toEqual(['0', '0.0821', '0.5', '0.06', '1.23e-5']);
  });

  test('a curve', () => {
    expect(curveSentence([null, 0.3, 0.1], [])).toBe(
      'Score by step, with the prompt from 0.3 at step 1 to 0.1 at step 2.',
    );
    expect(curveSentence([], [])).toBe('Score by step, nothing was measured.');
  });

  test('an outcome: how much is computed, and how far it is known', () => {
    const schedule = { cond: '10' };
    const known = { schedule, sites: [], scores: [], isComplete: true, computedShare: 0.4 };
    expect(outcomeSentence(known)).toBe('40.0 % of the work done: at best 2.50 × as fast as the full clip.');
    expect(outcomeSentence({ ...known, isComplete: false })).toContain(
      'A check against the full clip measures every step',
    );
    expect(outcomeSentence(new Error('It measured something else.'))).toBe('It measured something else.');
  });

  test('why there is no curve', () => {
    const planned = { policy: { name: 'fewer-steps', options: {} }, sites: [], scores: [] };
    expect(unmeasuredNote(planned)).toBe('No scores: what is computed was known beforehand.');
    const mlp = { key: 'cond', site: 'blocks.0-2.mlp', digits: '1101' } as const;
    expect(unmeasuredNote({ ...planned, sites: [mlp] })).toContain('part by part');
    expect(unmeasuredNote({ ...planned, policy: { name: 'none', options: {} } })).toContain('nothing measured');
  });

  test('there is a curve where something was measured, or is going to be', () => {
    const holds = { policy: { name: 'fbcache', options: { threshold: 0.1 } }, scores: [] };
    const plans = { policy: { name: 'pab', options: {} }, scores: [] };
    expect([holds, plans].map((record) => hasScores(record, true))).toEqual([true, false]);
    expect([holds, plans].map((record) => hasScores(record, false))).toEqual([false, false]);
    expect(hasScores({ ...plans, scores: [scoresOf(1, 'cond', [0.1])] }, false)).toBe(true);
  });
});

describe('the time of steps', () => {
  test('goes by what both branches did', () => {
    const view = { ...RECORD, schedule: { cond: '1100', uncond: '1010' } };
    expect([0, 1, 2, 3, 4].map((step) => stepKind(view, step))).toEqual([
      'computed',
      'partly',
      'partly',
      'reused',
      undefined,
    ]);
    expect(secondsOf(view, 'partly')).toEqual([null, 0.4, 0.2, null]);
  });

  test('shows each step that has run once', () => {
    const view = { ...RECORD, stepSeconds: [0.4, 0.3] };
    const bars = (['computed', 'partly', 'reused'] as const).flatMap((kind) => secondsOf(view, kind));
    expect(bars.filter((seconds) => seconds !== null)).toEqual([0.4, 0.3]);
  });

  test('is summed up by medians', () => {
    expect(timelineSentence(RECORD)).toBe('Median: computed 400 ms (3), computed in one branch 200 ms (1).');
    expect(timelineSentence({ ...RECORD, stepSeconds: [] })).toContain('After a step');
    const byGpu = { ...RECORD, gpuStepSeconds: [0.5, 0.3, 0.1, 0.3] };
    expect(timelineSentence(byGpu)).toBe('Median: computed 300 ms (3), computed in one branch 100 ms (1).');
    expect([RECORD, byGpu].map((view) => timelineSource(view).split(' ')[0])).toEqual(['Wall-clock', 'GPU']);
    expect([0.0123, 0.4, 1.234].map(formatStep)).toEqual(['12.3 ms', '400 ms', '1.23 s']);
  });
});
