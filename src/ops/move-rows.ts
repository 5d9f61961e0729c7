import source from '../../shaders/move_rows.wgsl';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel } from './kernel.ts';

/** What is moved: rows of `x` by a list of row numbers. */
interface Rows {
  /** [rows, width] f32 or u32. */
  readonly x: Tensor;
  /** [at least as many as are moved] u32. */
  readonly list: Tensor;
  /** Another tensor of that width and type. */
  readonly out: Tensor;
}

/** Records `out[i] = x[list[i]]`, for each row of `out`. @throws when the shapes do not fit. */
export function gatherRows(ops: OpContext, rows: Rows): void {
  move(ops, rows, rows.out.shape[0] ?? 0, false);
}

/** Records `out[list[i]] = x[i]`, for each row of `x`; the others of `out` stay. @throws when the shapes do not fit. */
export function scatterRows(ops: OpContext, rows: Rows): void {
  move(ops, rows, rows.x.shape[0] ?? 0, true);
}

function move({ recorder }: OpContext, { x, list, out }: Rows, rows: number, scatters: boolean): void {
  const width = elements(x.shape.slice(1));
  const fits = elements(out.shape.slice(1)) === width && elements(list.shape) >= rows && x.dtype === out.dtype;
  if (!fits || x.dtype === 'f16') throw new Error(`rows of [${x.shape}] by [${list.shape}] into [${out.shape}]`);
  const lanes = width % 4 === 0 ? 4 : 1;
  const type = lanes === 1 ? x.dtype : x.dtype === 'u32' ? 'vec4u' : 'vec4f';
  const kernel = makeKernel('move_rows', source, { E: type, SCATTER: scatters }, ['read', 'read', 'write']);
  recorder.dispatch(kernel, [x, list, out], [rows, width / lanes], linearGrid((rows * width) / lanes, 64));
}
