/**
 * What several kept values come to at a later step: a weighted sum of them. Everything linear is one: reuse as it is,
 * Taylor series by differences, extrapolation from two. So one kernel carries all of them out, and a method's own
 * arithmetic is a few numbers a step, in float64.
 */
export interface Forecast {
  readonly name: string;
  /** Values that it goes on from; with fewer at hand it makes do with those. */
  readonly depth: number;
  /**
   * A weight for each kept value.
   *
   * @param kept Steps at which they were kept, the newest first. @param step The one that they are to stand for.
   */
  weights(kept: readonly number[], step: number): readonly number[];
}

/**
 * Taylor series by one-sided finite differences over the real distances of the steps (TaylorSeer, arXiv 2503.06923, and
 * its code): `sum_i f_i k^i / i!`, where `f_0` is the newest value and `f_i = (f_(i-1) - older f_(i-1)) / distance`.
 * Order 1 is exact on lines; order 2 is not on parabolas, as published.
 */
export function taylor(order: number): Forecast {
  return {
    name: `taylor ${order}`,
    depth: order + 1,
    weights(kept, step) {
      const distance = step - (kept[0] as number);
      const sum = kept.map(() => 0);
      let factor = 1;
      for (let i = 0; i <= Math.min(order, kept.length - 1); i++) {
        for (const [j, weight] of differenceWeights(kept, 0, i).entries())
          sum[j] = (sum[j] as number) + factor * weight;
        factor *= distance / (i + 1);
      }
      return sum;
    },
  };
}

/** What the `order`-th difference at the `at`-th newest value is made of: a weight for each kept value. */
function differenceWeights(kept: readonly number[], at: number, order: number): number[] {
  if (order === 0) return kept.map((_, i) => Number(i === at));
  const newer = differenceWeights(kept, at, order - 1);
  const older = differenceWeights(kept, at + 1, order - 1);
  const distance = (kept[at] as number) - (kept[at + 1] as number);
  return newer.map((weight, i) => (weight - (older[i] as number)) / distance);
}
