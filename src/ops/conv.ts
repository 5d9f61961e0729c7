import direct from '../../shaders/conv_direct.wgsl';
import tiled from '../../shaders/conv_tiled.wgsl';
import { type Capabilities, compilesSlowly } from '../gpu/capabilities.ts';
import type { Workgroups } from '../gpu/command.ts';
import type { Access } from '../gpu/kernel.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import type { Taps } from './conv-layout.ts';
import { linearGrid, makeKernel, needsF16, vec4Type } from './kernel.ts';

/** A convolution's weights; channels are padded, see `arrangeConvWeight`. */
export interface ConvWeight {
  /** [outChannels, taps, inChannels]. */
  readonly weight: Tensor;
  /** [outChannels] f32. */
  readonly bias?: Tensor;
  /** Multiples of 4, as they lie in memory. */
  readonly outChannels: number;
  readonly inChannels: number;
  readonly taps: Taps;
}

/**
 * How the image is sampled: `same` size with one pixel of zeros around it; `up2` the same after each pixel became 2 x 2
 * equal ones; `down2` every second pixel, with zeros to the right and below only.
 */
export type Sampling = 'same' | 'up2' | 'down2';

/** Which frames are read and written; by default all of a clip, with zeros before it. */
export interface FrameMap {
  /** Frames that are computed. Default: all of `out`. */
  readonly frames?: number;
  /** The frame of `x` that the last tap of the first computed frame reads. Default 0. */
  readonly now?: number;
  /** Frames of `x` before this one count as zeros, whatever it holds there. Default 0. */
  readonly start?: number;
  /** Frames of `x` from one computed frame to the next. Default 1. */
  readonly timeStride?: number;
  /** The first frame of `out` that is written. Default 0. */
  readonly outFrame?: number;
}

/** How a convolution runs: threads alone, each with pixels x channels in registers, or tiles of a workgroup. */
export type ConvVariant =
  | { readonly name: 'direct'; readonly pixels: number; readonly channels: number }
  | { readonly name: 'tiled'; readonly rows: number; readonly columns: number };

/** Outputs above which tiles of 128 pixels still give every core of a large GPU work (64 tiles of 128 x 64). */
const LARGE_OUTPUTS = 64 * 128 * 64;

/** Pixels above which a CPU driver's second for compiling 16 pixels a thread is repaid by a quarter less time. */
const MANY_PIXELS = 16384;

/** Chooses the variant from what the device can do, the pixels of all frames, their width and their channels. */
export function convVariant(
  capabilities: Capabilities,
  { pixels, width, outChannels }: { readonly pixels: number; readonly width: number; readonly outChannels: number },
): ConvVariant {
  if (compilesSlowly(capabilities)) return { name: 'direct', pixels: 4, channels: 4 };
  if (capabilities.software) {
    const isLarge = pixels >= MANY_PIXELS && width >= 16;
    return { name: 'direct', pixels: isLarge ? 16 : 8, channels: outChannels > 4 ? 16 : 4 };
  }
  // The widest tile among those that waste the fewest columns: 96 channels are 2 x 48, not 64 and half of 64.
  const widths = [4, 3, 2, 1] as const;
  const computed = (columns: number) => Math.ceil(outChannels / (16 * columns)) * columns;
  const columns = widths.reduce((best, next) => (computed(next) < computed(best) ? next : best));
  return { name: 'tiled', rows: columns < 3 || pixels * outChannels >= LARGE_OUTPUTS ? 8 : 4, columns };
}

const SOURCES = { direct, tiled };

/**
 * Records a convolution over the frames of a clip, causal in time: no tap reads a later frame.
 *
 * @param args.x [frames, height, width, inChannels] f32 or f16. @param args.out [frames, height, width, channels] f32.
 * @param args.residual Adds to `out` instead of overwriting it.
 * @param args.interleave The weight has two groups of outputs: each computed frame becomes two frames of `out`.
 * @param args.variant Instead of the one that `convVariant` chooses: for tests and benches.
 */
