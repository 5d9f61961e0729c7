import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/report.ts';
import { summarizeRun } from '../../src/summary/index.ts';
import { scoresOf } from './demo/cache-support.ts';
import { REPORT } from './demo/runs-support.ts';

/** A run of ten steps: half of them computed in 0.6 s each, half reused in 0.2 s. */
const RUN: Report = {
  ...REPORT,
  scores: Array.from({ length: 11 }, (_, step) => scoresOf(step, 'cond', [step / 100])),
  stepSeconds: REPORT.schedule.cond?.split('').map((digit) => (digit === '1' ? 0.6 : 0.2)) ?? [],
};
const FULL: Report = {
  ...REPORT,
  policy: { name: 'none', options: {} },
  schedule: { cond: '1111111111', uncond: '1111111111' },
  blocks: { computed: 240, reused: 0 },
  stepSeconds: new Array(10).fill(0.6),
  seconds: { ...REPORT.seconds, text: 0.4, denoise: 6, decode: 3.2 },
};

describe('a run in numbers', () => {
  test('steps, blocks, percentiles of scores, and bytes', () => {
    const { steps, blocks, scores, memory } = summarizeRun(RUN);
    expect(steps).toEqual({ computed: 5, reused: 5 });
    expect(blocks).toEqual({ computed: 120, reused: 120, reusedShare: 0.5 });
    expect(scores).toEqual({ count: 11, least: 0, low: 0.01, median: 0.05, high: 0.09, most: 0.1 });
    expect(memory).toEqual(RUN.memory);
  });

  test('a step counts as reused where no branch computed anything', () => {
    expect(summarizeRun({ ...RUN, schedule: { cond: '1000000000', uncond: '1111100000' } }).steps.reused).toBe(5);
    expect(summarizeRun({ ...RUN, schedule: { cond: '1000000000' } }).steps.reused).toBe(9);
  });

  test('time that was saved, estimated by its own steps', () => {
    const { seconds } = summarizeRun(RUN);
    expect(seconds).toMatchObject({ total: 7.5, computedStep: 0.6, reusedStep: 0.2, source: 'estimated' });
    expect(seconds.saved.denoise).toBeCloseTo(5 * 0.4, 9);
  });

  test('time that was saved, measured against the full run, by phase: where some took longer, too', () => {
    const { seconds } = summarizeRun(RUN, FULL);
    expect(seconds.source).toBe('measured');
    expect(seconds.saved.text).toBeCloseTo(-0.1, 9);
    expect(seconds.saved.denoise).toBeCloseTo(2, 9);
    expect(seconds.saved.decode).toBeCloseTo(0.2, 9);
  });

  test('scores that could not be compared are no scores', () => {
    const scores = [scoresOf(1, 'cond', [Number.POSITIVE_INFINITY])];
    expect(summarizeRun({ ...RUN, scores: JSON.parse(JSON.stringify(scores)) }).scores).toBeUndefined();
  });
});

describe('a run in words', () => {
  test('one that reused', () => {
    expect(summarizeRun(RUN).sentences).toEqual([
      'bwcache: 5 of 10 steps computed, 5 reused; 120 of 240 block forwards reused (50 %).',
      'Scores: 11, from 0 to 0.1: a tenth below 0.01, half below 0.05, a tenth above 0.09; the threshold is 0.06.',
      'GPU memory: 30.0 MB at most, 20.0 MB of it weights, 1.0 MB kept by the policy.',
      'Time: 7.50 s without loading: prompt 0.50 s, steps 4.00 s, decoding 3.00 s.',
      'A computed step took 0.60 s, a reused one 0.20 s: about 2.00 s of steps saved.',
    ]);
  });

  test('the same beside the full run', () => {
    expect(summarizeRun(RUN, FULL).sentences.at(-1)).toBe(
      '2.10 s of 9.60 s saved, 1.28 times as fast: prompt 0.10 s more, steps 2.00 s less, decoding 0.20 s less.',
    );
    expect(summarizeRun(FULL, RUN).sentences.at(-1)).toMatch(/^2\.10 s of 7\.50 s lost, 0\.78 times as fast/);
  });

  test('one that reused nothing, and one that took fewer steps', () => {
    expect(summarizeRun(FULL).sentences[0]).toBe('none: all of 10 steps computed, 240 block forwards; nothing reused.');
    expect(summarizeRun(FULL).sentences).toHaveLength(3);
    const fewer = { ...FULL, policy: { name: 'fewer-steps', options: { share: 0.5 } }, stepsAsked: 20 };
    expect(summarizeRun(fewer).sentences[0]).toContain('all of 10 steps of 20 asked for computed');
  });

  test('a recorded run: every sentence is whole', async () => {
    const { run, baseline } = JSON.parse(await readFile('demo/public/example/example.json', 'utf8'));
    const { sentences } = summarizeRun(run.report, baseline.report);
    expect(sentences).toHaveLength(5);
    for (const sentence of sentences) expect(sentence).toMatch(/^[^a-z]?.*\d.*\.$/);
    expect(sentences.join(' ')).not.toMatch(/undefined|NaN|Infinity|null/);
  });
});
