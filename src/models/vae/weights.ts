import type { ConvWeight } from '../../ops/conv.ts';
import { arrangeChannels, arrangeConvWeight, paddedChannels, type Taps } from '../../ops/conv-layout.ts';
import type { Linear } from '../../ops/matmul.ts';
import type { NormAffine } from '../../ops/norm.ts';
import type { WeightSet } from '../../weights/weight-set.ts';

/** A norm's width and gamma. */
export interface ChannelNorm {
  readonly channels: number;
  readonly affine: NormAffine;
}

/** Declares `name.weight` and `name.bias` of a convolution. @param groups See `arrangeConvWeight`. */
export function convWeight(
  weights: WeightSet,
  name: string,
  [inChannels, outChannels]: readonly [into: number, out: number],
  taps: Taps,
  options: { readonly groups?: number; readonly is2d?: boolean } = {},
): ConvWeight {
  const { groups = 1, is2d = false } = options;
  const stored = [outChannels, inChannels, ...(is2d ? taps.slice(1) : taps)];
  const count = taps[0] * taps[1] * taps[2];
  const rows = groups * paddedChannels(outChannels / groups);
  const depth = paddedChannels(inChannels);
  return {
    weight: weights.arranged(`${name}.weight`, stored, [rows, count, depth], (values) =>
      arrangeConvWeight(values, outChannels, inChannels, count, groups),
    ),
    bias: weights.arrangedVector(`${name}.bias`, [outChannels], [rows], (values) => arrangeChannels(values, groups)),
    outChannels: rows,
    inChannels: depth,
    taps,
  };
}

/**
 * Declares a 1 x 1 convolution, which is a linear layer over pixels.
 *
 * @param options.used Outputs that are computed, the first of them; by default all.
 */
export function pointwise(
  weights: WeightSet,
  name: string,
  [inChannels, outChannels]: readonly [into: number, out: number],
  options: { readonly groups?: number; readonly is2d?: boolean; readonly used?: number } = {},
): Linear {
  const { groups = 1, is2d = false, used = outChannels } = options;
  const stored = [outChannels, inChannels, ...(is2d ? [1, 1] : [1, 1, 1])];
  const rows = groups * paddedChannels(used / groups);
  const depth = paddedChannels(inChannels);
  const weight = weights.arranged(`${name}.weight`, stored, [rows, depth], (values) =>
    arrangeConvWeight(values, used, inChannels, 1, groups),
  );
  const bias = weights.arrangedVector(`${name}.bias`, [outChannels], [rows], (values) =>
    arrangeChannels(values.subarray(0, used), groups),
  );
  return { parts: [{ weight, bias, firstRow: 0, rows }], outFeatures: rows, inFeatures: depth };
}

/** Declares `name.gamma` of a `WanRMS_norm`. @param is2d Whether it is one of images, with a shape of three sizes. */
export function channelNorm(weights: WeightSet, name: string, channels: number, is2d = false): ChannelNorm {
  const stored = [channels, 1, 1, ...(is2d ? [] : [1])];
  const gamma = weights.arrangedVector(`${name}.gamma`, stored, [paddedChannels(channels)], (values) =>
    arrangeChannels(values),
  );
  return { channels, affine: { weight: gamma } };
}
