import { paddedChannels } from '../ops/conv-layout.ts';

/** [frames, channels, height, width] to [frames, height, width, channels padded]: as VAEs take pictures here. */
export function channelsLast(values: Float32Array, shape: readonly number[]): Float32Array<ArrayBuffer> {
  const [frames = 0, channels = 0, height = 0, width = 0] = shape;
  const depth = paddedChannels(channels);
  const pixels = height * width;
  const out = new Float32Array(frames * pixels * depth);
  for (const [i, value] of values.entries()) {
    const [frame, channel] = [Math.floor(i / pixels / channels), Math.floor(i / pixels) % channels];
    out[(frame * pixels + (i % pixels)) * depth + channel] = value;
  }
  return out;
}

/** [frames, height, width, padded] to [frames, channels, height, width]. @param channels Those that are no padding. */
export function channelsFirst(
  values: Float32Array,
  shape: readonly number[],
  channels: number,
): Float32Array<ArrayBuffer> {
  const [frames = 0, height = 0, width = 0, depth = 0] = shape;
  const pixels = height * width;
  return Float32Array.from({ length: frames * channels * pixels }, (_, i) => {
    const [frame, channel] = [Math.floor(i / pixels / channels), Math.floor(i / pixels) % channels];
    return values[(frame * pixels + (i % pixels)) * depth + channel] as number;
  });
}
