import type { VerdictRule } from '../ops/verdict-rule.ts';

/** Reuses while a score alone is at most the threshold; `isStrict`: below it. */
export function scoreBelow(threshold: number, isStrict = false): VerdictRule {
  return { polynomial: [1, 0], accumulates: false, threshold, isStrict };
}

/** Reuses while the sum of polynomials of scores, since the last step that computed, is below the threshold. */
export function sumBelow(threshold: number, polynomial: readonly number[] = [1, 0]): VerdictRule {
  return { polynomial, accumulates: true, threshold, isStrict: true };
}

/** What a forward's decisions have come to: what its next one goes on from. */
export interface DecisionState {
  /** Of values, since the last step that computed. */
  readonly sum: number;
  /** Steps reused since the last that computed; otherwise where a rule counts loosely. */
  readonly inARow: number;
  /** Steps reused in all. */
  readonly inAll: number;
  /** Whether the last step was. */
  readonly hasReused: boolean;
  /** Of the scores that could have decided. */
  readonly spent: number;
}

/** Before the first decision. */
export const UNDECIDED: DecisionState = { sum: 0, inARow: 0, inAll: 0, hasReused: false, spent: 0 };

/** What may be reused, whatever the scores say. */
export interface ReuseLimits {
  /** Most steps in a row. */
  readonly inARow: number;
  /** Most steps in all. */
  readonly inAll: number;
}

/** A verdict, and the state after it. */
export interface Verdict {
  readonly computes: boolean;
  /** What was held against the threshold. */
  readonly indicator: number;
  readonly state: DecisionState;
}

/**
 * Decides a step. In f32 as the GPU does (shaders/decide_within.wgsl): both agree wherever no value is within rounding
 * of the threshold.
 *
 * @param score Relative to an earlier step; one that is not finite computes.
 * @param ruling A verdict that has fallen elsewhere, and counts: by rounding, the GPU's may be another.
 */
export function decideStep(
  rule: VerdictRule,
  score: number,
  state: DecisionState,
  limits: ReuseLimits,
  isForced: boolean,
  ruling?: boolean,
): Verdict {
  const { fround } = Math;
  const d = fround(score);
  const value = rule.polynomial.reduce((y, coefficient) => fround(fround(y * d) + fround(coefficient)), 0);
  const total = rule.accumulates ? fround(state.sum + value) : value;
  const threshold = fround(rule.threshold);
  const isBelow = rule.isStrict ? total < threshold : total <= threshold;
  const isOpen = state.inAll < limits.inAll && !isForced;
  const isFull = state.inARow >= limits.inARow;
  const isAsked = isOpen && !isFull && state.spent < (rule.cap ?? Number.POSITIVE_INFINITY) && Number.isFinite(d);
  const computes = ruling ?? !(isAsked && isBelow && Number.isFinite(total));
  const spent = isAsked ? fround(state.spent + d) : state.spent;
  const inARow = rule.countsLoosely ? looseCount(state, computes, isOpen && isFull) : computes ? 0 : state.inARow + 1;
  const inAll = state.inAll + Number(!computes);
  const after = { sum: computes ? 0 : total, inARow, inAll, hasReused: !computes, spent };
  return { computes, indicator: total, state: after };
}

/** Steps in a row as cache-dit counts them: see `VerdictRule.countsLoosely`. */
function looseCount({ inARow, inAll, hasReused }: DecisionState, computes: boolean, isStopped: boolean): number {
  if (computes) return isStopped ? 0 : inARow;
  if (inAll === 0) return 1;
  if (!hasReused) return inARow;
  return inARow === 0 ? 2 : inARow + 1;
}
