import type { PolicyUse, Report } from 'stillframe';

/**
 * The report whose scores say how another threshold would have gone. A run of BWCache measures only until it begins to
 * reuse; its baseline measured every step, and stands in where it measured the same.
 */
export function recordingFor(run: Report, baseline: Report | undefined): Report {
  const { name, options } = run.policy;
  const measuredSame =
    baseline?.policy.name === 'none' && baseline.policy.options.measure === options.probe && (options.every ?? 1) === 1;
  return name === 'bwcache' && measuredSame ? baseline : run;
}

/** The run's policy with another threshold; undefined where no threshold decides by scores of the run. */
export function withThreshold({ policy, scores }: Report, threshold?: number): ThresholdPolicy | undefined {
  const own = policy.options.threshold;
  if (typeof own !== 'number' || scores.length === 0) return undefined;
  return { name: policy.name, options: { ...policy.options, threshold: threshold ?? own } };
}

/** A policy that has a threshold. */
export interface ThresholdPolicy extends PolicyUse {
  readonly options: PolicyUse['options'] & { readonly threshold: number };
}
