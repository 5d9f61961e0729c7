import { afterEach, describe, expect, test } from 'vitest';
import { curvesOf } from '../../../demo/cache-view/curves.ts';
import { addUp, indicatorOf } from '../../../demo/cache-view/indicator.ts';
import { recordOf } from '../../../demo/cache-view/record.ts';
import { recordingFor } from '../../../demo/cache-view/recording.ts';
import { beginLive, endLive } from '../../../demo/state/live.ts';
import { addRun, runs, setMeasured, shownId } from '../../../demo/state/runs.ts';
import { tryThreshold, whatIf } from '../../../demo/state/what-if.ts';
import type { OptionValue, Report } from '../../../src/index.ts';
import { measuredBlocks, RECORD, scoresOf } from './cache-support.ts';
import { newRun, REPORT } from './runs-support.ts';

const STEPS = 10;
const OPTIONS = { threshold: 0.2, interval: 2, tail: 0, probe: 'feature' };
/** Falls from step to step. */
const scoreAt = (step: number) => 1 / (step + 1) ** 2;
const both = (step: number) =>
  (['cond', 'uncond'] as const).map((branch) => scoresOf(step, branch, new Array(12).fill(scoreAt(step))));
const every = (count: number) => Array.from({ length: count }, (_, i) => both(i + 1)).flat();

/** Triggered at step 2, where the score is 0.11. */
const CACHED: Report = {
  ...REPORT,
  policy: { name: 'bwcache', options: OPTIONS },
  schedule: { cond: '1110010010', uncond: '1110010010' },
  measurements: [measuredBlocks(12)],
  scores: every(2),
  blocks: { computed: 120, reused: 120 },
};

const BASELINE: Report = {
  ...REPORT,
  policy: { name: 'none', options: { measure: 'feature' } },
  schedule: { cond: '1'.repeat(STEPS), uncond: '1'.repeat(STEPS) },
  measurements: [measuredBlocks(12)],
  scores: every(STEPS - 1),
  blocks: { computed: 240, reused: 0 },
};

function withOptions(options: Record<string, OptionValue>): Report {
  return { ...CACHED, policy: { name: 'bwcache', options: { ...OPTIONS, ...options } } };
}

function show(report: Report): number {
  const { id } = addRun({ ...newRun(), report });
  shownId.value = id;
  return id;
}

function compare(id: number): void {
  const baseline = addRun({ ...newRun(), role: 'baseline', report: BASELINE });
  setMeasured(id, { baseline: baseline.id, speedup: 2, psnr: 40, ssim: 0.99, framePsnr: [40], frameSsim: [0.99] });
}

afterEach(() => {
  runs.value = [];
  shownId.value = undefined;
  endLive();
});

describe('trying a threshold', () => {
  test("begins with the run's own, which gives what was run", () => {
    show(CACHED);
    expect(whatIf.value).toMatchObject({ own: 0.2, outcome: { schedule: CACHED.schedule, isComplete: true } });
    expect(whatIf.value?.policy.options.threshold).toBe(0.2);
  });

  test('a higher one is known from the run itself, a lower one only as far as it measured', () => {
    show(CACHED);
    tryThreshold(0.3);
    expect(whatIf.value?.outcome).toMatchObject({ schedule: { cond: '1100100100' }, isComplete: true });
    tryThreshold(0.05);
    expect(whatIf.value?.outcome).toMatchObject({ schedule: { cond: '1111' }, isComplete: false });
  });

  test('a lower one is known after the comparison, which measured every step', () => {
    compare(show(CACHED));
    tryThreshold(0.05);
    // 1 / 25 at step 4 is the first below.
    expect(whatIf.value?.outcome).toMatchObject({
      schedule: { cond: '1111100100', uncond: '1111100100' },
      isComplete: true,
    });
    expect(whatIf.value?.recording).toBe(BASELINE);
  });

  test('is forgotten when another run is shown, and waits while one is under way', () => {
    show(CACHED);
    tryThreshold(0.05);
    show(withOptions({ threshold: 0.3 }));
    expect(whatIf.value?.policy.options.threshold).toBe(0.3);
    beginLive('run', { prompt: 'x' });
    expect(whatIf.value).toBeUndefined();
  });

  test('is not offered where no threshold decides by scores', () => {
    show(BASELINE);
    expect(whatIf.value).toBeUndefined();
    show({ ...CACHED, policy: { name: 'smoothcache', options: { threshold: 0.15 } }, scores: [] });
    expect(whatIf.value).toBeUndefined();
  });

  test('a refusal is told, not thrown', () => {
    show(CACHED);
    tryThreshold(-1);
    expect(whatIf.value?.outcome).toBeInstanceOf(Error);
    expect(curvesOf(recordOf(CACHED), whatIf.value).threshold).toBe(-1);
  });
});

describe('the scores that are used', () => {
  test('are the baseline’s only where it measured the same', () => {
    expect(recordingFor(CACHED, BASELINE)).toBe(BASELINE);
    expect(recordingFor(CACHED, undefined)).toBe(CACHED);
    for (const changes of [{ value: 'modulatedInput' }, { every: 2 }, { metric: 'relativeL1/newer' }]) {
      const other = { ...CACHED, measurements: [measuredBlocks(12, 1, changes)] };
      expect(recordingFor(other, BASELINE)).toBe(other);
    }
    // One score a step, held against what was reused before: another run says nothing of it.
    const alone = { ...CACHED, measurements: [measuredBlocks(1)], scores: [scoresOf(1, 'cond', [0.1])] };
    expect(recordingFor(alone, BASELINE)).toBe(alone);
  });

  test('are of the blocks and branches that the policy looks at', () => {
    const indicators = (options: Record<string, OptionValue>) => {
      show(withOptions(options));
      return curvesOf(recordOf(withOptions(options)), whatIf.value);
    };
    expect(indicators({}).uncond[1]).toBeCloseTo(scoreAt(1));
    expect(indicators({ branches: 'condLeads' })).toMatchObject({ uncond: new Array(STEPS).fill(null) });
  });

  test('are what the policy held against its threshold, where scores add up', () => {
    const scores = [1, 2, 3].map((step) => scoresOf(step, 'cond', [0.25], 0.5 * step));
    expect(indicatorOf(scores, 'cond', 4)).toEqual([null, 0.5, 1, 1.5]);
    expect(addUp(scores)).toBe(true);
    expect(addUp(RECORD.scores)).toBe(false);
  });
});
