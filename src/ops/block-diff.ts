import direct from '../../shaders/block_diff_direct.wgsl';
import tiled from '../../shaders/block_diff_tiled.wgsl';
import scores from '../../shaders/block_scores.wgsl';
import type { Capabilities } from '../gpu/capabilities.ts';
import { f32 } from '../gpu/kernel.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel, needsF16, vec4Type } from './kernel.ts';
import { type Metric, metricKernel } from './metrics/index.ts';

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

/** Shape of the partial sums of `blocks` tensors of up to `count` values each. */
export function partialsShape(variant: BlockDiffVariant, metric: Metric, blocks: number, count: number): number[] {
  return [blocks, blockDiffShares(variant, count), lanesOf(metricKernel(metric).sums)];
}

/** f32's that a share's sums take: vec3's would lie 16 bytes apart, too. */
function lanesOf(sums: number): number {
  return sums === 2 ? 2 : 4;
}

const SOURCES = { direct, tiled };

/**
 * Records one pass over a tensor and what it is compared with: adds up a metric's sums in f32, and writes the new value
 * over the cached one. By relative L1 the signal of BWCache (arXiv 2509.13789, Eq. 5).
 *
 * @param args.feature [rows, width] f32, or f16 with `shader-f16`.
 * @param args.cached [ceil(rows / every), width] f32 or f16: b, then a, unless `updates` is false. Absent for a metric
 * of one step, whose a and b are frames of the feature.
 * @param args.every Rows of the feature for each that is compared; 1 for all.
 * @param args.frames Frames of the feature, for a metric of one step: its rows are theirs, in order; 1 by default.
 * @param args.partials f32 of `partialsShape`: row `block` is written.
 * @param args.variant Instead of the one that `blockDiffVariant` chooses: for tests and benches.
 * @throws when the shapes do not fit, or packed f16 rows are not whole vec4s.
 */
export function blockDiff(
  { recorder, capabilities }: OpContext,
  args: {
    readonly metric: Metric;
    readonly feature: Tensor;
    readonly cached?: Tensor;
    readonly every?: number;
    readonly frames?: number;
    readonly partials: Tensor;
    readonly block: number;
    readonly updates?: boolean;
    readonly variant?: BlockDiffVariant;
  },
): void {
  const { metric, feature, cached, every = 1, frames = 1, partials, block, updates = true } = args;
  const { variant = blockDiffVariant(capabilities) } = args;
  const { source, flags, byRow, share, framesAhead, sums } = metricKernel(metric);
  const [rows, width] = cachedShape(feature.shape, every);
  const [blocks = 0, shares = 0, lanes = 0] = partials.shape;
  const isOfFeature = framesAhead > 0;
  const isCut = !isOfFeature || (every === 1 && rows % frames === 0);
  const fits =
    (isOfFeature ? !cached : cached?.shape.join() === `${rows},${width}`) &&
    shares === blockDiffShares(variant, rows * width) &&
    lanes === lanesOf(sums);
  if (!fits || !isCut || block >= blocks) {
    const other = cached ? `[${cached.shape}]` : `itself in ${frames} frames`;
    throw new Error(
      `no ${metric.kind} ${block} of [${feature.shape}] and ${other}, every ${every}, into [${partials.shape}]`,
    );
  }
  const isVector = width % 4 === 0;
  const isPacked = cached?.dtype === 'f16' && !capabilities.f16;
  if (isPacked && !isVector) throw new Error(`f16 rows of ${width} cannot be packed into vec4s`);
  const values = isVector ? 4 : 1;
  const kernel = makeKernel(
    `block_diff.${metric.kind}.${variant}`,
    `${SOURCES[variant]}\n${source}`,
    {
      F16: needsF16(capabilities, feature, cached),
      VECTOR: isVector,
      CACHED: cached !== undefined,
      PACKED: isPacked,
      UPDATES: cached !== undefined && updates,
      SCORES: false,
      ROWS: byRow,
      ...flags,
      E: isVector ? 'vec4f' : 'f32',
      A: isVector ? vec4Type(feature.dtype, capabilities) : feature.dtype,
      ...(cached && { B: isVector ? vec4Type(cached.dtype, capabilities) : cached.dtype }),
      Sums: `vec${lanes}f`,
    },
    ['read', 'write', ...(cached ? (['write'] as const) : [])],
  );
  const ahead = Math.min(rows, framesAhead * (rows / frames));
  // Of a row, whole vec4s, and at least one.
  const compared = Math.max(1, Math.floor((width * share) / values));
  recorder.dispatch(
    kernel,
    [feature, partials, ...(cached ? [cached] : [])],
    [
      ((rows - ahead) * width) / values,
      width / values,
      every,
      shares,
      block * shares,
      (ahead * width) / values,
      compared,
    ],
    linearGrid(shares, variant === 'tiled' ? 1 : THREADS.direct),
  );
}

/**
 * Records what follows the last `blockDiff` of a forward: each block's score by the metric, their mean, and
 * whether it is below the threshold. What cannot be compared scores `UNKNOWN_SCORE`.
 *
 * @param args.partials f32 of `partialsShape`. @param args.scores [blocks + 2] f32: scores, mean, verdict (0 or 1).
 * @throws when the shapes do not fit.
 */
export function blockScores(
  { recorder }: OpContext,
  args: { readonly metric: Metric; readonly partials: Tensor; readonly scores: Tensor; readonly threshold: number },
): void {
  const { metric, partials, scores: out, threshold } = args;
  const { source, flags, byRow, sums } = metricKernel(metric);
  const [blocks = 0, shares = 0, lanes] = partials.shape;
  if (elements(out.shape) !== blocks + 2 || lanes !== lanesOf(sums)) {
    throw new Error(`${metric.kind} scores of [${partials.shape}] into [${out.shape}]`);
  }
  const kernel = makeKernel(
    `block_scores.${metric.kind}`,
    `${scores}\n${source}`,
    { LANES: 64, SCORES: true, ROWS: byRow, ...flags, SUMS: sums, Sums: `vec${lanes}f` },
    ['read', 'write'],
  );
  recorder.dispatch(kernel, [partials, out], [blocks, shares, f32(Math.min(threshold, UNKNOWN_SCORE))], [1, 1, 1]);
}
