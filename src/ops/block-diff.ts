import direct from '../../shaders/block_diff_direct.wgsl';
import tiled from '../../shaders/block_diff_tiled.wgsl';
import scores from '../../shaders/block_scores.wgsl';
import type { Capabilities } from '../gpu/capabilities.ts';
import { f32 } from '../gpu/kernel.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel, needsF16, vec4Type } from './kernel.ts';

/** How a difference is summed: a share of the values for each thread, or for each workgroup. */
export type BlockDiffVariant = 'direct' | 'tiled';

/** The score of what cannot be compared (nothing cached yet, NaN): the largest f32, since WGSL has no infinity. */
export const UNKNOWN_SCORE = 3.4028234663852886e38;

/** A score as the host takes it: infinite where nothing could be compared. */
export function knownScore(score: number): number {
  return score === UNKNOWN_SCORE ? Number.POSITIVE_INFINITY : score;
}

/** Threads of a workgroup. */
const THREADS: Readonly<Record<BlockDiffVariant, number>> = { direct: 4, tiled: 256 };

/** Most shares: 512 workgroups of 256 threads keep the memory of a large GPU busy; a CPU has no use for more either. */
const MOST_SHARES = 512;

/** Vec4s that a thread should have at least, that a small feature is not scattered over idle threads. */
const LEAST_VECTORS = 4;

/** Chooses the variant: a barrier costs a CPU more than it saves. */
export function blockDiffVariant({ software }: Capabilities): BlockDiffVariant {
  return software ? 'direct' : 'tiled';
}

/** Shares into which a cached feature of `count` values is cut: as many partial sums for each block. */
export function blockDiffShares(variant: BlockDiffVariant, count: number): number {
  const perShare = 4 * LEAST_VECTORS * (variant === 'tiled' ? THREADS.tiled : 1);
  return Math.min(MOST_SHARES, Math.ceil(count / perShare));
}

/** Shape of the cached rows of a feature of which every `every`-th row is compared. */
export function cachedShape([rows = 0, width = 0]: readonly number[], every: number): [number, number] {
  return [Math.ceil(rows / every), width];
}

const SOURCES = { direct, tiled };

/**
 * Records one pass over a block's feature and its value at an earlier step: adds up `|a - b|` and `|b|` in f32, and
 * writes the new value over the cached one. The signal of BWCache (arXiv 2509.13789, Eq. 5), b being the older.
 *
 * @param args.feature [rows, width] f32, or f16 with `shader-f16`.
 * @param args.cached [ceil(rows / every), width] f32 or f16: b, then a, unless `updates` is false.
 * @param args.every Rows of the feature for each that is compared; 1 for all.
 * @param args.partials [blocks, shares, 2] f32, shares as `blockDiffShares` tells: row `block` is written.
 * @param args.denominator Whether the second sum is that of b, the older, of a, or of ones; the older by default.
 * @param args.variant Instead of the one that `blockDiffVariant` chooses: for tests and benches.
 * @throws when the shapes do not fit, or packed f16 rows are not whole vec4s.
 */
export function blockDiff(
  { recorder, capabilities }: OpContext,
  args: {
    readonly feature: Tensor;
    readonly cached: Tensor;
    readonly every?: number;
    readonly partials: Tensor;
    readonly block: number;
    readonly updates?: boolean;
    readonly denominator?: 'older' | 'newer' | 'count';
    readonly variant?: BlockDiffVariant;
  },
): void {
  const { feature, cached, every = 1, partials, block, updates = true, denominator = 'older' } = args;
  const { variant = blockDiffVariant(capabilities) } = args;
  const [rows, width] = cachedShape(feature.shape, every);
  const [blocks = 0, shares = 0] = partials.shape;
  const fits = cached.shape.join() === `${rows},${width}` && shares === blockDiffShares(variant, rows * width);
  if (!fits || block >= blocks) {
    throw new Error(
      `no difference ${block} of [${feature.shape}] and [${cached.shape}], every ${every}, into [${partials.shape}]`,
    );
  }
  const isVector = width % 4 === 0;
  const isPacked = cached.dtype === 'f16' && !capabilities.f16;
  if (isPacked && !isVector) throw new Error(`f16 rows of ${width} cannot be packed into vec4s`);
  const lanes = isVector ? 4 : 1;
  const kernel = makeKernel(
    `block_diff.${variant}`,
    SOURCES[variant],
    {
      F16: needsF16(capabilities, feature, cached),
      VECTOR: isVector,
      PACKED: isPacked,
      UPDATES: updates,
      NEWER: denominator === 'newer',
      COUNT: denominator === 'count',
      E: isVector ? 'vec4f' : 'f32',
      A: isVector ? vec4Type(feature.dtype, capabilities) : feature.dtype,
      B: isVector ? vec4Type(cached.dtype, capabilities) : cached.dtype,
    },
    ['read', 'write', 'write'],
  );
  recorder.dispatch(
    kernel,
    [feature, cached, partials],
    [(rows * width) / lanes, width / lanes, every, shares, block * shares],
    linearGrid(shares, variant === 'tiled' ? 1 : THREADS.direct),
  );
}

/**
 * Records what follows the last `blockDiff` of a forward: each block's score `sum |a - b| / sum |b|`, their mean, and
 * whether it is below the threshold. What cannot be compared scores `UNKNOWN_SCORE`.
 *
 * @param args.partials [blocks, shares, 2] f32. @param args.scores [blocks + 2] f32: scores, mean, verdict (0 or 1).
 * @throws when the shapes do not fit.
 */
export function blockScores(
  { recorder }: OpContext,
  args: { readonly partials: Tensor; readonly scores: Tensor; readonly threshold: number },
): void {
  const { partials, scores: out, threshold } = args;
  const [blocks = 0, shares = 0] = partials.shape;
  if (elements(out.shape) !== blocks + 2) throw new Error(`scores of ${blocks} blocks into [${out.shape}]`);
  const kernel = makeKernel('block_scores', scores, { LANES: 64 }, ['read', 'write']);
  recorder.dispatch(kernel, [partials, out], [blocks, shares, f32(Math.min(threshold, UNKNOWN_SCORE))], [1, 1, 1]);
}
