import source from '../../shaders/channels_last.wgsl';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel } from './kernel.ts';

/**
 * Records `out = x * scale + shift` for each channel, moving channels last: latents as they enter a VAE.
 *
 * @param args.x [C, T, H, W] f32.
 * @param args.scale [C] f32, the latents' standard deviations. @param args.shift [C] f32, their means.
 * @param args.out [T, H, W, ceil(C / 4) * 4] f32; channels past C become zeros.
 * @throws when the sizes differ.
 */
export function channelsLast(
  { recorder }: OpContext,
  args: { readonly x: Tensor; readonly scale: Tensor; readonly shift: Tensor; readonly out: Tensor },
): void {
  const { x, scale, shift, out } = args;
  const [channels = 0] = x.shape;
  const pixels = elements(x.shape) / channels;
  const width = Math.ceil(channels / 4);
  if (elements(out.shape) !== pixels * width * 4) throw new Error(`channels last from [${x.shape}] to [${out.shape}]`);
  const kernel = makeKernel('channels_last', source, {}, ['read', 'read', 'read', 'write']);
  recorder.dispatch(kernel, [x, scale, shift, out], [channels, pixels, width], linearGrid(pixels * width, 64));
}
