import source from '../../shaders/silu.wgsl';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel, needsF16, vec4Type } from './kernel.ts';

/**
 * Records `out = x / (1 + exp(-x))`.
 *
 * @param args.x f32 of any shape. @param args.out Another tensor of as many elements, f32 or f16.
 * @throws when the sizes differ.
 */
export function silu(
  { recorder, capabilities }: OpContext,
  { x, out }: { readonly x: Tensor; readonly out: Tensor },
): void {
  if (elements(x.shape) !== elements(out.shape)) throw new Error(`silu from [${x.shape}] to [${out.shape}]`);
  const defines = { F16: needsF16(capabilities, out), E: 'vec4f', Out: vec4Type(out.dtype, capabilities) };
  const size = Math.ceil(elements(x.shape) / 4);
  recorder.dispatch(makeKernel('silu', source, defines, ['read', 'write']), [x, out], [size], linearGrid(size, 64));
}
