import source from '../../shaders/channel_moments.wgsl';
import type { Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel } from './kernel.ts';

/**
 * Records each channel's sums over rows: of newer values, older ones, their products, and squares of older ones.
 *
 * @param args.newer [rows, width] f32. @param args.older Another tensor like it. @param args.sums [4, width] f32.
 * @throws when the shapes do not fit.
 */
export function channelMoments(
  { recorder }: OpContext,
  args: { readonly newer: Tensor; readonly older: Tensor; readonly sums: Tensor },
): void {
  const { newer, older, sums } = args;
  const [rows = 0, width = 0] = newer.shape;
  if (older.shape.join() !== newer.shape.join() || sums.shape.join() !== `4,${width}`) {
    throw new Error(`moments of [${newer.shape}] and [${older.shape}] into [${sums.shape}]`);
  }
  const lanes = width % 4 === 0 ? 4 : 1;
  const defines = { E: lanes === 4 ? 'vec4f' : 'f32' };
  const kernel = makeKernel('channel_moments', source, defines, ['read', 'read', 'write']);
  const work = rows * width;
  recorder.dispatch(kernel, [newer, older, sums], [rows, width / lanes], linearGrid(width / lanes, 4), work);
}
