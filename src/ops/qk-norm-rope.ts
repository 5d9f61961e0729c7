import direct from '../../shaders/qk_norm_rope_direct.wgsl';
import tiled from '../../shaders/qk_norm_rope_tiled.wgsl';
import type { Capabilities } from '../gpu/capabilities.ts';
import { type Access, f32 } from '../gpu/kernel.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel } from './kernel.ts';

/** How it runs: a thread, or a workgroup, for q or k of a token. */
export type QkVariant = 'direct' | 'tiled';

/** Chooses the variant from what the device can do. */
export function qkVariant(capabilities: Capabilities): QkVariant {
  return capabilities.software ? 'direct' : 'tiled';
}

const SOURCES = { direct, tiled };

/**
 * Records, for q and k of each token, an RMS norm over all D channels (all heads at once), then a rotation of
 * neighbouring channels (2j, 2j + 1). Either may be left out.
 *
 * @param args.x [tokens, stride] f32, such as a fused [tokens, 3 D]; changed in place unless there is `out`.
 * @param args.width D.
 * @param args.offsets Columns of x where q, or q and k, begin.
 * @param args.norm The weights, [D] f32, one for each offset.
 * @param args.table cos and sin, [tokens, headDim / 2, 2] f32 for all heads alike, or [tokens, D / 2, 2].
 * @param args.out [tokens, stride] f16: results go to the same columns of it, and x stays as it is.
 * @param args.copied With `out`: the column of D more, v, that are only converted.
 * @param args.variant Instead of the one that `qkVariant` chooses: for tests and benches.
 * @throws when a size is no multiple of 4, the shapes do not fit, or the device has no f16 that `out` needs.
 */
export function qkNormRope(
  { recorder, capabilities }: OpContext,
  args: {
    readonly x: Tensor;
    readonly width: number;
    readonly offsets: readonly [number] | readonly [number, number];
    readonly norm?: { readonly weights: readonly Tensor[]; readonly eps: number };
    readonly table?: Tensor;
    readonly out?: Tensor;
    readonly copied?: number;
    readonly variant?: QkVariant;
  },
): void {
  const { x, width, norm, table, out, copied, variant = qkVariant(capabilities) } = args;
  const stride = x.shape.at(-1) ?? 0;
  const tokens = elements(x.shape) / stride;
  const tableStride = table ? elements(table.shape) / tokens : 4;
  const offsets = copied === undefined ? args.offsets : [...args.offsets, copied];
  for (const size of [stride, width, tableStride, ...offsets]) {
    if (size % 4 !== 0) throw new Error(`q and k of ${x.label}: ${size} is no multiple of 4`);
  }
  if (width % tableStride !== 0)
    throw new Error(`rotary table rows of ${tableStride} do not divide a width of ${width}`);
  if (out && !(capabilities.f16 && out.dtype === 'f16'))
    throw new Error(`${out.label} must be f16 on a device with f16`);

  const tensors = [x];
  // Binding 0 holds the parameters, so a tensor's binding is the length of the list that ends with it.
  const bind = (tensor: Tensor | undefined): number | false => tensor !== undefined && tensors.push(tensor);
  const defines = {
    F16: out !== undefined,
    WEIGHT_0: bind(norm?.weights[0]),
    WEIGHT_1: bind(norm?.weights.at(-1)),
    TABLE: bind(table),
    OUT: bind(out),
    ...(variant === 'tiled' ? { LANES: 64 } : {}),
  };
  const written = out ? tensors.length - 1 : 0;
  const access: Access[] = tensors.map((_, i) => (i === written ? 'write' : 'read'));
  const kernel = makeKernel(`qk_norm_rope.${variant}`, SOURCES[variant], defines, access);
  const [x0, y0] = linearGrid(tokens, variant === 'tiled' ? 1 : 4);
  const [first = 0, second = 0, third = 0] = offsets.map((offset) => offset / 4);
  recorder.dispatch(
    kernel,
    tensors,
    [tokens, stride / 4, width / 4, tableStride / 4, first, second, third, args.offsets.length, f32(norm?.eps ?? 0)],
    [x0, y0, offsets.length],
  );
}
