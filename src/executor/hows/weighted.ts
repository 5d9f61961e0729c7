import { weightedSum } from '../../ops/weighted-sum.ts';
import type { How } from './how.ts';

/** A weighted sum of all places: reuse as it is, and every forecast. */
export const weighted: How = (ops, { tensors, weights }, into) =>
  weightedSum(ops, { inputs: tensors, ...(weights && { weights }), ...into });
