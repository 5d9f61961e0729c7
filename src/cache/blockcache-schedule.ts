/**
 * The steps at which a block is computed (Block Caching, arXiv 2312.03209): from each computed one on its changes from
 * step to step add up, and the first step at which they exceed the threshold computes.
 *
 * @param changes By step, the change to the next one; null, where it is not known, computes.
 * @param longest Most steps in a row that may be reused.
 */
export function blockSchedule(
  changes: readonly (number | null)[],
  { steps, threshold, longest }: { readonly steps: number; readonly threshold: number; readonly longest: number },
): boolean[] {
  let [sum, inARow] = [0, 0];
  return Array.from({ length: steps }, (_, step) => {
    sum += step === 0 ? Number.POSITIVE_INFINITY : (changes[step - 1] ?? Number.POSITIVE_INFINITY);
    // A little above it by rounding is at it.
    if (sum <= threshold + 1e-9 && inARow < longest) {
      inARow++;
      return false;
    }
    [sum, inARow] = [0, 0];
    return true;
  });
}
