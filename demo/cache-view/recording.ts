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

/** A policy with another threshold, or its own; undefined where no threshold decides by scores of a run. */
export function withThreshold(
  { name, options }: PolicyUse,
  scores: Report['scores'],
  threshold = options.threshold,
): ThresholdPolicy | undefined {
  if (typeof threshold !== 'number' || scores.length === 0) return undefined;
  return { name, options: { ...options, threshold } };
}

/** A policy that has a threshold. */
export interface ThresholdPolicy extends PolicyUse {
  readonly options: PolicyUse['options'] & { readonly threshold: number };
}
