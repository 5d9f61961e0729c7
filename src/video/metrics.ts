import { OptionError } from '../errors.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { compile, Program } from '../gpu/program.ts';
import { Recorder } from '../gpu/recorder.ts';
import { download, downloadF32, upload } from '../gpu/transfer.ts';
import { squaredErrors } from '../ops/psnr.ts';
import { dissimilarity, ssimGrid, ssimWeights } from '../ops/ssim.ts';
import type { ClipPixels } from './reader.ts';

/** How near a clip is to another. */
export interface ClipComparison {
  /** Of red, green and blue in [0, 1] over all frames, in dB: -10 log10(mean squared error), at most 99. */
  readonly psnr: number;
  /** Mean structural similarity over frames, channels and windows: 1 for the same pixels. */
  readonly ssim: number;
  /** PSNR of each frame. */
  readonly framePsnr: readonly number[];
  /** SSIM of each frame. */
  readonly frameSsim: readonly number[];
}

/** What the same pixels get, and the most that any get, in dB. */
const MAX_PSNR = 99;

/**
 * Measures a clip against a baseline, on the GPU: a few numbers for each frame come back, the last sums are float64.
 *
 * SSIM is that of Wang et al. (2004): 11 x 11 Gaussian windows of sigma 1.5 wholly inside the picture (the largest odd
 * size that fits smaller ones), K1 = 0.01, K2 = 0.03, biased variances, each channel by itself; so does pytorch-msssim,
 * and scikit-image with `gaussian_weights=True, use_sample_covariance=False`.
 *
 * @param gpu The device that both clips are on.
 * @param a The clip. @param b The baseline; the measures are the same the other way round.
 * @throws {OptionError} when the clips' sizes differ.
 * @throws {LimitError | OutOfMemoryError | KernelError | DeviceLostError}; `signal.reason` on abort.
 */
export async function compareClips(
  gpu: Gpu,
  a: ClipPixels,
  b: ClipPixels,
  signal?: AbortSignal,
): Promise<ClipComparison> {
  const { frameCount, height, width } = a;
  if (sizeOf(a) !== sizeOf(b)) {
    throw new OptionError(
      `A clip of ${sizeOf(a)} was compared with one of ${sizeOf(b)}.`,
      'Compare clips of the same size and number of frames.',
    );
  }
  const { window, rows, columns, strips } = ssimGrid(height, width);
  const windowWeights = ssimWeights(window);
  const recorder = new Recorder('compare');
  const errors = recorder.persistent('squared errors', [frameCount, height], 'u32');
  const differences = recorder.persistent('dissimilarity', [frameCount, strips]);
  const weights = recorder.persistent('ssim/weights', [windowWeights.length]);
  const context = { recorder, capabilities: gpu.capabilities, operands: 'f32' } as const;
  const clips = { a: a.pixels, b: b.pixels, width };
  recorder.section('compare', () => {
    squaredErrors(context, { ...clips, out: errors });
    dissimilarity(context, { ...clips, weights, out: differences });
  });
  const recording = recorder.finish();
  await compile(gpu, [recording], signal);
  const program = await Program.create(gpu, recording);
  try {
    upload(gpu, weights, windowWeights);
    await gpu.pacer.run('compare', program.section('compare'), signal);
    const [squares, dissimilar] = await Promise.all([
      download(gpu, errors, signal),
      downloadF32(gpu, differences, signal),
    ]);
    const frameErrors = frameMeans(new Uint32Array(squares), frameCount, height, 255 ** 2 * 3 * height * width);
    const frameSsim = frameMeans(dissimilar, frameCount, strips, 3 * rows * columns).map((mean) => 1 - mean);
    return {
      psnr: decibels(average(frameErrors)),
      ssim: average(frameSsim),
      framePsnr: frameErrors.map(decibels),
      frameSsim,
    };
  } catch (error) {
    // Whatever an abort made fail.
    signal?.throwIfAborted();
    throw error;
  } finally {
    program.dispose();
  }
}

function sizeOf({ frameCount, height, width }: ClipPixels): string {
  return `${frameCount} frames of ${width} x ${height}`;
}

/** Adds up each frame's `perFrame` sums and divides by how many values they are of. */
function frameMeans(sums: Uint32Array | Float32Array, frameCount: number, perFrame: number, divisor: number): number[] {
  return Array.from({ length: frameCount }, (_, frame) => {
    let total = 0;
    for (let i = frame * perFrame; i < (frame + 1) * perFrame; i++) total += sums[i] as number;
    return total / divisor;
  });
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function decibels(meanSquare: number): number {
  return meanSquare === 0 ? MAX_PSNR : Math.min(MAX_PSNR, -10 * Math.log10(meanSquare));
}
