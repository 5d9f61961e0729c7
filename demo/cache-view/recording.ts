import type { PolicyUse, Report } from 'stillframe';

/**
 * The report whose scores say how another threshold would have gone. A policy may measure only until it begins to reuse;
 * a baseline measured every step, and stands in where it measured the same.
 */
export function recordingFor(run: Report, baseline: Report | undefined): Report {
  const measuredSame =
    run.measurements.length > 0 &&
    run.measurements.every((wanted) =>
      baseline?.measurements.some(
        ({ value, metric, every, sites }) =>
          value === wanted.value &&
          metric === wanted.metric &&
          every === wanted.every &&
          wanted.sites.every((site) => sites.includes(site)),
      ),
    );
  return baseline && measuredSame && !decidesAlone(run) ? baseline : run;
}

/** Whether one score decides each step by what has been reused before: what a full run measures says nothing of that. */
function decidesAlone({ scores, shape }: Report): boolean {
  return shape.blocks > 1 && scores.some(({ blocks }) => blocks.length === 1);
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
