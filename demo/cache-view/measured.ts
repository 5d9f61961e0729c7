import type { BlockScores } from 'stillframe';
import type { CacheRecord } from './record.ts';

/** What one number of a step's scores is about. */
export type Measured =
  /** Blocks, in the order of the scores. */
  | { readonly kind: 'blocks'; readonly blocks: readonly number[] }
  /** One number decides for the whole step. */
  | { readonly kind: 'step' };

/** What a record's scores are about. */
export function measuredBy({ blocks, scores, measurements }: CacheRecord): Measured {
  const [sites] = measurements.map((measured) => measured.sites);
  const count = sites?.length ?? scores[0]?.blocks.length ?? blocks;
  if (count === 1 && blocks !== 1) return { kind: 'step' };
  const numbers = sites?.map((site) => Number(site.split('.')[1]));
  // Of a run under way it is only known how many: they lie evenly.
  return { kind: 'blocks', blocks: numbers ?? Array.from({ length: count }, (_, i) => i * Math.ceil(blocks / count)) };
}

/** A block's score at a step; undefined where none was measured, or nothing could be compared. */
export function scoreOfBlock({ blocks }: BlockScores, block: number, measured: Measured): number | undefined {
  if (measured.kind === 'step') return finite(blocks[0]);
  const place = measured.blocks.indexOf(block);
  return place < 0 ? undefined : finite(blocks[place]);
}

/** A score that is a number; one read from JSON is null where it was infinite. */
export function finite(score: number | null | undefined): number | undefined {
  return typeof score === 'number' && Number.isFinite(score) ? score : undefined;
}
