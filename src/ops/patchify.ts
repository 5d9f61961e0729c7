import source from '../../shaders/patchify.wgsl';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel } from './kernel.ts';

/** Latent frames, rows and columns of a token. */
export type PatchSize = readonly [frames: number, rows: number, columns: number];

/**
 * Records cutting latents into tokens, as a patch embedding's convolution sees them.
 *
 * @param args.latents [C, T, H, W] f32.
 * @param args.tokens [T/pt * H/ph * W/pw, C * pt * ph * pw] f32, channels ordered [c, pt, ph, pw].
 * @throws when the patch does not divide the latents, or the sizes differ.
 */
export function patchify(
  context: OpContext,
  args: { readonly latents: Tensor; readonly tokens: Tensor; readonly patch: PatchSize },
): void {
  record(context, 'patchify', args.latents, args.latents, args.tokens, args.patch);
}

/**
 * Records putting a head's tokens together as latents.
 *
 * @param args.tokens [T/pt * H/ph * W/pw, pt * ph * pw * C] f32, channels ordered [pt, ph, pw, c]: not as `patchify`.
 * @param args.latents [C, T, H, W] f32.
 * @throws when the patch does not divide the latents, or the sizes differ.
 */
export function unpatchify(
  context: OpContext,
  args: { readonly tokens: Tensor; readonly latents: Tensor; readonly patch: PatchSize },
): void {
  record(context, 'unpatchify', args.latents, args.tokens, args.latents, args.patch);
}

function record(
  { recorder }: OpContext,
  name: 'patchify' | 'unpatchify',
  latents: Tensor,
  from: Tensor,
  to: Tensor,
  patch: PatchSize,
): void {
  const sizes = latents.shape;
  const count = elements(latents.shape);
  const divides = patch.every((size, axis) => (sizes[axis + 1] as number) % size === 0);
  if (sizes.length !== 4 || !divides || elements(from.shape) !== elements(to.shape)) {
    throw new Error(`${name} from [${from.shape}] to [${to.shape}] by patches of ${patch.join(' x ')}`);
  }
  const kernel = makeKernel(name, source, { UNPATCHIFY: name === 'unpatchify' }, ['read', 'write']);
  recorder.dispatch(kernel, [from, to], [...sizes, ...patch], linearGrid(count, 64));
}
