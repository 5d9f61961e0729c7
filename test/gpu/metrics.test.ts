import { expect, test } from 'vitest';
import type { Gpu } from '../../src/gpu/gpu.ts';
import { Tensor } from '../../src/gpu/tensor.ts';
import { upload } from '../../src/gpu/transfer.ts';
import { squaredErrors } from '../../src/ops/psnr.ts';
import { dissimilarity, ssimGrid, ssimWeights } from '../../src/ops/ssim.ts';
import { type ClipComparison, compareClips } from '../../src/video/metrics.ts';
import type { ClipPixels } from '../../src/video/reader.ts';
import torch from '../fixtures/metrics.json';
import { expectClose, KernelRun, testGpu } from '../support/kernel-run.ts';
import { type ClipSize, clipsOf, psnrReference, ssimReference } from '../support/metrics-reference.ts';

/** Bytes [frames, height, width, 3] as RGBA words; what pads rows must not count, so it is noise. */
function pack(bytes: readonly number[], [frames, height, width]: ClipSize, stride: number) {
  const words = Uint32Array.from({ length: frames * height * stride }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
  for (let i = 0; i < frames * height * width; i++) {
    const [r = 0, g = 0, b = 0] = bytes.slice(3 * i, 3 * i + 3);
    words[Math.floor(i / width) * stride + (i % width)] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  return words;
}

/** Puts a clip on the GPU. */
async function clipOf(gpu: Gpu, bytes: readonly number[], size: ClipSize, stride = size[2]): Promise<ClipPixels> {
  const [frameCount, height, width] = size;
  const pixels = new Tensor('clip', 'u32', [frameCount, height, stride]);
  const [buffer] = await gpu.memory.allocate([{ label: 'clip', bytes: pixels.bytes }]);
  pixels.bind(buffer);
  upload(gpu, pixels, pack(bytes, size, stride));
  return { gpu, pixels, width, height, frameCount };
}

/** Compares two clips whose rows are padded differently. */
async function compare(a: readonly number[], b: readonly number[], size: ClipSize): Promise<ClipComparison> {
  const gpu = await testGpu();
  const clips = [await clipOf(gpu, a, size), await clipOf(gpu, b, size, size[2] + 3)] as const;
  const before = gpu.memory.currentBytes;
  try {
    const comparison = await compareClips(gpu, ...clips);
    expect(gpu.memory.currentBytes, 'bytes kept').toBe(before);
    return comparison;
  } finally {
    gpu.memory.free(clips.map(({ pixels }) => pixels.buffer));
  }
}

const SIZES: ClipSize[] = [
  [2, 13, 17],
  [3, 32, 48],
  [1, 128, 128],
  [2, 11, 11],
  [2, 6, 9],
  [2, 1, 1],
];

test.each(SIZES)('%i frames of %i x %i pixels', async (...size) => {
  const [a, b] = clipsOf(11, size);
  const got = await compare(a, b, size);
  const [psnr, ssim] = [psnrReference(a, b, size), ssimReference(a, b, size)];
  expectClose(got.framePsnr, psnr, 1e-12, 'PSNR');
  expectClose(got.frameSsim, ssim, 2e-6, 'SSIM');
  expectClose([got.psnr], psnrReference(a, b, [1, size[0] * size[1], size[2]]), 1e-12, 'PSNR of all frames');
  expectClose([got.ssim], [ssim.reduce((sum, value) => sum + value) / size[0]], 2e-6, 'mean SSIM');
});

test.each(torch.cases)('the float64 reference agrees with PyTorch: seed $seed', (golden) => {
  const size = [golden.frames, golden.height, golden.width] as const;
  const [a, b] = clipsOf(golden.seed, size);
  expectClose(ssimReference(a, b, size), golden.frameSsim, 1e-12, 'SSIM');
  expectClose(psnrReference(a, b, size), golden.framePsnr, 1e-12, 'PSNR');
});

test('the same pixels are at the cap, also in flat and bright pictures', async () => {
  const size = [2, 32, 48] as const;
  const [noisy] = clipsOf(5, size);
  for (const clip of [noisy, noisy.map(() => 0), noisy.map(() => 254)]) {
    expect(await compare(clip, clip, size)).toEqual({ psnr: 99, ssim: 1, framePsnr: [99, 99], frameSsim: [1, 1] });
  }
});

test('black against white', async () => {
  const size = [1, 13, 17] as const;
  const black = new Array<number>(13 * 17 * 3).fill(0);
  const { psnr, ssim } = await compare(
    black,
    black.map(() => 255),
    size,
  );
  expect(psnr).toBeCloseTo(0, 12);
  expect(ssim).toBeCloseTo(0.0001 / 1.0001, 7);
});

test('flat pictures a level apart, where variances that cancel would be seen', async () => {
  const size = [1, 32, 32] as const;
  const flat = new Array<number>(32 * 32 * 3).fill(254);
  const [u, v] = [254 / 255, 253 / 255];
  const { ssim } = await compare(
    flat,
    flat.map(() => 253),
    size,
  );
  expect(1 - ssim).toBeCloseTo((u - v) ** 2 / (u * u + v * v + 0.0001), 6);
});

test('one frame of many that differs is seen in its own figures', async () => {
  const size = [3, 13, 17] as const;
  const [a] = clipsOf(6, size);
  const b = a.map((value, i) => (Math.floor(i / (a.length / 3)) === 1 ? value ^ 1 : value));
  const { psnr, framePsnr, frameSsim } = await compare(a, b, size);
  expectClose(framePsnr, [99, 20 * Math.log10(255), 99], 1e-12);
  expect(psnr).toBeCloseTo(20 * Math.log10(255) + 10 * Math.log10(3), 10);
  expect(frameSsim[0]).toBe(1);
  expect(frameSsim[1]).toBeLessThan(1);
});

test('every sum is written, and the same bits twice', async () => {
  const gpu = await testGpu();
  const size = [2, 19, 23] as const;
  const [a, b] = clipsOf(7, size).map((bytes) => pack(bytes, size, 23)) as [Uint32Array, Uint32Array];
  const { window, strips } = ssimGrid(19, 23);
  const once = () => {
    const run = new KernelRun(gpu);
    const clips = { a: run.input(size, a, 'u32'), b: run.input(size, b, 'u32'), width: 23 };
    const weights = run.input([window + 6], ssimWeights(window));
    // Called f32 so that what is left out stays NaN and sums come back as bits.
    const [errors, differences] = [run.output([2, 19]), run.output([2, strips])];
    const record = () => {
      squaredErrors(run.context, { ...clips, out: errors });
      dissimilarity(run.context, { ...clips, weights, out: differences });
    };
    return run.run(record, errors, differences);
  };
  const first = await once();
  for (const sums of first) expect(sums.some(Number.isNaN)).toBe(false);
  expect(await once()).toEqual(first);
});

test('clips of other sizes are refused', async () => {
  const gpu = await testGpu();
  const clip = (frameCount: number, height: number, width: number): ClipPixels => ({
    ...{ gpu, frameCount, height, width },
    pixels: new Tensor('clip', 'u32', [frameCount, height, width]),
  });
  await expect(compareClips(gpu, clip(2, 8, 8), clip(3, 8, 8))).rejects.toThrow(/2 frames of 8 x 8 .* 3 frames/);
  const run = new KernelRun(gpu);
  const [a, out] = [run.output([1, 4, 4], 'u32'), run.output([1, 4])];
  expect(() => squaredErrors(run.context, { a, b: a, width: 5, out })).toThrow(/5 wide/);
  expect(() => dissimilarity(run.context, { a, b: a, width: 4, weights: out, out })).toThrow(/by \[1,4\]/);
});
