import type { BlockScores } from 'stillframe';
import type { CacheRecord } from './record.ts';

/** What one number of a step's scores is about. */
export type Measured =
  /** Every so many-th block, from the first. */
  | { readonly kind: 'blocks'; readonly every: number }
  /** One number decides for the whole step (TeaCache, first-block cache). */
  | { readonly kind: 'step' };

/** What a record's scores are about. */
export function measuredBy({ policy, blocks, scores }: CacheRecord): Measured {
  const every = policy.options.blocks;
  if (typeof every === 'number') return { kind: 'blocks', every };
  const isOne = blocks !== 1 && scores.some((score) => score.blocks.length === 1);
  return isOne ? { kind: 'step' } : { kind: 'blocks', every: 1 };
}

/** A block's score at a step; undefined where none was measured, or nothing could be compared. */
export function scoreOfBlock({ blocks }: BlockScores, block: number, measured: Measured): number | undefined {
  if (measured.kind === 'step') return finite(blocks[0]);
  return block % measured.every === 0 ? finite(blocks[block / measured.every]) : undefined;
}

/** The mean that a policy sees which looks at every so many-th block; undefined where there is none. */
export function meanScore({ blocks }: BlockScores, every: number): number | undefined {
  const seen = blocks.filter((_, block) => block % every === 0);
  return finite(seen.reduce((sum, score) => sum + (finite(score) ?? Number.NaN), 0) / seen.length);
}

/** A score that is a number; one read from JSON is null where it was infinite. */
function finite(score: number | null | undefined): number | undefined {
  return typeof score === 'number' && Number.isFinite(score) ? score : undefined;
}
