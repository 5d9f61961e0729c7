import type { StepErrors } from './smoothcache-artifact.ts';

/**
 * The steps at which a sub-layer type is computed: SmoothCache's scan (arXiv 2411.10510, section 3.2, and its code).
 * From each computed step i it skips the most steps k whose error between i and i + k is within the threshold; the
 * steps between are not looked at. First and last step are forced after the scan, so a skip may end at the last.
 *
 * @param errors By distance in steps, from 1 on; see `SmoothCacheArtifact`. NaN and null never skip.
 * @returns By step, whether it is computed.
 */
export function smoothCacheSchedule(
  errors: readonly StepErrors[],
  { steps, threshold, lookahead }: { readonly steps: number; readonly threshold: number; readonly lookahead: number },
): boolean[] {
  const computes = new Array<boolean>(steps).fill(false);
  for (let i = 0; i < steps; i++) {
    computes[i] = true;
    const fits = (row: StepErrors) => (row[i] ?? Number.NaN) <= threshold;
    // The index of distance k is k - 1, and of none -1.
    i += errors.slice(0, lookahead).findLastIndex(fits) + 1;
  }
  computes[0] = true;
  computes[steps - 1] = true;
  return computes;
}
