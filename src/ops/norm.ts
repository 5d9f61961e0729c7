import direct from '../../shaders/norm_direct.wgsl';
import tiled from '../../shaders/norm_tiled.wgsl';
import type { Capabilities } from '../gpu/capabilities.ts';
import { type Access, f32 } from '../gpu/kernel.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel, needsF16, vec4Type } from './kernel.ts';
import { type Modulation, modulationParams } from './modulation.ts';

/**
 * How a row x of C channels is normalised: `layer` (x - mean) / sqrt(variance + eps), `rms` x / sqrt(mean(x^2) + eps),
 * `l2` x / max(||x||, 1e-12) * sqrt(C).
 */
export type NormKind = 'layer' | 'rms' | 'l2';

/** What a normalised row becomes: `y * weight + bias`, or `y * (1 + scale) + shift` with parts of the modulation. */
export type NormAffine =
  /** [channels] f32 each. */
  | { readonly weight: Tensor; readonly bias?: Tensor }
  | { readonly modulation: Modulation; readonly scalePart: number; readonly shiftPart: number };

/** How a norm runs: a thread a row, or `lanes` threads a row. */
export type NormVariant = { readonly name: 'direct' } | { readonly name: 'tiled'; readonly lanes: number };

/** Threads of a workgroup of the tiled variant: it takes 64 / lanes rows. */
const THREADS = 64;

/** Chooses the variant: short rows, such as a VAE's pixels, are too little work for a workgroup each. */
export function normVariant(capabilities: Capabilities, width: number): NormVariant {
  if (capabilities.software) return { name: 'direct' };
  return { name: 'tiled', lanes: width <= 256 ? 16 : THREADS };
}

const SOURCES = { direct, tiled };

/**
 * Records a norm over the rows of `x`.
 *
 * @param args.x [..., width] f32; width a multiple of 4.
 * @param args.out [>= firstRow + rows, width] f32 or f16; rows before `firstRow` are left alone.
 * @param args.channels The row's channels that are not zero padding, when not all; the padding is written as zeros.
 * @param args.eps For `layer` and `rms`; 1e-6 by default.
 * @param args.silu Whether a SiLU follows.
 * @param args.variant Instead of the one that `normVariant` chooses: for tests and benches.
 * @throws when the width is no multiple of 4 or `out` is too small.
 */
export function norm(
  { recorder, capabilities }: OpContext,
  args: {
    readonly kind: NormKind;
    readonly x: Tensor;
    readonly out: Tensor;
    readonly affine?: NormAffine;
    readonly channels?: number;
    readonly eps?: number;
    readonly firstRow?: number;
    readonly silu?: boolean;
    readonly variant?: NormVariant;
  },
): void {
  const { kind, x, out, affine, firstRow = 0, eps = 1e-6, silu = false } = args;
  const width = x.shape.at(-1) ?? 0;
  const rows = elements(x.shape) / width;
  const { channels = width, variant = normVariant(capabilities, width) } = args;
  if (width % 4 !== 0) throw new Error(`norm of ${x.label}: its width ${width} is no multiple of 4`);
  if (elements(out.shape) < (firstRow + rows) * width) {
    throw new Error(`norm into ${out.label}: [${out.shape}] has no room for rows ${firstRow} to ${firstRow + rows}`);
  }
  const modulated = affine && 'modulation' in affine ? affine : undefined;
  const weighted = affine && 'weight' in affine ? affine : undefined;
  const tensors = [x, out];
  if (weighted) tensors.push(weighted.weight);
  if (weighted?.bias) tensors.push(weighted.bias);
  if (modulated) {
    const { table, conditioning, groups } = modulated.modulation;
    tensors.push(table, conditioning, groups);
  }
  const access: Access[] = tensors.map((_, i) => (i === 1 ? 'write' : 'read'));
  const kernel = makeKernel(
    `norm.${variant.name}.${kind}`,
    SOURCES[variant.name],
    {
      F16: needsF16(capabilities, out),
      LAYER: kind === 'layer',
      L2: kind === 'l2',
      WEIGHT: weighted !== undefined,
      BIAS: weighted?.bias !== undefined,
      MODULATED: modulated !== undefined,
      SILU: silu,
      PADDED: channels !== width,
      E: 'vec4f',
      Out: vec4Type(out.dtype, capabilities),
      ...(variant.name === 'tiled' ? { LANES: variant.lanes } : {}),
    },
    access,
  );
  const [groupStride, conditioningParts] = modulated ? modulationParams(modulated.modulation) : [0, 1];
  recorder.dispatch(
    kernel,
    tensors,
    [
      rows,
      width / 4,
      channels,
      firstRow,
      f32(eps),
      modulated?.shiftPart ?? 0,
      modulated?.scalePart ?? 0,
      groupStride,
      conditioningParts,
    ],
    linearGrid(rows, variant.name === 'tiled' ? THREADS / variant.lanes : 4),
  );
}
