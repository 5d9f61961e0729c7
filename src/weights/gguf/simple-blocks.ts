/**
 * Blocks of 32 numbers with one scale, as ggml lays them out; in those of four and five bits the low halves of 16 bytes are the
 * first 16 numbers.
 *
 * @module
 */

import { blockFormat, f16At } from './block-format.ts';

/** Numbers of a block. */
const SIZE = 32;
const HALF = SIZE / 2;

/** Eight bits: a scale and signed bytes. */
export const q8_0 = blockFormat(SIZE, 34, (bytes, at, out, to) => {
  const scale = f16At(bytes, at);
  for (let i = 0; i < SIZE; i++) out[to + i] = scale * (((bytes[at + 2 + i] as number) << 24) >> 24);
});

/** Four bits around 8. */
export const q4_0 = blockFormat(SIZE, 18, (bytes, at, out, to) => {
  const scale = f16At(bytes, at);
  for (let i = 0; i < HALF; i++) {
    const pair = bytes[at + 2 + i] as number;
    out[to + i] = scale * ((pair & 15) - 8);
    out[to + i + HALF] = scale * ((pair >> 4) - 8);
  }
});

/** Four bits above a minimum. */
export const q4_1 = blockFormat(SIZE, 20, (bytes, at, out, to) => {
  const [scale, least] = [f16At(bytes, at), f16At(bytes, at + 2)];
  for (let i = 0; i < HALF; i++) {
    const pair = bytes[at + 4 + i] as number;
    out[to + i] = scale * (pair & 15) + least;
    out[to + i + HALF] = scale * (pair >> 4) + least;
  }
});

/** Five bits around 16; the highest of each lie together. */
export const q5_0 = blockFormat(SIZE, 22, (bytes, at, out, to) => {
  // Only -0 leaves the sign of a zero as it is.
  fiveBits(bytes, at + 2, f16At(bytes, at), 16, -0, out, to);
});

/** Five bits above a minimum. */
export const q5_1 = blockFormat(SIZE, 24, (bytes, at, out, to) => {
  fiveBits(bytes, at + 4, f16At(bytes, at), 0, f16At(bytes, at + 2), out, to);
});

/** `scale * (code - middle) + least`. @param at Of four bytes of highest bits, with sixteen of pairs behind them. */
function fiveBits(
  bytes: Uint8Array,
  at: number,
  scale: number,
  middle: number,
  least: number,
  out: Float32Array,
  to: number,
): void {
  for (let i = 0; i < HALF; i++) {
    const pair = bytes[at + 4 + i] as number;
    const low = ((bytes[at + (i >> 3)] as number) >> (i & 7)) & 1;
    const high = ((bytes[at + 2 + (i >> 3)] as number) >> (i & 7)) & 1;
    out[to + i] = scale * (((pair & 15) | (low << 4)) - middle) + least;
    out[to + i + HALF] = scale * (((pair >> 4) | (high << 4)) - middle) + least;
  }
}
