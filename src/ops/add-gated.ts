import source from '../../shaders/add_gated.wgsl';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel } from './kernel.ts';
import { type Modulation, modulationParams } from './modulation.ts';

/**
 * Records `out += gate * x`: what the epilogue of a gated matmul adds, for an x that was kept.
 *
 * @param args.x [rows, width] f32, width a multiple of 4. @param args.out Another tensor of that shape.
 * @param args.part Part of the modulation that is the gate.
 * @throws when the shapes differ, or rows are not whole vec4s.
 */
export function addGated(
  { recorder }: OpContext,
  args: { readonly x: Tensor; readonly out: Tensor; readonly modulation: Modulation; readonly part: number },
): void {
  const { x, out, modulation, part } = args;
  const [, width = 0] = x.shape;
  if (x.shape.join() !== out.shape.join() || width % 4 !== 0) {
    throw new Error(`gated sum of [${x.shape}] and [${out.shape}]`);
  }
  const size = elements(x.shape) / 4;
  const kernel = makeKernel('add_gated', source, {}, ['read', 'write', 'read', 'read', 'read']);
  recorder.dispatch(
    kernel,
    [x, out, modulation.table, modulation.conditioning, modulation.groups],
    [size, width / 4, part, ...modulationParams(modulation)],
    linearGrid(size, 64),
  );
}
