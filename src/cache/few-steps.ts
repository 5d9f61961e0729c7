import type { ConfiguredPolicy } from './kind.ts';
import type { RunRecord } from './run-record.ts';

/**
 * Up to so many steps caching does not pay: each changes too much, and what a policy measures costs a larger share of
 * them. Models that are distilled to few steps are run with so many.
 */
export const FEW_STEPS = 4;

/** What a report says where caching came to nothing, or could not come to much: what happened, and what would help. */
export function cachingRemarks(
  { name, group, options }: Pick<ConfiguredPolicy, 'name' | 'group' | 'options'>,
  { shape, scores, blocks }: Pick<RunRecord, 'shape' | 'scores' | 'blocks'>,
): string[] {
  const { steps } = shape;
  if (group === 'control') return [];
  if (steps <= FEW_STEPS) {
    return [
      `With ${steps} of at most ${FEW_STEPS} steps, or a model distilled to so few, caching does not pay: each step changes too much for ${name}. Use policy none.`,
    ];
  }
  if (blocks.reused > 0) return [];
  return [`${name} reused nothing in ${steps} steps: ${whyNothing(options.threshold, scores)}`];
}

function whyNothing(threshold: unknown, scores: RunRecord['scores']): string {
  if (typeof threshold !== 'number' || scores.length === 0) {
    return 'its options leave no step to be reused. Change them, or use policy none.';
  }
  const least = Math.min(...scores.map(({ indicator }) => indicator));
  if (least < threshold) {
    return `it fell below the threshold of ${shown(threshold)} only where it must compute. Start earlier, or end later.`;
  }
  return `its least score was ${shown(least)}, and the threshold is ${shown(threshold)}. More steps change less each; a higher threshold lets more pass.`;
}

function shown(score: number): string {
  return String(Number(score.toPrecision(3)));
}
