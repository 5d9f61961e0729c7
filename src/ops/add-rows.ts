import source from '../../shaders/add_rows.wgsl';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel, needsF16, vec4Type } from './kernel.ts';

/**
 * Records `out[i] += table[rows[i]]`: a learned embedding of a number for each row, such as a class label.
 *
 * @param args.table [entries, width] f32 or f16, width a multiple of 4.
 * @param args.rows [count] u32, each below the entries. @param args.out [count, width] f32.
 * @throws when the shapes do not fit each other.
 */
export function addRows(
  { recorder, capabilities }: OpContext,
  args: { readonly table: Tensor; readonly rows: Tensor; readonly out: Tensor },
): void {
  const { table, rows, out } = args;
  const [, width = 0] = table.shape;
  if (width % 4 !== 0 || out.shape.join() !== [elements(rows.shape), width].join()) {
    throw new Error(`rows [${rows.shape}] of [${table.shape}] onto [${out.shape}]`);
  }
  const defines = {
    F16: needsF16(capabilities, table),
    PACKED: table.dtype === 'f16' && !capabilities.f16,
    W: vec4Type(table.dtype, capabilities),
  };
  const size = elements(out.shape) / 4;
  const kernel = makeKernel('add_rows', source, defines, ['read', 'read', 'write']);
  recorder.dispatch(kernel, [table, rows, out], [size, width / 4], linearGrid(size, 64));
}
