import fromPixels from '../../shaders/from_pixels.wgsl';
import toPixels from '../../shaders/to_pixels.wgsl';
import type { Kernel } from '../gpu/kernel.ts';
import type { Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel } from './kernel.ts';

/**
 * Records packing a VAE's output into 8-bit pixels.
 *
 * @param args.x [T, H / patch, W / patch, width] f32 in [-1, 1]; width is 3 * patch^2 or more, zero-padded.
 * @param args.out [T, H, rowStride] u32, rowStride at least W: red, green, blue and 255 from the lowest byte up.
 * @param args.patch The VAE's `patch_size`; 1 by default.
 * @throws when the sizes differ.
 */
export function toRgba(
  context: OpContext,
  args: { readonly x: Tensor; readonly out: Tensor; readonly patch?: number },
): void {
  const [frames = 0, height = 0, rowStride = 0] = args.out.shape;
  const width = (args.x.shape[2] ?? 0) * (args.patch ?? 1);
  const kernel = makeKernel('to_rgba', toPixels, { FLOATS: false, Out: 'u32' }, ['read', 'write']);
  record(context, kernel, args.x, args.out, args.x, { frames, height, width, rowStride, patch: args.patch });
}

/**
 * Records the same as floats, clamped to [-1, 1] as diffusers' `decode` returns them.
 *
 * @param args.x As for `toRgba`. @param args.out [T, 3, H, W] f32. @param args.patch As for `toRgba`.
 * @throws when the sizes differ.
 */
export function toFloats(
  context: OpContext,
  args: { readonly x: Tensor; readonly out: Tensor; readonly patch?: number },
): void {
  const [frames = 0, , height = 0, width = 0] = args.out.shape;
  const kernel = makeKernel('to_floats', toPixels, { FLOATS: true, Out: 'f32' }, ['read', 'write']);
  record(context, kernel, args.x, args.out, args.x, { frames, height, width, patch: args.patch });
}

/**
 * Records laying pictures out for a VAE's encoder.
 *
 * @param args.x [T, 3, H, W] f32. @param args.out [T, H / patch, W / patch, width] f32, padding set to zeros.
 * @param args.patch The VAE's `patch_size`; 1 by default.
 * @throws when the sizes differ.
 */
export function fromFloats(
  context: OpContext,
  args: { readonly x: Tensor; readonly out: Tensor; readonly patch?: number },
): void {
  const [frames = 0, , height = 0, width = 0] = args.x.shape;
  const kernel = makeKernel('from_floats', fromPixels, {}, ['read', 'write']);
  context.recorder.clear(args.out);
  record(context, kernel, args.x, args.out, args.out, { frames, height, width, patch: args.patch });
}

function record(
  { recorder }: OpContext,
  kernel: Kernel,
  x: Tensor,
  out: Tensor,
  channelLast: Tensor,
  picture: {
    readonly frames: number;
    readonly height: number;
    readonly width: number;
    readonly rowStride?: number;
    readonly patch?: number;
  },
): void {
  const { frames, height, width, rowStride = width, patch = 1 } = picture;
  const [t, h = 0, w = 0, stride = 0] = channelLast.shape;
  if (t !== frames || h * patch !== height || w * patch !== width || stride < 3 * patch * patch || rowStride < width) {
    throw new Error(`${kernel.name} from [${x.shape}] to [${out.shape}] with patches of ${patch}`);
  }
  const pixels = frames * height * width;
  recorder.dispatch(kernel, [x, out], [frames, height, width, patch, stride, rowStride], linearGrid(pixels, 64));
}
