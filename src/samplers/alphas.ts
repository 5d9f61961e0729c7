import type { ConfigReader } from '../models/config.ts';
import { readBetas } from './betas.ts';

const { fround } = Math;

/**
 * The share of a picture's power that is left at each timestep of training, `alphas_cumprod` of diffusers: near 1 at
 * first, falling. Rounded to f32 where PyTorch rounds, which multiplies in f64; a zero is exact.
 *
 * Source: diffusers `DDIMScheduler.__init__`, whose keys and defaults these are.
 *
 * @param trainTimesteps How many there are.
 * @throws {UnsupportedModelError} naming a key that is not built.
 */
export function readAlphas(read: ConfigReader, trainTimesteps: number): Float32Array {
  const betas = readBetas(read, trainTimesteps);
  if (betas.length !== trainTimesteps) throw read.unsupported('trained_betas', `${trainTimesteps} numbers`);
  const alphas = Float32Array.from(betas, (beta) => 1 - fround(beta));
  return cumulated(read.flag('rescale_betas_zero_snr', false) ? withoutSignalAtTheEnd(alphas) : alphas);
}

/** Shifts and scales the square roots of the cumulated shares, so that the last is 0: arXiv 2305.08891, algorithm 1. */
function withoutSignalAtTheEnd(alphas: Float32Array): Float32Array {
  const roots = cumulated(alphas).map(Math.sqrt);
  const [first, last] = [roots[0] as number, roots.at(-1) as number];
  const scale = fround(first / fround(first - last));
  const shares = roots.map((root) => fround(fround(root - last) * scale) ** 2);
  // diffusers goes back by way of the noise of each timestep, and rounds that, too.
  return shares.map((share, i) => 1 - fround(1 - (i === 0 ? share : fround(share / (shares[i - 1] as number)))));
}

function cumulated(alphas: Float32Array): Float32Array {
  let product = 1;
  return alphas.map((alpha) => {
    product *= alpha;
    return product;
  });
}
