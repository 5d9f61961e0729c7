import source from '../../shaders/scale_shift.wgsl';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel } from './kernel.ts';

/**
 * Records `out = [out +] x * scale + shift`, by channel.
 *
 * @param args.x [rows, width] f32. @param args.scaleShift [2, width] f32: scales, then shifts.
 * @param args.out Another tensor like x. @param args.adds Whether to add to what `out` has.
 * @throws when the shapes do not fit.
 */
export function scaleShift(
  { recorder }: OpContext,
  args: { readonly x: Tensor; readonly scaleShift: Tensor; readonly out: Tensor; readonly adds?: boolean },
): void {
  const { x, scaleShift, out, adds = false } = args;
  const [, width = 0] = x.shape;
  if (out.shape.join() !== x.shape.join() || scaleShift.shape.join() !== `2,${width}`) {
    throw new Error(`[${x.shape}] by [${scaleShift.shape}] into [${out.shape}]`);
  }
  const lanes = width % 4 === 0 ? 4 : 1;
  const size = elements(x.shape) / lanes;
  const defines = { ADDS: adds, E: lanes === 4 ? 'vec4f' : 'f32' };
  const kernel = makeKernel('scale_shift', source, defines, ['read', 'read', 'write']);
  recorder.dispatch(kernel, [x, scaleShift, out], [size, width / lanes], linearGrid(size, 64));
}
