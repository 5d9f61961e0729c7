import { conv } from '../../../src/ops/conv.ts';
import type { CaseBuilder, KernelCase, Recorded } from './case.ts';

interface Size {
  /** Computed; the two before them are there too, so that no tap is skipped as one before the clip. */
  readonly frames: number;
  /** Rows and columns. */
  readonly side: number;
  readonly inChannels: number;
  readonly outChannels: number;
}

/** The 3 x 3 x 3 convolutions of the embedded VAE's decoder, at two frames. */
const SIZES: readonly Size[] = [
  { frames: 2, side: 8, inChannels: 64, outChannels: 64 },
  { frames: 2, side: 16, inChannels: 64, outChannels: 64 },
  { frames: 2, side: 32, inChannels: 32, outChannels: 32 },
  { frames: 2, side: 64, inChannels: 16, outChannels: 16 },
];

const TAPS = [3, 3, 3] as const;

/** Convolutions of the embedded VAE, with weights in f32 and f16. */
export function convCases(): KernelCase[] {
  return SIZES.map((size) => {
    const { frames, side, inChannels, outChannels } = size;
    return {
      kernel: 'conv',
      shape: `3x3x3, ${inChannels} to ${outChannels}, ${frames} x ${side} x ${side}`,
      work: { flops: 2 * 27 * frames * side * side * inChannels * outChannels },
      arms: {
        'chosen, f32 weights': (build) => record(build, size, 'f32'),
        'chosen, f16 weights': (build) => record(build, size, 'f16'),
      },
    };
  });
}

function record(build: CaseBuilder, size: Size, dtype: 'f32' | 'f16'): Recorded {
  const { frames, side, inChannels, outChannels } = size;
  const x = build.operand([frames + 2, side, side, inChannels]);
  const weight = build.operand([outChannels, 27, inChannels], { dtype, scale: 0.2 });
  const bias = build.operand([outChannels]);
  const out = build.output([frames, side, side, outChannels]);
  const layer = { weight: weight.tensor, bias: bias.tensor, outChannels, inChannels, taps: TAPS };
  conv(build.ops, { x: x.tensor, weight: layer, out, map: { now: 2 } });
  const reference = (index: number) => {
    const channel = index % outChannels;
    const pixel = Math.floor(index / outChannels);
    const [column, row, frame] = [pixel % side, Math.floor(pixel / side) % side, Math.floor(pixel / side / side)];
    let sum = bias.values[channel] as number;
    for (let tap = 0; tap < 27; tap++) {
      const t = frame + Math.floor(tap / 9);
      const y = row + (Math.floor(tap / 3) % 3) - 1;
      const z = column + (tap % 3) - 1;
      if (y < 0 || z < 0 || y >= side || z >= side) continue;
      const [from, w] = [((t * side + y) * side + z) * inChannels, (channel * 27 + tap) * inChannels];
      for (let c = 0; c < inChannels; c++) {
        sum += (x.values[from + c] as number) * (weight.values[w + c] as number);
      }
    }
    return sum;
  };
  return { out, reference };
}
