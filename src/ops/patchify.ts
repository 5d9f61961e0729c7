import source from '../../shaders/patchify.wgsl';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel } from './kernel.ts';

/** Latent frames, rows and columns of a token. */
export type PatchSize = readonly [frames: number, rows: number, columns: number];

/** Latents, and the same as tokens. */
interface Patches {
  readonly latents: Tensor;
  readonly tokens: Tensor;
  readonly patch: PatchSize;
  /** Which clip, where the latents are a stack of several; 0 by default. */
  readonly clip?: number;
}

/**
 * Records cutting latents into tokens, as a patch embedding's convolution sees them.
 *
 * @param args.latents [..., C, T, H, W] f32, such as a sampler's state.
 * @param args.tokens [T/pt * H/ph * W/pw, C * pt * ph * pw] f32, channels ordered [c, pt, ph, pw].
 * @throws when the patch does not divide the latents, or the sizes differ.
 */
export function patchify(context: OpContext, args: Patches): void {
  record(context, 'patchify', args);
}

/**
 * Records putting a head's tokens together as latents.
 *
 * @param args.tokens [T/pt * H/ph * W/pw, pt * ph * pw * D] f32, channels ordered [pt, ph, pw, d]: not as `patchify`.
 * @param args.latents [..., C, T, H, W] f32, such as the velocities of two forwards: the first C of the D channels.
 * @throws when the patch does not divide the latents, or the sizes differ.
 */
export function unpatchify(context: OpContext, args: Patches): void {
  record(context, 'unpatchify', args);
}

function record({ recorder }: OpContext, name: 'patchify' | 'unpatchify', args: Patches): void {
  const { latents, tokens, patch, clip = 0 } = args;
  const sizes = latents.shape.slice(-4);
  const count = elements(sizes);
  const channels = sizes[0] as number;
  const depth = (elements(tokens.shape) * channels) / count;
  const isDeep = name === 'unpatchify' && Number.isInteger(depth) && depth > channels;
  const divides = sizes.length === 4 && patch.every((size, axis) => (sizes[axis + 1] as number) % size === 0);
  if (!divides || (depth !== channels && !isDeep) || elements(latents.shape) < (clip + 1) * count) {
    throw new Error(
      `${name}: clip ${clip} of [${latents.shape}], tokens [${tokens.shape}], patch ${patch.join(' x ')}`,
    );
  }
  const unpatch = name === 'unpatchify';
  const kernel = makeKernel(name, source, { UNPATCHIFY: unpatch }, ['read', 'write']);
  const tensors = unpatch ? [tokens, latents] : [latents, tokens];
  recorder.dispatch(kernel, tensors, [...sizes, ...patch, clip * count, depth], linearGrid(count, 64));
}
