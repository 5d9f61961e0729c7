import { describe, expect, test } from 'vitest';
import { type ConvVariant, conv, convVariant, type FrameMap, type Sampling } from '../../src/ops/conv.ts';
import { arrangeChannels, arrangeConvWeight, paddedChannels, type Taps } from '../../src/ops/conv-layout.ts';
import { describeWithF16 } from '../support/gpu.ts';
import { expectClose, KernelRun, Random, rounded, testGpu } from '../support/kernel-run.ts';

/** Small tiles stand for large ones where only their numbers differ: those take a CPU driver seconds to compile. */
const VARIANTS: ConvVariant[] = [
  { name: 'direct', pixels: 4, channels: 8 },
  { name: 'tiled', rows: 4, columns: 4 },
  { name: 'tiled', rows: 8, columns: 1 },
];

interface Case {
  readonly taps: Taps;
  readonly sampling: Sampling;
  readonly channels: readonly [into: number, out: number];
  /** Frames, height and width of the input. */
  readonly size: readonly [number, number, number];
  readonly map?: FrameMap;
  readonly groups?: 1 | 2;
  readonly residual?: boolean;
  readonly x?: 'f32' | 'f16';
  readonly weight?: 'f32' | 'f16';
}

/** PyTorch's conv3d in float64, on [frames, height, width, channels] without padding channels. */
function reference(c: Case, x: Float32Array, w: Float32Array, bias: Float32Array, outSize: readonly number[]) {
  const [kt, kh, kw] = c.taps;
  const [inC, outC] = c.channels;
  const [T, H, W] = c.size;
  const [frames = 0, height = 0, width = 0] = outSize;
  const { now = 0, start = 0, timeStride = 1 } = c.map ?? {};
  const pad = c.sampling === 'down2' ? 0 : (kw - 1) / 2;
  const step = c.sampling === 'down2' ? 2 : 1;
  const grow = c.sampling === 'up2' ? 2 : 1;
  const out = new Float64Array(frames * height * width * outC);
  const at = (t: number, y: number, xx: number, ch: number) => {
    if (t < start || y < 0 || y >= H * grow || xx < 0 || xx >= W * grow) return 0;
    if (t >= T) throw new Error(`the case reads frame ${t} of ${T}`);
    return x[((t * H + Math.floor(y / grow)) * W + Math.floor(xx / grow)) * inC + ch] as number;
  };
  for (let i = 0; i < out.length; i++) {
    const o = i % outC;
    const column = Math.floor(i / outC) % width;
    const row = Math.floor(i / outC / width) % height;
    const t = Math.floor(i / outC / width / height);
    let sum = bias[o] as number;
    for (let tap = 0; tap < kt * kh * kw; tap++) {
      const [dt, dy, dx] = [Math.floor(tap / kh / kw) - kt + 1, (Math.floor(tap / kw) % kh) - pad, (tap % kw) - pad];
      for (let ch = 0; ch < inC; ch++) {
        const value = at(now + t * timeStride + dt, row * step + dy, column * step + dx, ch);
        sum += value * (w[(o * inC + ch) * kt * kh * kw + tap] as number);
      }
    }
    out[i] = sum;
  }
  return out;
}

/** Channel-last values with padding channels set to zero. */
function pad(values: ArrayLike<number>, channels: number): Float32Array<ArrayBuffer> {
  const depth = paddedChannels(channels);
  const out = new Float32Array((values.length / channels) * depth);
  for (let i = 0; i < values.length; i++) out[Math.floor(i / channels) * depth + (i % channels)] = values[i] as number;
  return out;
}

