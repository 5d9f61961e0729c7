import { expect } from 'vitest';
import { type ConvVariant, conv, type FrameMap, type Sampling } from '../../../src/ops/conv.ts';
import { arrangeChannels, arrangeConvWeight, paddedChannels, type Taps } from '../../../src/ops/conv-layout.ts';
import { expectClose, KernelRun, Random, rounded, testGpu } from '../kernel-run.ts';

/** Small tiles stand for large ones where only their numbers differ: those take a CPU driver seconds to compile. */
export const VARIANTS: ConvVariant[] = [
  { name: 'direct', pixels: 4, channels: 8 },
  { name: 'tiled', rows: 4, columns: 4 },
  { name: 'tiled', rows: 8, columns: 1 },
];

export interface Case {
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

export async function checkConv(variant: ConvVariant, c: Case, seed: number): Promise<void> {
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

export const pick = <T>(random: Random, list: readonly T[]): T => list[random.integer(0, list.length - 1)] as T;
export const channels = (random: Random) => pick(random, [1, 2, 3, 4, 5, 8, 12, 16, 18, 24]);
export const side = (random: Random) => random.integer(2, 13);
