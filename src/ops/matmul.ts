import direct from '../../shaders/matmul_direct.wgsl';
import small from '../../shaders/matmul_small.wgsl';
import tiled from '../../shaders/matmul_tiled.wgsl';
import { type Capabilities, compilesSlowly } from '../gpu/capabilities.ts';
import type { Workgroups } from '../gpu/command.ts';
import type { Access } from '../gpu/kernel.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { makeKernel, needsF16, vec4Type } from './kernel.ts';
import { type Modulation, modulationParams } from './modulation.ts';

/** A linear layer's weights: `y = x W^T + b`. Several parts where one would exceed a binding, each with its own rows. */
export interface Linear {
  readonly parts: readonly LinearPart[];
  /** N, of all parts. */
  readonly outFeatures: number;
  /** K. */
  readonly inFeatures: number;
}

/** Rows `firstRow` to `firstRow + rows` of a linear layer. */
export interface LinearPart {
  /** [rows, ceil(K / 4) * 4]: each row zero-padded to whole vec4s. */
  readonly weight: Tensor;
  /** [rows] f32. */
  readonly bias?: Tensor;
  readonly firstRow: number;
  readonly rows: number;
}

/** What happens to `y` before it is stored. */
export type Epilogue =
  | { readonly kind: 'none' | 'gelu' | 'silu' }
  /** `out += y`. */
  | { readonly kind: 'residual' }
  /** `out += gate * y`, the gate being part `part` of the modulation. */
  | { readonly kind: 'gatedResidual'; readonly modulation: Modulation; readonly part: number }
  /** `out = gelu(y) * out`: T5's gated MLP. */
  | { readonly kind: 'geluMultiply' };

/** How a matmul runs: threads alone, tiles of a workgroup, or K split for few rows. */
export type MatmulVariant = { readonly name: 'direct' | 'tiled'; readonly tileM: number } | { readonly name: 'small' };

/** Rows up to which the small form wins: at more, each weight would be read again for every 8 rows. */
const SMALL_ROWS = 8;

/** Outputs above which 128-row tiles still give every core of a large GPU work (64 tiles of 128 x 64). */
const LARGE_OUTPUTS = 64 * 128 * 64;

/** Chooses the variant from what the device can do and the shape. */
export function matmulVariant(capabilities: Capabilities, rows: number, columns: number): MatmulVariant {
  if (compilesSlowly(capabilities)) return { name: 'direct', tileM: 2 };
  if (capabilities.software) return { name: 'direct', tileM: rows <= 4 ? 4 : rows < 16 ? 8 : 16 };
  if (rows <= SMALL_ROWS) return { name: 'small' };
  return { name: 'tiled', tileM: rows >= 128 && rows * columns >= LARGE_OUTPUTS ? 128 : 64 };
}

const SOURCES = { direct, tiled, small };

/**
 * Records `out = epilogue(x W^T + b)`.
 *
 * @param args.x [..., K] f32 or f16. @param args.out [..., N] f32, or f16 for an operand of the next op.
 * @param args.variant Instead of the one that `matmulVariant` chooses: for tests and benches.
 */
export function matmul(
  { recorder, capabilities }: OpContext,
  args: {
    readonly x: Tensor;
    readonly linear: Linear;
    readonly out: Tensor;
    readonly epilogue?: Epilogue;
    readonly variant?: MatmulVariant;
  },
): void {
  const { x, linear, out, epilogue = { kind: 'none' } } = args;
  const depth = linear.inFeatures;
  const rows = elements(x.shape) / depth;
  if (elements(out.shape) !== rows * linear.outFeatures) {
    throw new Error(`matmul into ${out.label}: [${out.shape}] does not hold ${rows} x ${linear.outFeatures}`);
  }
  const gated = epilogue.kind === 'gatedResidual' ? epilogue.modulation : undefined;
  for (const part of linear.parts) {
    const variant = args.variant ?? matmulVariant(capabilities, rows, part.rows);
    const alignedN = [part.rows, part.firstRow, linear.outFeatures].every((size) => size % 4 === 0);
    const lanes = variant.name === 'direct' && alignedN ? 4 : 1;
    const alignedK = depth % 4 === 0;
    const tensors = [x, part.weight, out];
    // A shader's bindings keep their numbers whether or not the optional ones are there.
    const bias = part.bias ?? (gated ? x : undefined);
    if (bias) tensors.push(bias);
    if (gated) tensors.push(gated.table, gated.conditioning, gated.groups);
    const access: Access[] = tensors.map((_, i) => (i === 2 ? 'write' : 'read'));
    const [groupStride, conditioningParts] = gated ? modulationParams(gated) : [0, 1];
    const kernel = makeKernel(
      `matmul.${variant.name}.${epilogue.kind}`,
      SOURCES[variant.name],
      {
        F16: needsF16(capabilities, x, part.weight, out),
        PACKED: part.weight.dtype === 'f16' && !capabilities.f16,
        ALIGNED_K: alignedK,
        ALIGNED_N: lanes === 4,
        BIAS: part.bias !== undefined,
        GELU: epilogue.kind === 'gelu' || epilogue.kind === 'geluMultiply',
        SILU: epilogue.kind === 'silu',
        GATED: gated !== undefined,
        MULTIPLY: epilogue.kind === 'geluMultiply',
        ADD: epilogue.kind === 'residual' || epilogue.kind === 'gatedResidual',
        X: alignedK ? vec4Type(x.dtype, capabilities) : x.dtype,
        W: vec4Type(part.weight.dtype, capabilities),
        E: lanes === 4 ? 'vec4f' : 'f32',
        Out: lanes === 4 ? vec4Type(out.dtype, capabilities) : out.dtype,
        ...('tileM' in variant ? { TILE_M: variant.tileM } : {}),
        ...(variant.name === 'tiled' ? { ROWS: variant.tileM / 16 } : {}),
      },
      access,
    );
    recorder.dispatch(
      kernel,
      tensors,
      [
        rows,
        part.rows,
        depth,
        linear.outFeatures / lanes,
        part.firstRow / lanes,
        epilogue.kind === 'gatedResidual' ? epilogue.part : 0,
        groupStride,
        conditioningParts,
      ],
      workgroups(variant, rows, part.rows),
      rows * part.rows * depth,
    );
  }
}

function workgroups(variant: MatmulVariant, rows: number, columns: number): Workgroups {
  if (variant.name === 'small') return [Math.ceil(columns / 8), Math.ceil(rows / 8), 1];
  const columnsPerGroup = 64; // 4 threads of 16 when direct, one tile when tiled
  return [Math.ceil(columns / columnsPerGroup), Math.ceil(rows / variant.tileM), 1];
}
