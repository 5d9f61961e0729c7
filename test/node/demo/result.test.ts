import { describe, expect, test } from 'vitest';
import { resultOf } from '../../../demo/history/result.ts';
import { verdictOf } from '../../../demo/history/verdict.ts';
import type { Run } from '../../../demo/state/runs.ts';
import { scoresOf } from './cache-support.ts';
import { newRun, REPORT } from './runs-support.ts';

const run: Run = { ...newRun(), id: 3, key: 'three', isOwnModel: false, home: undefined };
const measured = { baseline: 4, speedup: 2, psnr: 36, ssim: 0.98, framePsnr: [], frameSsim: [] };
const scores = [scoresOf(1, 'cond', [0.2])];

describe('what a run came to, in words', () => {
  test('before and after it was checked', () => {
    expect(resultOf(run).headline).toBe('Skipped 50 % of the work.');
    expect(resultOf({ ...run, measured })).toEqual({
      headline: 'Skipped 50 % of the work: 2.00 times as fast.',
      detail: 'The pictures are very close to the full clip’s.',
    });
    expect(resultOf({ ...run, role: 'baseline' }).headline).toBe('Everything was computed.');
    const none = { ...REPORT, policy: { name: 'none', options: {} }, blocks: { computed: 240, reused: 0 } };
    expect(resultOf({ ...run, report: none }).headline).toBe('Skipped nothing.');
  });

  test('a method that measured and reused nothing: what to change', () => {
    const report = { ...REPORT, scores, blocks: { computed: 240, reused: 0 } };
    expect(resultOf({ ...run, report }).detail).toBe('');
    // Neither a run that reused, nor one that was not to.
    expect(resultOf({ ...run, report: { ...report, blocks: REPORT.blocks } }).headline).toMatch(/^Skipped 50/);
  });

  test.each([
    [30, /15 steps, in about the same time, come less near \(30\.0 dB\)\./],
    [36.2, /come as near/],
    [40, /come nearer \(40\.0 dB\): here they win\./],
  ])('against fewer steps with %d dB, whoever wins', (psnr, words) => {
    const control = {
      ...run,
      role: 'control' as const,
      report: { ...REPORT, steps: 15 },
      measured: { ...measured, psnr },
    };
    expect(resultOf({ ...run, measured }, control).detail).toMatch(words);
    expect(resultOf(control).headline).toBe('Took 15 steps instead: 2.00 times as fast.');
  });
});

test.each([
  [99, 1, 'the same'],
  [44, 0.995, 'as good as the same'],
  [44, 0.98, 'very close'],
  [31.4, 0.9816, 'close'],
  [22, 0.9, 'alike'],
  [12, 0.99, 'different'],
])('%d dB and an SSIM of %d are %s', (psnr, ssim, short) => {
  expect(verdictOf({ psnr, ssim }).short).toBe(short);
});
