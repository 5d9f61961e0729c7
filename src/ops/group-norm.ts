import apply from '../../shaders/group_norm_apply.wgsl';
import direct from '../../shaders/group_norm_direct.wgsl';
import finish from '../../shaders/group_norm_finish.wgsl';
import tiled from '../../shaders/group_norm_tiled.wgsl';
import type { Capabilities } from '../gpu/capabilities.ts';
import { f32 } from '../gpu/kernel.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel, needsF16, vec4Type } from './kernel.ts';

/** How a group norm sums: a thread or a workgroup for a chunk of pixels, then for a group. */
export type GroupNormVariant = 'direct' | 'tiled';

/** Chooses the variant from what the device can do. */
export function groupNormVariant(capabilities: Capabilities): GroupNormVariant {
  return capabilities.software ? 'direct' : 'tiled';
}

/** Least pixels of a chunk, and most chunks of a frame, which one group's threads join. */
const CHUNKS = { direct: { least: 64, most: 64 }, tiled: { least: 256, most: 256 } } as const;

const SOURCES = { direct, tiled };

/** Threads of the tiled variant that join the chunks of a group. */
const LANES = 64;

/**
 * Records a group norm: each frame's channels are normalised in groups, over all pixels of the frame, then scaled and
 * shifted by channel: `(x - mean) / sqrt(variance + eps) * weight + bias`.
 *
 * Source: Wu and He, "Group Normalization", arXiv 1803.08494; `torch.nn.GroupNorm`.
 *
 * @param args.x [frames, height, width, channels] f32, channels a multiple of 4. @param args.out The same, f32 or f16.
 * @param args.groups Divides the channels.
 * @param args.weight [channels] f32, as `args.bias`.
 * @param args.eps 1e-6 by default, which is that of diffusers' VAEs.
 * @param args.silu Whether a SiLU follows.
 * @param args.variant Instead of the one that `groupNormVariant` chooses: for tests and benches.
 * @throws when the sizes do not fit each other.
 */
export function groupNorm(
  { recorder, capabilities }: OpContext,
  args: {
    readonly x: Tensor;
    readonly out: Tensor;
    readonly groups: number;
    readonly weight: Tensor;
    readonly bias: Tensor;
    readonly eps?: number;
    readonly silu?: boolean;
    readonly variant?: GroupNormVariant;
  },
): void {
  const { x, out, groups, weight, bias, eps = 1e-6, silu = false, variant = groupNormVariant(capabilities) } = args;
  const [frames = 0, height = 0, width = 0, channels = 0] = x.shape;
  if (x.shape.length !== 4 || channels % 4 !== 0 || channels % groups !== 0 || x.shape.join() !== out.shape.join()) {
    throw new Error(`group norm of ${x.label} from [${x.shape}] to [${out.shape}] in ${groups} groups`);
  }
  const pixels = height * width;
  const depth4 = channels / 4;
  const chunk = Math.max(CHUNKS[variant].least, Math.ceil(pixels / CHUNKS[variant].most));
  const chunks = Math.ceil(pixels / chunk);
  const partials = recorder.temporary('group_norm.partials', [frames, chunks, 2, channels]);
  const stats = recorder.temporary('group_norm.stats', [frames, 2, channels]);

  const isTiled = variant === 'tiled';
  const [columns, rows] = linearGrid(frames * chunks, 1);
  recorder.dispatch(
    makeKernel(`group_norm.${variant}`, SOURCES[variant], {}, ['read', 'write']),
    [x, partials],
    [frames, pixels, depth4, chunks, chunk],
    isTiled ? [columns, rows, Math.ceil(depth4 / 16)] : linearGrid(frames * chunks * depth4, 4),
  );
  const threads = isTiled ? { THREADS: LANES, LANES } : { THREADS: 4, LANES: 1 };
  recorder.dispatch(
    makeKernel('group_norm.finish', finish, { TILED: isTiled, ...threads }, ['read', 'read', 'write']),
    [partials, weight, stats],
    [frames, pixels, channels, chunks, chunk, groups, f32(eps)],
    linearGrid(frames * groups, threads.THREADS / threads.LANES),
  );
  const size = elements(x.shape) / 4;
  const defines = {
    F16: needsF16(capabilities, out),
    SILU: silu,
    E: 'vec4f',
    Out: vec4Type(out.dtype, capabilities),
  };
  recorder.dispatch(
    makeKernel('group_norm.apply', apply, defines, ['read', 'read', 'read', 'write']),
    [x, stats, bias, out],
    [size, pixels * depth4, depth4],
    linearGrid(size, 64),
  );
}
