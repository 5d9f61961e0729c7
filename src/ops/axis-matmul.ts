import source from '../../shaders/axis_matmul.wgsl';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel } from './kernel.ts';

/** Values of the axis that a thread makes. */
const TILE = 4;

/**
 * Records a matmul along an axis, `out[o, j, i] = [gains[j, i]] sum_k matrix[j, k] x[o, k, i]`.
 *
 * @param args.x f32, as [outer, K, inner], whatever its shape. @param args.matrix [J, K] f32.
 * @param args.inner Elements between neighbours along the axis. @param args.gains [J, inner] f32.
 * @param args.out Another f32 tensor, as [outer, J, inner].
 * @throws when the sizes do not fit.
 */
export function axisMatmul(
  { recorder }: OpContext,
  args: {
    readonly x: Tensor;
    readonly matrix: Tensor;
    readonly inner: number;
    readonly gains?: Tensor;
    readonly out: Tensor;
  },
): void {
  const { x, matrix, inner, gains, out } = args;
  const [rows = 0, depth = 0] = matrix.shape;
  const outer = elements(x.shape) / (depth * inner);
  const fits = Number.isInteger(outer) && elements(out.shape) === outer * rows * inner;
  if (!fits || (gains && elements(gains.shape) !== rows * inner)) {
    const scaled = gains ? ` scaled by [${gains.shape}]` : '';
    throw new Error(`no [${matrix.shape}] along [${x.shape}] with ${inner} between, into [${out.shape}]${scaled}`);
  }
  const lanes = inner % 4 === 0 ? 4 : 1;
  const tensors = [x, matrix, out, ...(gains ? [gains] : [])];
  const kernel = makeKernel(
    'axis_matmul',
    source,
    { E: lanes === 4 ? 'vec4f' : 'f32', GAINS: gains !== undefined },
    tensors.map((tensor) => (tensor === out ? 'write' : 'read')),
  );
  const threads = (outer * Math.ceil(rows / TILE) * inner) / lanes;
  const work = outer * rows * depth * inner;
  recorder.dispatch(kernel, tensors, [outer, rows, depth, inner / lanes], linearGrid(threads, 64), work);
}