async function check(variant: ConvVariant, c: Case, seed: number): Promise<void> {
  const random = new Random(seed);
  const run = new KernelRun(await testGpu());
  const [inC, outC] = c.channels;
  const [T, H, W] = c.size;
  const taps = c.taps[0] * c.taps[1] * c.taps[2];
  const groups = c.groups ?? 1;
  const { frames = T, outFrame = 0 } = c.map ?? {};
  const scaled = (n: number) => (c.sampling === 'up2' ? 2 * n : c.sampling === 'down2' ? Math.floor(n / 2) : n);
  const [height, width] = [scaled(H), scaled(W)];
  const x = rounded(random.values(T * H * W * inC), c.x ?? 'f32');
  const w = rounded(random.values(outC * inC * taps, 1 / Math.sqrt(inC * taps)), c.weight ?? 'f32');
  const bias = random.values(outC);
  const want = reference(c, x, w, bias, [frames, height, width]);

  const perFrame = outC / groups;
  const depth = paddedChannels(perFrame);
  const shape = [outFrame + frames * groups, height, width, depth];
  // The reference's outputs with each group in a frame of its own, behind the frames that are left alone.
  const placed = new Float64Array((shape[0] as number) * height * width * perFrame).fill(Number.NaN);
  for (let i = 0; i < want.length; i++) {
    const [o, pixel] = [i % outC, Math.floor(i / outC)];
    const t = Math.floor(pixel / (height * width));
    const frame = outFrame + t * groups + Math.floor(o / perFrame);
    placed[(frame * height * width + (pixel % (height * width))) * perFrame + (o % perFrame)] = want[i] as number;
  }
  const expected = pad(placed, perFrame);
  const before = c.residual ? pad(random.values(placed.length), perFrame) : undefined;
  const out = before ? run.input(shape, before) : run.output(shape);
  const padded = [groups * depth, taps, paddedChannels(inC)];
  const weight = {
    weight: run.input(padded, arrangeConvWeight(w, outC, inC, taps, groups), c.weight),
    bias: run.input([groups * depth], arrangeChannels(bias, groups)),
    outChannels: groups * depth,
    inChannels: paddedChannels(inC),
    taps: c.taps,
  };
  const input = run.input([T, H, W, paddedChannels(inC)], pad(x, inC), c.x);
  const { sampling, map, residual, groups: parts } = c;
  const options = { sampling, ...(map && { map }), residual: residual ?? false, interleave: parts === 2 };
  const [got = []] = await run.run(() => conv(run.context, { x: input, weight, out, variant, ...options }), out);
  const untouched = outFrame * height * width * depth;
  expect(Array.from(got.slice(0, untouched)).every((v, i) => (before ? v === before[i] : Number.isNaN(v)))).toBe(true);
  const sum = before ? expected.map((value, i) => value + (before[i] as number)) : expected;
  expectClose(got.slice(untouched), sum.slice(untouched), 2e-5, `${JSON.stringify(variant)} ${JSON.stringify(c)}`);
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random.integer(0, list.length - 1)] as T;
const channels = (random: Random) => pick(random, [1, 2, 3, 4, 5, 8, 12, 16, 18, 24]);
const side = (random: Random) => random.integer(2, 13);

describe.each(VARIANTS)('conv %j', (variant) => {
  test.each(['same', 'up2', 'down2'] as const)('%s on odd shapes', async (sampling) => {
    const random = new Random(sampling.length);
    for (let round = 0; round < 4; round++) {
      const taps: Taps = round % 2 ? [3, 3, 3] : [1, 3, 3];
      await check(
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
    await check(variant, { ...common, channels: [6, 12], groups: 2, size: size(4), map: past }, 1);
    await check(variant, { ...common, channels: [5, 34], groups: 2, size: size(5), map: { frames: 3, now: 2 } }, 2);
    // The encoder's: every second frame.
    const halving: FrameMap = { frames: 2, now: 2, timeStride: 2, outFrame: 1 };
    await check(variant, { ...common, channels: [7, 9], size: size(5), map: halving }, 3);
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
  await check(variant, { taps: [3, 3, 3], sampling: 'same', channels: [5, 20], size, weight: 'f16' }, 1);
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

describeWithF16('conv with f16 operands', () => {
  // One source a variant: lavapipe takes seconds to compile each.
  test.each(VARIANTS.slice(0, 2))('f16 %j', async (variant) => {
    const random = new Random(9);
    for (let round = 0; round < 3; round++) {
      const size = [2, side(random), side(random)] as const;
      const types = { x: 'f16', weight: 'f16' } as const;
      await check(variant, { taps: [3, 3, 3], sampling: 'same', channels: [5, 18], size, ...types }, round);
    }
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
  expect(convVariant(software, image(4096, 8, 16))).toEqual({ name: 'direct', pixels: 8, channels: 16 });
  expect(convVariant(gpu, image(480, 832, 4))).toEqual({ name: 'tiled', rows: 8, columns: 1 });
  expect(convVariant(gpu, image(480, 832, 96))).toEqual({ name: 'tiled', rows: 8, columns: 3 });
  expect(convVariant(gpu, image(60, 104, 384))).toEqual({ name: 'tiled', rows: 8, columns: 4 });
  expect(convVariant(gpu, image(8, 8, 384))).toEqual({ name: 'tiled', rows: 4, columns: 4 });
});
