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
  /** Once the scores that could have decided add up to so much, every further step computes; absent: never. */
  readonly cap?: number;
  /**
   * Of the most steps in a row: whether they are counted as cache-dit does. Its count goes back to 0 only where it has
   * forced a step to compute, and goes up only at a second step in a row, by two from 0. Absent: steps in a row.
   */
  readonly countsLoosely?: boolean;
}
