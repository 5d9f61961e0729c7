/**
 * Caching methods, listed and predicted, and runs summed up: numbers only, no GPU and no model. An entry of its own, `stillframe/policies`, since an
 * application that only generates needs none of it before a model is there.
 *
 * @module
 */

export {
  describePolicies,
  type OptionDescription,
  type OptionInput,
  type PolicyDescription,
} from './cache/describe.ts';
export { FEW_STEPS } from './cache/few-steps.ts';
export type { PolicyUse } from './cache/kind.ts';
export type { OptionValue } from './cache/options.ts';
export { type Prediction, predictSchedule, type RecordedRun } from './cache/predict.ts';
export { POLICY_GROUPS, type PolicyGroup, type PolicyWords } from './cache/words.ts';
export { type RunSummary, summarizeRun } from './summary/index.ts';
export type { BlockSummary, OwnPhase, RunNumbers, ScoreSummary, StepCounts, TimeSummary } from './summary/numbers.ts';
