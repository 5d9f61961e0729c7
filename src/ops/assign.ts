import source from '../../shaders/assign.wgsl';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel } from './kernel.ts';

/**
 * Records `out = x` as a dispatch, which the GPU may skip, as it may not a `Recorder.copy`.
 *
 * @param args.x f32 of any shape. @param args.out Another f32 tensor of as many elements.
 * @throws when the sizes differ.
 */
export function assign({ recorder }: OpContext, { x, out }: { readonly x: Tensor; readonly out: Tensor }): void {
  if (elements(x.shape) !== elements(out.shape)) throw new Error(`[${x.shape}] into [${out.shape}]`);
  const size = Math.ceil(elements(x.shape) / 4);
  recorder.dispatch(makeKernel('assign', source, {}, ['read', 'write']), [x, out], [size], linearGrid(size, 64));
}
