import { expect, test } from 'vitest';
import { headlineNote } from '../../../demo/history/headline-note.ts';
import type { Run } from '../../../demo/state/runs.ts';
import { scoresOf } from './cache-support.ts';
import { newRun, REPORT } from './runs-support.ts';

const run: Run = { ...newRun(), id: 3, isOwnModel: false, home: undefined };
const measured = { baseline: 4, speedup: 2, psnr: 40, ssim: 0.99, framePsnr: [], frameSsim: [] };
const scores = [scoresOf(1, 'cond', [0.2])];

test('says what the figures are of', () => {
  expect(headlineNote(undefined)).toContain('when it is done');
  expect(headlineNote(run)).toBe('Not compared yet.');
  expect(headlineNote({ ...run, measured })).toContain('Run 3 against run 4');
  expect(headlineNote({ ...run, role: 'baseline' })).toContain('baseline');
});

test('says that a policy measured and reused nothing, and what to change', () => {
  const report = { ...REPORT, scores, blocks: { computed: 240, reused: 0 } };
  expect(headlineNote({ ...run, report })).toMatch(/Nothing was reused.*more steps.*higher threshold/);
  expect(headlineNote({ ...run, report, measured })).toMatch(/Nothing was reused/);
  // Neither a run that reused, nor one that was not to.
  expect(headlineNote({ ...run, report: { ...report, blocks: REPORT.blocks } })).toBe('Not compared yet.');
  expect(headlineNote({ ...run, report: { ...report, policy: { name: 'none', options: {} } } })).toBe(
    'Not compared yet.',
  );
});
