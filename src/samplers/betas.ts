import type { ConfigReader } from '../models/config.ts';
import { linspace } from './sigmas.ts';

/**
 * The largest and the smallest noise level of a diffusion with variances beta, `sqrt((1 - a) / a)` for its signal a: what
 * UniPC lays Karras' levels between, also for a flow. Rounded to f32 where diffusers is: where nearly all is signal, that
 * moves the level by a thousandth.
 *
 * Source: diffusers `UniPCMultistepScheduler.__init__`.
 *
 * @param trainTimesteps How many variances there are, where the file does not list them.
 */
export function noiseRange(read: ConfigReader, trainTimesteps: number): [largest: number, smallest: number] {
  const { fround } = Math;
  read.only('rescale_betas_zero_snr', [false, null]);
  const betas = readBetas(read, trainTimesteps);
  const signals = betas.map((beta) => fround(1 - fround(beta)));
  const first = signals[0] as number;
  const last = fround(signals.reduce((product, signal) => product * signal, 1));
  const level = (signal: number) => Math.sqrt((1 - signal) / signal);
  return [level(last), level(first)];
}

/** The variances, as the file lists them or lays them out. @param count How many, where it does not list them. */
export function readBetas(read: ConfigReader, count: number): readonly number[] {
  return read.numbers('trained_betas', spread(read, count));
}

function spread(read: ConfigReader, count: number): number[] {
  const [start, end] = [read.number('beta_start', 0.0001), read.number('beta_end', 0.02)];
  switch (read.only('beta_schedule', ['linear', 'scaled_linear', 'squaredcos_cap_v2'])) {
    case 'linear':
      return linspace(start, end, count);
    case 'scaled_linear':
      return linspace(Math.sqrt(start), Math.sqrt(end), count).map((root) => root ** 2);
    case 'squaredcos_cap_v2':
      return Array.from({ length: count }, (_, i) => {
        return Math.min(0.999, 1 - cosine((i + 1) / count) / cosine(i / count));
      });
  }
}

/** The signal at time t of Nichol and Dhariwal's schedule (arXiv 2102.09672, eq. 17), up to a factor. */
function cosine(t: number): number {
  return Math.cos((((t + 0.008) / 1.008) * Math.PI) / 2) ** 2;
}
