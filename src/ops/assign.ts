import source from '../../shaders/assign.wgsl';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel } from './kernel.ts';

/**
 * Records `out = x` as a dispatch, which the GPU may skip, as it may not a `Recorder.copy`.
 *
 * @param args.x f32 of any shape. @param args.first Its first element that is taken, of whole vec4s; absent: all are.
 * @param args.out Another f32 tensor, of as many elements.
 * @throws when the sizes differ.
 */
export function assign(
  { recorder }: OpContext,
  { x, first, out }: { readonly x: Tensor; readonly first?: number; readonly out: Tensor },
): void {
  const count = elements(out.shape);
  const fits = first === undefined ? elements(x.shape) === count : elements(x.shape) >= first + count;
  if (!fits || (first ?? 0) % 4 !== 0) throw new Error(`[${x.shape}] from ${first ?? 0} on into [${out.shape}]`);
  const size = Math.ceil(count / 4);
  const kernel = makeKernel('assign', source, {}, ['read', 'write']);
  recorder.dispatch(kernel, [x, out], [size, (first ?? 0) / 4], linearGrid(size, 64));
}
