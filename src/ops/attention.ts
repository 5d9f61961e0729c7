import direct from '../../shaders/attention_direct.wgsl';
import tiled from '../../shaders/attention_tiled.wgsl';
import { type Capabilities, compilesSlowly } from '../gpu/capabilities.ts';
import type { Workgroups } from '../gpu/command.ts';
import { type Access, f32 } from '../gpu/kernel.ts';
import type { Defines } from '../gpu/shader.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel, needsF16, vec4Type } from './kernel.ts';

/** Rows of heads somewhere in a tensor, such as the keys in a fused [tokens, 3 D]; all numbers in elements, multiples of 4. */
export interface HeadRows {
  /** f32, or f16 on a device with f16. */
  readonly tensor: Tensor;
  /** From a row to the next. */
  readonly rowStride: number;
  /** Where the first row's first head begins; 0 by default. */
  readonly offset?: number;
  /** From a batch's first row to the next batch's; 0 by default. */
  readonly batchStride?: number;
}

/** Sizes of an attention. */
export interface AttentionShape {
  readonly heads: number;
  /** Channels of a head: a multiple of 4 up to 512. */
  readonly headDim: number;
  readonly queries: number;
  readonly keys: number;
  /** Independent attentions, such as frames; 1 by default. */
  readonly batch?: number;
}

/** How attention runs: `tile` queries a thread, or tiles of a workgroup. */
export type AttentionVariant = { readonly name: 'direct'; readonly tile: number } | { readonly name: 'tiled' };

/** Chooses the variant: with wide heads a thread has room for the sums of fewer queries. */
export function attentionVariant(capabilities: Capabilities, { headDim }: AttentionShape): AttentionVariant {
  if (!capabilities.software) return { name: 'tiled' };
  if (compilesSlowly(capabilities)) return { name: 'direct', tile: 2 };
  return { name: 'direct', tile: headDim <= 64 ? 8 : headDim <= 128 ? 4 : 2 };
}

const SOURCES = { direct, tiled };

/** Queries, and channels of the output, that a workgroup of the tiled variant takes. */
const TILE = { queries: 32, channels: 128, chunk: 32 } as const;

/**
 * Records `out = softmax(scale * q k^T + bias) v` for every batch and head.
 *
 * @param args.q Queries; `out` has as many rows. @param args.k Keys. @param args.v Values, as many rows as keys.
 * @param args.scale 1 / sqrt(headDim) by default.
 * @param args.keyBias Added to the scores of each key, [keys] or [batch, keys] f32; -1e38 and less hide a key.
 * @param args.relativeBias Added by distance, [heads, queries + keys - 1] f32, at key - query + queries - 1.
 * @param args.causalBlock Tokens of a block: a query sees its own block and those before it.
 * @param args.logSumExp Receives the logarithm of each softmax's denominator, [batch, heads, queries] f32.
 * @param args.headMask [heads] u32: of heads that are 0, nothing is computed or written.
 * @param args.variant Instead of the one that `attentionVariant` chooses: for tests and benches.
 * @throws when a size is no multiple of 4 or out of range, or an operand is f16 on a device without.
 */
export function attention(
  { recorder, capabilities }: OpContext,
  args: AttentionShape & {
    readonly q: HeadRows;
    readonly k: HeadRows;
    readonly v: HeadRows;
    readonly out: HeadRows;
    readonly scale?: number;
    readonly keyBias?: Tensor;
    readonly relativeBias?: Tensor;
    readonly causalBlock?: number;
    readonly logSumExp?: Tensor;
    readonly headMask?: Tensor;
    readonly variant?: AttentionVariant;
  },
): void {
  const { heads, headDim, queries, keys, keyBias, relativeBias, causalBlock, logSumExp, headMask } = args;
  const { variant = attentionVariant(capabilities, args), scale = 1 / Math.sqrt(headDim) } = args;
  if (headDim % 4 !== 0 || headDim > 512) throw new Error(`a head of ${headDim}: not a multiple of 4 up to 512`);
  const rows = [args.q, args.k, args.v, args.out];
  const tensors = rows.map(({ tensor }) => tensor);
  // Binding 0 holds the parameters, so a tensor's binding is the length of the list that ends with it.
  const bind = (tensor: Tensor | undefined): number | false => tensor !== undefined && tensors.push(tensor);
  const [Q, K, V, Out] = rows.map((view) => headType(view.tensor, capabilities));
  const defines = {
    F16: needsF16(capabilities, ...tensors),
    Q: Q as string,
    K: K as string,
    V: V as string,
    Out: Out as string,
    KEY_BIAS: bind(keyBias),
    RELATIVE_BIAS: bind(relativeBias),
    LOG_SUM_EXP: bind(logSumExp),
    HEAD_MASK: bind(headMask),
    BLOCK_CAUSAL: causalBlock !== undefined,
    ...variantDefines(variant, headDim),
  };
  const access: Access[] = tensors.map((tensor, i) => (i === 3 || tensor === logSumExp ? 'write' : 'read'));
  recorder.dispatch(
    makeKernel(`attention.${variant.name}.${headDim}`, SOURCES[variant.name], defines, access),
    tensors,
    [
      queries,
      keys,
      heads,
      headDim / 4,
      ...rows.flatMap(strides),
      f32(scale),
      keyBias && elements(keyBias.shape) > keys ? keys : 0,
      causalBlock ?? 0,
    ],
    workgroups(variant, args),
    2 * (args.batch ?? 1) * heads * queries * keys * headDim,
  );
}

function headType(tensor: Tensor, capabilities: Capabilities): string {
  if (tensor.dtype === 'f16' && !capabilities.f16) throw new Error(`${tensor.label} is f16; this device has no f16`);
  return vec4Type(tensor.dtype, capabilities);
}

/** Where rows lie, in vec4s, as the shader's parameters have it. */
function strides({ tensor, rowStride, offset = 0, batchStride = 0 }: HeadRows): number[] {
  return [offset, rowStride, batchStride].map((size) => {
    if (size % 4 !== 0) throw new Error(`attention on ${tensor.label}: a stride of ${size} is no multiple of 4`);
    return size / 4;
  });
}

function variantDefines(variant: AttentionVariant, headDim: number): Defines {
  if (variant.name === 'direct') return { TILE: variant.tile, HEAD_DIM4: headDim / 4 };
  return { CHUNKS: Math.ceil(Math.min(headDim, TILE.channels) / TILE.chunk), SLICES: slices(headDim) };
}

function slices(headDim: number): number {
  return Math.ceil(headDim / TILE.channels);
}

function workgroups(variant: AttentionVariant, { heads, headDim, queries, batch = 1 }: AttentionShape): Workgroups {
  if (variant.name === 'tiled') return [Math.ceil(queries / TILE.queries), heads * slices(headDim), batch];
  const [x, y] = linearGrid(Math.ceil(queries / variant.tile) * heads, 4);
  return [x, y, batch];
}
