import type { Forecast } from './forecast.ts';

/**
 * From the newest value on along the last change, `f + (f - older f) weight`, whatever the steps between (FasterCache,
 * arXiv 2410.19355, section 3.2).
 *
 * @param weight 0 for the newest as it is.
 */
export function along(weight: number): Forecast {
  return {
    name: `along ${weight}`,
    depth: 2,
    weights: (kept) => (kept.length < 2 ? [1] : [1 + weight, -weight]),
  };
}
