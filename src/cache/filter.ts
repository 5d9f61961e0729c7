/** A filter of tokens along frames, rows and columns, in the frequency domain: what is multiplied by which number. */
export interface Filter {
  /** With all that its gains depend on: scores are taken for another policy's only where filters have the same. */
  readonly name: string;
  /**
   * The gain of a frequency along an axis; those of all axes multiply.
   *
   * @param frequency In periods over the axis, 0 to half of its length.
   */
  gains(step: number, length: number): (frequency: number) => number;
}

/** How the gains of a filter are brought to a common scale: their mean or their largest becomes 1. */
export type FilterScale = 'mean' | 'peak';

/** What a latent is made of: `signal` times a clip, and `noise` times white noise. */
export interface Mixture {
  readonly signal: number;
  readonly noise: number;
}

/**
 * The gains of the linear denoiser that is optimal where the power of clips falls as `frequency^-exponent` (Wiener;
 * SeaCache, arXiv 2602.18993): `a S / (a^2 S + b^2)`, a being the share of signal, b of noise, and frequencies in
 * periods a token. The smallest number of its code stands in for a power that is infinite at 0.
 */
export function wienerGains(
  { signal, noise }: Mixture,
  exponent: number,
  scale: FilterScale,
  length: number,
): (frequency: number) => number {
  const least = 1e-16;
  const gain = (frequency: number) => {
    const power = 1 / ((frequency / length) ** exponent + least);
    return (signal * power) / (signal * signal * power + noise * noise + least);
  };
  const all = Array.from({ length }, (_, f) => gain(Math.min(f, length - f)));
  const whole = scale === 'peak' ? Math.max(...all) : all.reduce((sum, each) => sum + each, 0) / length;
  return (frequency) => gain(frequency) / whole;
}
