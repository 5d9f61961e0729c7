import source from '../../shaders/add_scaled.wgsl';
import { f32 } from '../gpu/kernel.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel } from './kernel.ts';

/**
 * Records `out = x + factor * out`; with a factor of 1 or -1 exactly the f32 sum or difference.
 *
 * @param args.x f32 of any shape. @param args.out Another f32 tensor of as many elements.
 * @throws when the sizes differ.
 */
export function addScaled(
  { recorder }: OpContext,
  { x, out, factor }: { readonly x: Tensor; readonly out: Tensor; readonly factor: number },
): void {
  if (elements(x.shape) !== elements(out.shape)) throw new Error(`sum of [${x.shape}] and [${out.shape}]`);
  const size = Math.ceil(elements(x.shape) / 4);
  const kernel = makeKernel('add_scaled', source, {}, ['read', 'write']);
  recorder.dispatch(kernel, [x, out], [size, f32(factor)], linearGrid(size, 64));
}
