/** What is measured before the verdict. */
export type WithinSignal =
  /** `LN(x) (1 + scale) + shift`, the modulated input of block 0: TeaCache. No block runs before the verdict. */
  | 'modulated'
  /** What block 0 adds to the residual stream: first-block cache. Block 0 runs before the verdict. */
  | 'firstBlock';

/** How many coefficients a polynomial may have. */
export const MOST_COEFFICIENTS = 8;

/**
 * How a step decides for itself: its signal's relative L1 difference to a reference is mapped by a polynomial, summed
 * up where the rule says so, and compared with the threshold.
 */
export interface WithinRule {
  readonly signal: WithinSignal;
  /** Which steps' signals become the reference: every step's, or only those of steps that compute. */
  readonly reference: 'everyStep' | 'computedSteps';
  /** Coefficients, highest power first, at most `MOST_COEFFICIENTS`; [1, 0] for the score itself. */
  readonly polynomial: readonly number[];
  /** Whether the values of steps add up until one computes, or each counts alone. */
  readonly accumulates: boolean;
  readonly threshold: number;
  /** Whether a value equal to the threshold computes. */
  readonly isStrict: boolean;
}

/** Blocks that run before the verdict. */
export function blocksBefore({ signal }: WithinRule): number {
  return signal === 'firstBlock' ? 1 : 0;
}

/** A verdict, and the sum that the branch's next one goes on from. */
export interface Verdict {
  readonly computes: boolean;
  readonly sum: number;
}

/**
 * Decides a step. In f32 as the GPU does (shaders/decide_within.wgsl): both agree wherever no value is within rounding
 * of the threshold.
 *
 * @param score Relative L1 difference; one that is not finite computes.
 * @param sum What was summed up since the last computed step.
 */
export function decideStep(rule: WithinRule, score: number, sum: number, isForced: boolean): Verdict {
  const { fround } = Math;
  const d = fround(score);
  const value = rule.polynomial.reduce((y, coefficient) => fround(fround(y * d) + fround(coefficient)), 0);
  const total = rule.accumulates ? fround(sum + value) : value;
  const threshold = fround(rule.threshold);
  const isBelow = rule.isStrict ? total < threshold : total <= threshold;
  const skips = isBelow && Number.isFinite(d) && Number.isFinite(total) && !isForced;
  return skips ? { computes: false, sum: total } : { computes: true, sum: 0 };
}
