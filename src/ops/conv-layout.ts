/** Sizes of a convolution's kernel in time, height and width; those of a 2-D or 1 x 1 one begin with 1s. */
export type Taps = readonly [time: number, height: number, width: number];

/** Channels as they lie in memory: filled up with zeros to whole vec4s. */
export function paddedChannels(channels: number): number {
  return Math.ceil(channels / 4) * 4;
}

/**
 * Permutes a convolution's weight so that an output's taps and channels lie in a row, as the kernels read it: the channels
 * of a tap together, filled up with zeros to whole vec4s, as are the outputs.
 *
 * @param values [outChannels, inChannels, taps...], as PyTorch stores it.
 * @param groups Parts of the outputs that are filled up each for itself, because they part ways later: q, k and v, say.
 * @returns [groups * padded(outChannels / groups), taps, padded(inChannels)].
 */
export function arrangeConvWeight(
  values: Float32Array,
  outChannels: number,
  inChannels: number,
  taps: number,
  groups = 1,
): Float32Array<ArrayBuffer> {
  const depth = paddedChannels(inChannels);
  const perGroup = outChannels / groups;
  const out = new Float32Array(groups * paddedChannels(perGroup) * taps * depth);
  for (let o = 0; o < outChannels; o++) {
    const row = paddedRow(o, perGroup) * taps * depth;
    for (let c = 0; c < inChannels; c++) {
      const from = (o * inChannels + c) * taps;
      for (let tap = 0; tap < taps; tap++) out[row + tap * depth + c] = values[from + tap] as number;
    }
  }
  return out;
}

/** Fills a bias, or another value per output channel, up as `arrangeConvWeight` does the outputs. */
export function arrangeChannels(values: Float32Array, groups = 1): Float32Array<ArrayBuffer> {
  const perGroup = values.length / groups;
  const out = new Float32Array(groups * paddedChannels(perGroup));
  for (const [o, value] of values.entries()) out[paddedRow(o, perGroup)] = value;
  return out;
}

function paddedRow(channel: number, perGroup: number): number {
  return Math.floor(channel / perGroup) * paddedChannels(perGroup) + (channel % perGroup);
}
