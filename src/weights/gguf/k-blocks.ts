/**
 * Blocks of 256 numbers whose scales are quantised themselves, as ggml lays them out ("k-quants"). Products of a scale, its
 * factor and a code are exact in f32, so that only the sum with a minimum rounds.
 *
 * @module
 */

import { blockFormat, f16At } from './block-format.ts';

/** Numbers of a block. */
const SIZE = 256;

/** Three bits: two and a mask, in 16 groups with a six-bit factor each. */
export const q3_K = blockFormat(SIZE, 110, (bytes, at, out, to) => {
  const [codes, factors] = [at + 32, at + 96];
  const scale = f16At(bytes, at + 108);
  for (let group = 0; group < 16; group++) {
    const lowFactor = ((bytes[factors + (group & 7)] as number) >> (4 * (group >> 3))) & 15;
    const highFactor = ((bytes[factors + 8 + (group & 3)] as number) >> (2 * (group >> 2))) & 3;
    const step = scale * ((lowFactor | (highFactor << 4)) - 32);
    // Half a block's 128 numbers lie in 32 bytes, two bits after two; a mask's bit that is 0 takes 4 away.
    const row = group >> 1;
    const from = 16 * (group & 1);
    for (let i = from; i < from + 16; i++) {
      const low = ((bytes[codes + 32 * (row >> 2) + i] as number) >> (2 * (row & 3))) & 3;
      const high = ((bytes[at + i] as number) >> row) & 1;
      out[to + 32 * row + i] = step * (low - 4 * (1 - high));
    }
  }
});

/** Four bits above a minimum, in 8 groups with a six-bit factor each of scale and minimum. */
export const q4_K = blockFormat(SIZE, 144, (bytes, at, out, to) => {
  decodeGroups(bytes, at, at + 16, out, to, () => 0);
});

/** As `q4_K`, with a fifth bit. */
export const q5_K = blockFormat(SIZE, 176, (bytes, at, out, to) => {
  decodeGroups(bytes, at, at + 48, out, to, (group, i) => (((bytes[at + 16 + i] as number) >> group) & 1) << 4);
});

/** Six bits around 32: four and two, in 16 groups with a signed byte as factor each. */
export const q6_K = blockFormat(SIZE, 210, (bytes, at, out, to) => {
  const [highs, factors] = [at + 128, at + 192];
  const scale = f16At(bytes, at + 208);
  for (let group = 0; group < 16; group++) {
    const step = scale * (((bytes[factors + group] as number) << 24) >> 24);
    // Half a block's 128 numbers: the low bits of four rows of 32 in 64 bytes, the high ones in 32.
    const row = group >> 1;
    const lows = at + 64 * (row >> 2) + 32 * (row & 1);
    const from = 16 * (group & 1);
    for (let i = from; i < from + 16; i++) {
      const low = ((bytes[lows + i] as number) >> (4 * ((row >> 1) & 1))) & 15;
      const high = ((bytes[highs + 32 * (row >> 2) + i] as number) >> (2 * (row & 3))) & 3;
      out[to + 32 * row + i] = step * ((low | (high << 4)) - 32);
    }
  }
});

/**
 * Eight groups of 32 numbers: scale, minimum, 12 bytes of factors, and at `codes` pairs of groups in 32 bytes.
 *
 * @param high What comes above a number's four bits: of group and index in it.
 */
function decodeGroups(
  bytes: Uint8Array,
  at: number,
  codes: number,
  out: Float32Array,
  to: number,
  high: (group: number, index: number) => number,
): void {
  const [scale, least] = [f16At(bytes, at), f16At(bytes, at + 2)];
  for (let group = 0; group < 8; group++) {
    const [factor, leastFactor] = sixBits(bytes, at + 4, group);
    const [step, base] = [scale * factor, least * leastFactor];
    const [from, shift] = [codes + 32 * (group >> 1), 4 * (group & 1)];
    for (let i = 0; i < 32; i++) {
      const code = (((bytes[from + i] as number) >> shift) & 15) | high(group, i);
      out[to + 32 * group + i] = step * code - base;
    }
  }
}

/**
 * A group's factors of scale and minimum. The first four groups' are the low six bits of bytes 0 to 3 and 4 to 7; the others'
 * have four bits in bytes 8 to 11 and their upper two in those that the first four leave.
 */
function sixBits(bytes: Uint8Array, at: number, group: number): [factor: number, leastFactor: number] {
  const i = group & 3;
  const [scale, least] = [bytes[at + i] as number, bytes[at + 4 + i] as number];
  if (group < 4) return [scale & 63, least & 63];
  const both = bytes[at + 8 + i] as number;
  return [(both & 15) | ((scale >> 2) & 48), (both >> 4) | ((least >> 2) & 48)];
}
