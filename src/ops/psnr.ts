import source from '../../shaders/psnr.wgsl';
import type { Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel } from './kernel.ts';

/** Pixels of the longest row whose squared differences fit 32 bits. */
const MAX_WIDTH = Math.floor((2 ** 32 - 1) / (3 * 255 ** 2));

/**
 * Records the squared differences of two clips, summed over each row's pixels and over red, green and blue: exact.
 *
 * @param args.a [frames, height, rowStride] u32 RGBA, red in the lowest byte.
 * @param args.b Alike; its stride may differ.
 * @param args.width Pixels of a row, at most 22017.
 * @param args.out [frames, height] u32, in squares of 1/255.
 * @throws when the shapes do not fit each other or the rows are too long.
 */
export function squaredErrors(
  { recorder }: OpContext,
  args: { readonly a: Tensor; readonly b: Tensor; readonly width: number; readonly out: Tensor },
): void {
  const { a, b, width, out } = args;
  const [frames = 0, height = 0, aStride = 0] = a.shape;
  const [, , bStride = 0] = b.shape;
  const pictures = `${frames},${height}`;
  const fits = b.shape.slice(0, 2).join() === pictures && out.shape.join() === pictures;
  if (!fits || width > Math.min(aStride, bStride, MAX_WIDTH)) {
    throw new Error(`squared errors of [${a.shape}] and [${b.shape}], ${width} wide, into [${out.shape}]`);
  }
  const rows = frames * height;
  const kernel = makeKernel('psnr', source, {}, ['read', 'read', 'write']);
  recorder.dispatch(kernel, [a, b, out], [rows, width, aStride, bStride], linearGrid(rows, 4));
}
