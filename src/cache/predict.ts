import type { PolicyUse, Report } from '../pipeline/types.ts';
import type { Branch } from './policy.ts';

/** What is taken of a run's report. */
export type RecordedRun = Pick<Report, 'steps' | 'schedule' | 'scores' | 'blocks' | 'policy'>;

/** What a policy would have done. */
export interface Prediction {
  /** By branch, a digit a step: shorter than the run where it would have needed a score that was not recorded. */
  readonly schedule: Readonly<Partial<Record<Branch, string>>>;
  /** Whether it reaches the last step of every branch. */
  readonly isComplete: boolean;
  /** Block forwards computed, of those predicted: 0 to 1. */
  readonly computedShare: number;
}

/** Under construction. */
export function predictSchedule(run: RecordedRun, policy: PolicyUse): Prediction {
  throw new Error(`under construction: ${run.steps} ${policy.name}`);
}
