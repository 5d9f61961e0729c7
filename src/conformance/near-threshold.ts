import { bwcache } from '../cache/bwcache.ts';
import type { OptionValue } from '../cache/options.ts';
import { type Branch, branchOf, type RunShape } from '../cache/run-shape.ts';
import { Scheduler } from '../cache/scheduler.ts';

/** A mean so near to its threshold, relative to it, may fall on either side of it. */
const NEAR = 1e-3;

/** By branch, a digit a step: 1 computed, 0 reused. */
export type Schedules = Readonly<Partial<Record<Branch, string>>>;

/** The mean score of a measured step; undefined where there is none. */
export type MeanOf = (step: number, branch: Branch) => number | undefined;

/** A recorded run of BWCache, and ours. */
export interface TwoRuns {
  readonly shape: RunShape;
  /** BWCache's, with the threshold. */
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly recorded: Schedules;
  readonly ours: Schedules;
  /** Of the recorded run that never reuses. */
  readonly recordedMean: MeanOf;
  /** Of our run. */
  readonly ourMean: MeanOf;
}

/**
 * Whether two runs differ by rounding alone: both schedules are what BWCache plans where only means at the threshold,
 * before the runs part, may fall on either side of it. A mean near the threshold elsewhere, such as after the trigger,
 * excuses nothing.
 */
export function differByRounding(runs: TwoRuns): boolean {
  return canPlan(runs.ours, runs) && canPlan(runs.recorded, runs);
}

/** Whether some way of deciding what is open gives the schedules. @param verdicts Of the open decisions so far. */
function canPlan(wanted: Schedules, runs: TwoRuns, verdicts: readonly boolean[] = []): boolean {
  const { shape, options } = runs;
  const { policy, limits } = bwcache.configure(options);
  const scheduler = new Scheduler(policy, shape, {}, limits);
  let open = 0;
  for (let step = 0; step < shape.steps; step++) {
    for (const key of shape.keys) {
      const branch = branchOf(key);
      const [measured] = scheduler.plan(step, key).observes;
      if (wanted[branch]?.[step] !== scheduler.record.schedule[key]?.[step]) return false;
      if (measured === undefined) continue;
      // The first step has nothing to be measured against.
      if (step === 0) {
        scheduler.observe(step, key, measured, undefined);
        continue;
      }
      let isBelow = verdict(wanted, runs, step, branch);
      if (isBelow === undefined) {
        isBelow = verdicts[open++];
        if (isBelow === undefined) return [true, false].some((way) => canPlan(wanted, runs, [...verdicts, way]));
      }
      const mean = isBelow ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      scheduler.observe(step, key, measured, { blocks: [], mean });
    }
  }
  return true;
}

/** Whether a mean is below the threshold; undefined where rounding decides, or nobody measured it. */
function verdict(wanted: Schedules, runs: TwoRuns, step: number, branch: Branch): boolean | undefined {
  const threshold = Number(runs.options.threshold);
  const mean = meanOf(wanted, runs, step, branch);
  if (mean === undefined || Math.abs(mean / threshold - 1) < NEAR) return undefined;
  return mean < threshold;
}

/**
 * What was recorded, as long as nothing has been reused: scores of reusing runs are not recorded. From then on what our
 * run measured, as long as it did the same; NaN, which is never below, where it measured nothing.
 */
function meanOf(wanted: Schedules, { shape, ours, recordedMean, ourMean }: TwoRuns, step: number, branch: Branch) {
  const before = shape.keys.map(branchOf).map((name) => [wanted[name]?.slice(0, step), ours[name]?.slice(0, step)]);
  if (before.every(([planned]) => !planned?.includes('0'))) return recordedMean(step, branch);
  if (before.every(([planned, done]) => planned === done)) return ourMean(step, branch) ?? Number.NaN;
  return undefined;
}
