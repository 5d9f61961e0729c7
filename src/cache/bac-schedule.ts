/**
 * The steps at which something is computed, so that what is reused between is most like what it stands for (BAC's
 * adaptive caching scheduler, arXiv 2506.13456, by dynamic programming): of all ways to cut the run in `count` segments,
 * the one of the largest sum of similarities between each segment's first step and all of its steps, itself included.
 * Of two equal ones, that whose last segments begin sooner.
 *
 * @param similarity Of step `at` to an earlier one that it would reuse; not finite where it may not.
 * @param longest Most steps of a segment.
 * @returns the first steps of segments, rising, 0 the first: more than `count` where segments would be too long or hold
 * what may not be reused.
 */
export function bestSteps(
  steps: number,
  count: number,
  similarity: (from: number, at: number) => number,
  longest: number,
): number[] {
  const segments = Math.min(steps, Math.max(count, Math.ceil(steps / longest)));
  const gain = gains(steps, similarity, longest);
  // best[b]: of the first b steps in so many segments; from[m][b]: where the last of m segments begins.
  let best = [0, ...new Array<number>(steps).fill(Number.NEGATIVE_INFINITY)];
  const from: number[][] = [];
  for (let m = 0; m < segments; m++) {
    const next = new Array<number>(steps + 1).fill(Number.NEGATIVE_INFINITY);
    const begins = new Array<number>(steps + 1).fill(0);
    for (let end = 1; end <= steps; end++) {
      for (let begin = Math.max(0, end - longest); begin < end; begin++) {
        const total = (best[begin] as number) + (gain[begin]?.[end - begin] as number);
        if (total > (next[end] as number)) [next[end], begins[end]] = [total, begin];
      }
    }
    best = next;
    from.push(begins);
  }
  // Too few to keep away from what is unknown: one more, up to all steps.
  if (best[steps] === Number.NEGATIVE_INFINITY) return bestSteps(steps, segments + 1, similarity, longest);
  const chosen: number[] = [];
  for (let m = segments - 1, end = steps; m >= 0; m--) {
    end = from[m]?.[end] as number;
    chosen.unshift(end);
  }
  return chosen;
}

/** By a segment's first step and its length, the sum of similarities to the first step. */
function gains(steps: number, similarity: (from: number, at: number) => number, longest: number): number[][] {
  return Array.from({ length: steps }, (_, begin) => {
    const sums = [0];
    for (let length = 1; length <= Math.min(longest, steps - begin); length++) {
      const at = begin + length - 1;
      const value = at === begin ? 1 : similarity(begin, at);
      sums.push((sums[length - 1] as number) + (Number.isFinite(value) ? value : Number.NEGATIVE_INFINITY));
    }
    return sums;
  });
}

/** A sub-layer's place, and how far it moves over a run. */
export interface Unit {
  readonly block: number;
  /** Whether it is a block's last, its MLP, of whose errors the others of its block and of those before hear nothing. */
  readonly isLast: boolean;
  /** Mean over all pairs of steps of the mean change. */
  readonly change: number;
  /** The steps at which it is computed. */
  readonly steps: ReadonlySet<number>;
}

/**
 * The union that bubbles up: MLPs amplify the errors of what they read, so the `count` units that change most also
 * compute whenever an MLP of theirs or of a deeper block does.
 *
 * @returns each unit's steps. A count below 2 changes nothing, as in the published code.
 */
export function bubbled(units: readonly Unit[], count: number): ReadonlySet<number>[] {
  const falling = units.map((unit, i) => ({ unit, i })).sort((a, b) => b.unit.change - a.unit.change || a.i - b.i);
  const chosen = new Set(count < 2 ? [] : falling.slice(0, count).map(({ unit }) => unit));
  return units.map((unit) => {
    if (!chosen.has(unit)) return unit.steps;
    const deeper = units.filter((other) => other.isLast && other.block >= unit.block);
    return new Set([unit, ...deeper].flatMap(({ steps }) => [...steps]));
  });
}
