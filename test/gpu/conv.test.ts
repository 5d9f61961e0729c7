import { describe, expect, test } from 'vitest';
import { convVariant, type FrameMap } from '../../src/ops/conv.ts';
import { arrangeChannels, arrangeConvWeight, type Taps } from '../../src/ops/conv-layout.ts';
import { Random } from '../support/kernel-run.ts';
import { channels, checkConv, side, VARIANTS } from '../support/kernels/conv.ts';

describe.each(VARIANTS)('conv %j', (variant) => {
  test.each(['same', 'up2', 'down2'] as const)('%s on odd shapes', async (sampling) => {
    const random = new Random(sampling.length);
    for (let round = 0; round < 4; round++) {
      const taps: Taps = round % 2 ? [3, 3, 3] : [1, 3, 3];
      await checkConv(
        variant,
        {
          taps,
          sampling,
          channels: [channels(random), channels(random)],
          size: [random.integer(1, 4), side(random), side(random)],
          weight: round < 2 && sampling === 'same' ? 'f32' : 'f16',
          residual: round === 3,
        },
        round,
      );
    }
  });

  test('a time convolution makes two frames of each, or one of two, with and without history', async () => {
    const random = new Random(1);
    const size = (frames: number) => [frames, side(random), side(random)] as const;
    const common = { taps: [3, 1, 1], sampling: 'same', weight: 'f16' } as const;
    // The decoder's, whole clip: frame 0 is passed by and counts as zeros.
    const past: FrameMap = { frames: 3, now: 1, start: 1, outFrame: 1 };
    await checkConv(variant, { ...common, channels: [6, 12], groups: 2, size: size(4), map: past }, 1);
    await checkConv(variant, { ...common, channels: [5, 34], groups: 2, size: size(5), map: { frames: 3, now: 2 } }, 2);
    // The encoder's: every second frame.
    const halving: FrameMap = { frames: 2, now: 2, timeStride: 2, outFrame: 1 };
    await checkConv(variant, { ...common, channels: [7, 9], size: size(5), map: halving }, 3);
  });
});

test('conv at the size of a CPU', async () => {
  const variant = convVariant(
    { f16: false, subgroups: false, timestamps: false, software: true },
    {
      pixels: 1000,
      width: 19,
      outChannels: 20,
    },
  );
  const size = [2, 5, 19] as const;
  await checkConv(variant, { taps: [3, 3, 3], sampling: 'same', channels: [5, 20], size, weight: 'f16' }, 1);
});

describe('conv layout', () => {
  test('taps and channels of an output lie in a row, filled up to whole vec4s', () => {
    // 2 outputs x 2 inputs x 3 taps; element = output * 100 + input * 10 + tap.
    const values = Float32Array.of(0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112);
    const rows = arrangeConvWeight(values, 2, 2, 3);
    expect(rows.length).toBe(4 * 3 * 4);
    expect(Array.from(rows.subarray(0, 12))).toEqual([0, 10, 0, 0, 1, 11, 0, 0, 2, 12, 0, 0]);
    expect(Array.from(rows.subarray(12, 16))).toEqual([100, 110, 0, 0]);
    expect(rows.subarray(24).every((value) => value === 0)).toBe(true);
  });

  test('groups of outputs are filled up each for itself', () => {
    expect(Array.from(arrangeChannels(Float32Array.of(1, 2, 3, 4, 5, 6), 2))).toEqual([1, 2, 3, 0, 4, 5, 6, 0]);
    const rows = arrangeConvWeight(Float32Array.of(1, 2, 3, 4), 4, 1, 1, 2);
    expect(Array.from(rows.filter((_, i) => i % 4 === 0))).toEqual([1, 2, 0, 0, 3, 4, 0, 0]);
  });
});

test('the variant follows the device and the shape', () => {
  const gpu = { f16: false, subgroups: false, timestamps: false, software: false };
  const software = { ...gpu, software: true };
  const image = (height: number, width: number, outChannels: number) => ({
    pixels: height * width,
    width,
    outChannels,
  });
  expect(convVariant(software, image(64, 64, 16))).toEqual({ name: 'direct', pixels: 8, channels: 16 });
  expect(convVariant(software, image(64, 64, 4))).toEqual({ name: 'direct', pixels: 8, channels: 4 });
  expect(convVariant(software, image(256, 64, 16))).toEqual({ name: 'direct', pixels: 16, channels: 16 });
  expect(convVariant({ ...software, f16: true }, image(256, 64, 16))).toMatchObject({ pixels: 4, channels: 4 });
  expect(convVariant(software, image(4096, 8, 16))).toEqual({ name: 'direct', pixels: 8, channels: 16 });
  expect(convVariant(gpu, image(480, 832, 4))).toEqual({ name: 'tiled', rows: 8, columns: 1 });
  expect(convVariant(gpu, image(480, 832, 96))).toEqual({ name: 'tiled', rows: 8, columns: 3 });
  expect(convVariant(gpu, image(60, 104, 384))).toEqual({ name: 'tiled', rows: 8, columns: 4 });
  expect(convVariant(gpu, image(8, 8, 384))).toEqual({ name: 'tiled', rows: 4, columns: 4 });
});
