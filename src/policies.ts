/**
 * Caching methods, listed and predicted: numbers only, no GPU and no model. An entry of its own, `stillframe/policies`, since an
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
export type { PolicyUse } from './cache/kind.ts';
export type { OptionValue } from './cache/options.ts';
export { type Prediction, predictSchedule, type RecordedRun } from './cache/predict.ts';
export { POLICY_GROUPS, type PolicyGroup, type PolicyWords } from './cache/words.ts';
