import rowSums from '../../shaders/row_sums.wgsl';
import source from '../../shaders/ssim.wgsl';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel } from './kernel.ts';

/** Windows below each other that a thread of the kernel takes. */
const STRIP = 4;

/** Sums that a thread makes of a line: of a, b, their squares and their product, of each channel. */
const MOMENTS = 15;

/** Standard deviation of the Gaussian window, in pixels. */
const SIGMA = 1.5;

/** How SSIM's windows lie in pictures of a size; only windows that are wholly inside count. */
export interface SsimGrid {
  /** Pixels along a window's side: 11, or the largest odd number that fits a smaller picture. */
  readonly window: number;
  /** Windows above each other and beside each other. */
  readonly rows: number;
  readonly columns: number;
  /** Sums that `dissimilarity` makes of a frame: one for every 4 rows of windows. */
  readonly strips: number;
}

/** The windows of pictures of `height` x `width` pixels. */
export function ssimGrid(height: number, width: number): SsimGrid {
  const side = Math.min(11, height, width);
  const window = side % 2 === 0 ? side - 1 : side;
  const rows = height - window + 1;
  return { window, rows, columns: width - window + 1, strips: Math.ceil(rows / STRIP) };
}

/** The Gaussian weights along a window's side, adding up to 1, with the kernel's zeros around: [window + 6]. */
export function ssimWeights(window: number): Float32Array<ArrayBuffer> {
  const gaussian = Array.from({ length: window }, (_, i) =>
    Math.exp(-((i - (window - 1) / 2) ** 2) / (2 * SIGMA ** 2)),
  );
  const total = gaussian.reduce((sum, value) => sum + value);
  const weights = new Float32Array(window + 2 * (STRIP - 1));
  weights.set(
    gaussian.map((value) => value / total),
    STRIP - 1,
  );
  return weights;
}

/**
 * Records how structurally different two clips are: 1 - SSIM of red, green and blue, summed over windows (Wang, Bovik,
 * Sheikh and Simoncelli, "Image Quality Assessment: From Error Visibility to Structural Similarity", 2004, eq. 13).
 *
 * @param args.a [frames, height, rowStride] u32 RGBA, red in the lowest byte.
 * @param args.b Alike; its stride may differ.
 * @param args.width Pixels of a row.
 * @param args.weights `ssimWeights` of the size's window.
 * @param args.out [frames, strips] f32, sums over up to 4 rows of windows.
 * @throws when the shapes do not fit each other.
 */
export function dissimilarity(
  { recorder }: OpContext,
  args: {
    readonly a: Tensor;
    readonly b: Tensor;
    readonly width: number;
    readonly weights: Tensor;
    readonly out: Tensor;
  },
): void {
  const { a, b, width, weights, out } = args;
  const [frames = 0, height = 0, aStride = 0] = a.shape;
  const [, , bStride = 0] = b.shape;
  const { window, columns, strips } = ssimGrid(height, width);
  const fits = b.shape.slice(0, 2).join() === `${frames},${height}` && out.shape.join() === `${frames},${strips}`;
  if (!fits || width > Math.min(aStride, bStride) || elements(weights.shape) !== window + 2 * (STRIP - 1)) {
    throw new Error(
      `dissimilarity of [${a.shape}] and [${b.shape}], ${width} wide, by [${weights.shape}] into [${out.shape}]`,
    );
  }
  const sums = recorder.temporary('ssim/sums', [frames, strips, columns]);
  recorder.dispatch(
    makeKernel('ssim', source, {}, ['read', 'read', 'read', 'write']),
    [a, b, weights, sums],
    [frames, height, width, aStride, bStride, window],
    linearGrid(elements(sums.shape), 64),
    elements(sums.shape) * (window + STRIP - 1) * window * MOMENTS,
  );
  const rows = frames * strips;
  recorder.dispatch(
    makeKernel('row_sums', rowSums, {}, ['read', 'write']),
    [sums, out],
    [rows, columns],
    linearGrid(rows, 4),
  );
}
