/**
 * Whether a device takes a model and a run, told from what is recorded: before a weight is read.
 *
 * @module
 */

import { LimitError } from '../errors.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { largestAllowed } from '../gpu/limits.ts';
import type { BufferRequest } from '../gpu/memory.ts';
import type { ClipSize, SizeRules } from './clip-size.ts';

/** The buffers that a model and a run of it need. */
export interface Demand {
  /** Of the weights, whatever the run. */
  readonly weights: readonly BufferRequest[];
  /** Of the run. */
  readonly run: readonly BufferRequest[];
  /** Its size. */
  readonly size: ClipSize;
  readonly rules: SizeRules;
  /** Buffers of the same run at another size. */
  at(size: ClipSize): readonly BufferRequest[];
}

/** Sides that are tried, of those that do not fit; a smaller picture is better than less than half of the frames. */
const SCALES = [1, 3 / 4, 1 / 2, 3 / 8, 1 / 4, 1 / 8];

/** The largest of some buffers. */
export function largestOf(buffers: readonly BufferRequest[]): BufferRequest | undefined {
  return buffers.reduce<BufferRequest | undefined>(
    (largest, other) => (largest && largest.bytes >= other.bytes ? largest : other),
    undefined,
  );
}

/**
 * Refuses a buffer that the device does not allow.
 *
 * @param use What to do with a size that fits, as an object literal.
 * @throws {LimitError} naming the buffer, its bytes, the limit, and a size that fits.
 */
export function checkFit(gpu: Pick<Gpu, 'device'>, demand: Demand, use: (size: string) => string): void {
  const limit = largestAllowed(gpu.device.limits);
  const refuse = (needs: string, { label, bytes }: BufferRequest, remedy: string) => {
    throw new LimitError(`${label} needs a buffer of ${bytes} bytes${needs}; this device allows ${limit}.`, remedy);
  };
  const weight = largestOf(demand.weights);
  if (weight && weight.bytes > limit) refuse('', weight, 'Use a GPU with larger buffers, or a smaller model.');
  const buffer = largestOf(demand.run);
  if (!buffer || buffer.bytes <= limit) return;
  const { width, height, frames } = demand.size;
  const smaller = fittingSize(gpu, demand);
  const remedy = smaller
    ? use(`{ width: ${smaller.width}, height: ${smaller.height}, frames: ${smaller.frames} }`)
    : 'Use a GPU with larger buffers.';
  refuse(` for ${frames} frames of ${width} x ${height}`, buffer, remedy);
}

/** A smaller size whose buffers are all allowed: the largest picture with half of the frames, then most of the frames. */
export function fittingSize(
  { device }: Pick<Gpu, 'device'>,
  { weights, size, rules, at }: Pick<Demand, 'weights' | 'size' | 'rules' | 'at'>,
): ClipSize | undefined {
  const limit = largestAllowed(device.limits);
  const areAllowed = (buffers: readonly BufferRequest[]) => buffers.every(({ bytes }) => bytes <= limit);
  return areAllowed(weights) ? searchSize(size, rules, (smaller) => areAllowed(at(smaller))) : undefined;
}

/**
 * The largest picture of some scales that fits with half of the frames, then with as many of them as fit; undefined where
 * none does.
 *
 * @param fits Whether a size does: where one does, smaller ones do.
 */
export function searchSize(size: ClipSize, rules: SizeRules, fits: (size: ClipSize) => boolean): ClipSize | undefined {
  const groups = rules.frames === 0 ? 0 : (size.frames - 1) / rules.frames;
  const least = Math.ceil(groups / 2);
  for (const scale of SCALES) {
    const side = (pixels: number) => Math.max(1, Math.floor((pixels * scale) / rules.pixels)) * rules.pixels;
    const sized = (count: number) => {
      return { width: side(size.width), height: side(size.height), frames: 1 + count * rules.frames };
    };
    if (!fits(sized(least))) continue;
    let [fitting, beyond] = [least, groups + 1];
    while (beyond - fitting > 1) {
      const middle = Math.floor((fitting + beyond) / 2);
      if (fits(sized(middle))) fitting = middle;
      else beyond = middle;
    }
    return sized(fitting);
  }
  return undefined;
}
