/** How many coefficients a polynomial may have. */
export const MOST_COEFFICIENTS = 8;

/**
 * How a step decides for itself: its score is mapped by a polynomial, summed up where the rule says so, and compared
 * with the threshold. The step reuses below it. Known to the kernel that decides and to whoever writes a policy.
 */
export interface VerdictRule {
  /** Coefficients, highest power first, at most `MOST_COEFFICIENTS`; [1, 0] for the score itself. */
  readonly polynomial: readonly number[];
  /** Whether the values of steps add up until one computes, or each counts alone. */
  readonly accumulates: boolean;
  readonly threshold: number;
  /** Whether a value equal to the threshold computes. */
  readonly isStrict: boolean;
}
