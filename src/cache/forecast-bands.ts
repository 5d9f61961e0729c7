import type { Forecast } from './forecast.ts';

/** What two bands are multiplied by. */
export type BandScales = readonly [low: number, high: number];

/**
 * A value that is kept in two bands of frequencies, each scaled on its own (FasterCache, arXiv 2410.19355, section 3.3).
 *
 * @param scales Of a step. @param isCumulative Whether those of all steps since it was kept multiply, as in its code and
 * diffusers; else only the step's own count, as in the paper.
 */
export function bands(scales: (step: number) => BandScales, isCumulative: boolean): Forecast {
  return {
    name: 'bands',
    depth: 1,
    weights([kept = 0], step) {
      let [low, high] = scales(step);
      for (let earlier = kept + 1; isCumulative && earlier < step; earlier++) {
        const [lowThen, highThen] = scales(earlier);
        low *= lowThen;
        high *= highThen;
      }
      return [low, high];
    },
  };
}
