import { betaQuantile } from './beta-quantile.ts';

/** `count` numbers from `first` to `last`, evenly spaced: numpy's `linspace`, bit for bit. */
export function linspace(first: number, last: number, count: number): number[] {
  const step = (last - first) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i === 0 ? first : i === count - 1 ? last : i * step + first));
}

/**
 * Stretches a schedule so that its last noise level is `terminal`: `stretch_shift_to_terminal` of diffusers' flow
 * schedulers. A single step has nothing to stretch: diffusers makes NaN of it, and it is left as it is.
 */
export function stretchToTerminal(sigmas: readonly number[], terminal: number): number[] {
  if (sigmas.length === 1) return [...sigmas];
  const scale = (1 - (sigmas.at(-1) as number)) / (1 - terminal);
  return sigmas.map((sigma) => 1 - (1 - sigma) / scale);
}

/** Other ways to lay `steps` noise levels from the largest to the smallest, by their flags in diffusers. */
export const SPACINGS = {
  /** Evenly in the 7th root. Karras et al., arXiv 2206.00364, eq. 5. */
  use_karras_sigmas: ([largest, smallest], steps) =>
    linspace(0, 1, steps).map((t) => (largest ** (1 / 7) + t * (smallest ** (1 / 7) - largest ** (1 / 7))) ** 7),
  /** Evenly in the logarithm. */
  use_exponential_sigmas: ([largest, smallest], steps) =>
    linspace(Math.log(largest), Math.log(smallest), steps).map(Math.exp),
  /** At the quantiles of a beta distribution, dense at both ends. Lee et al., arXiv 2407.12173. */
  use_beta_sigmas: ([largest, smallest], steps) =>
    linspace(0, 1, steps).map((t) => smallest + betaQuantile(1 - t) * (largest - smallest)),
} as const satisfies Record<
  string,
  (range: readonly [largest: number, smallest: number], steps: number) => readonly number[]
>;

/** A flag of {@link SPACINGS}. */
export type Spacing = keyof typeof SPACINGS;