export function conv(
  { recorder, capabilities }: OpContext,
  args: {
    readonly x: Tensor;
    readonly weight: ConvWeight;
    readonly out: Tensor;
    readonly sampling?: Sampling;
    readonly map?: FrameMap;
    readonly residual?: boolean;
    readonly interleave?: boolean;
    readonly variant?: ConvVariant;
  },
): void {
  const { x, weight, out, sampling = 'same', residual = false, interleave = false } = args;
  const [outFrames, height, width, outDepth] = sizes(out);
  const [, inHeight, inWidth, depth] = sizes(x);
  const perFrame = interleave ? outDepth * 2 : outDepth;
  if (depth !== weight.inChannels || perFrame !== weight.outChannels) {
    throw new Error(`${weight.weight.label}: [${x.shape}] to [${out.shape}] does not fit its channels`);
  }
  const { frames = outFrames, now = 0, start = 0, timeStride = 1, outFrame = 0 } = args.map ?? {};
  if (frames === 0) return;
  const lines = frames * height;
  const variant =
    args.variant ?? convVariant(capabilities, { pixels: lines * width, width, outChannels: weight.outChannels });
  const lanes = variant.name === 'direct' ? 4 : 1;
  const tensors = [x, weight.weight, out, ...(weight.bias ? [weight.bias] : [])];
  const access: Access[] = tensors.map((tensor) => (tensor === out ? 'write' : 'read'));
  const [kTime, kHeight, kWidth] = weight.taps;
  const kernel = makeKernel(
    `conv.${variant.name}.${sampling}`,
    SOURCES[variant.name],
    {
      F16: needsF16(capabilities, x, weight.weight),
      PACKED: weight.weight.dtype === 'f16' && !capabilities.f16,
      BIAS: weight.bias !== undefined,
      X: vec4Type(x.dtype, capabilities),
      W: vec4Type(weight.weight.dtype, capabilities),
      E: lanes === 4 ? 'vec4f' : 'f32',
      K_WIDTH: kWidth,
      UP: Number(sampling === 'up2'),
      DOWN: Number(sampling === 'down2'),
      ...tileDefines(variant, sampling, kWidth),
    },
    access,
  );
  recorder.dispatch(
    kernel,
    tensors,
    [
      frames,
      height,
      width,
      inHeight,
      inWidth,
      depth / 4,
      weight.outChannels / lanes,
      outDepth / lanes,
      kTime,
      kHeight,
      now,
      start,
      timeStride,
      outFrame,
      Number(residual),
    ],
    workgroups(variant, lines, width, weight.outChannels),
    lines * width * elements(weight.weight.shape),
  );
}

function tileDefines(variant: ConvVariant, sampling: Sampling, kWidth: number): Record<string, number> {
  if (variant.name === 'tiled') return { ROWS: variant.rows, COLUMNS: variant.columns, STAGED: variant.rows / 4 };
  const { pixels, channels } = variant;
  // Columns of x that PIXELS neighbours see: an even first pixel of a grown image begins a pair.
  const seen = { same: pixels + kWidth - 1, up2: pixels / 2 + 2, down2: 2 * pixels + kWidth - 2 };
  return { PIXELS: pixels, CHANNELS4: channels / 4, COLUMNS: seen[sampling] };
}

function workgroups(variant: ConvVariant, lines: number, width: number, outChannels: number): Workgroups {
  if (variant.name === 'tiled') {
    const [x, y] = linearGrid(lines * width, 16 * variant.rows);
    return [x, y, Math.ceil(outChannels / (16 * variant.columns))];
  }
  const [x, y] = linearGrid(lines * Math.ceil(width / variant.pixels), 4);
  return [x, y, Math.ceil(outChannels / variant.channels)];
}

function sizes({ label, shape }: Tensor): readonly [frames: number, height: number, width: number, channels: number] {
  const [frames, height, width, channels] = shape;
  if (shape.length !== 4 || !frames || !height || !width || !channels || channels % 4 !== 0) {
    throw new Error(`${label}: [${shape}] is not [frames, height, width, channels] with channels in whole vec4s`);
  }
  return [frames, height, width, channels];
}
