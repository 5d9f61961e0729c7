/** Both parameters of diffusers' beta schedule. */
const A = 0.6;

/** Newton's steps: the sixth already changes nothing in float64. */
const STEPS = 12;

/** The integral of `(t (1 - t))^(A - 1)` from 0 to x, x in [0, 1/2], by the power series of its second factor. */
function integral(x: number): number {
  let coefficient = 1;
  let sum = 1 / A;
  for (let n = 1; coefficient > 1e-18; n++) {
    coefficient *= ((n - A) / n) * x;
    sum += coefficient / (n + A);
  }
  return x ** A * sum;
}

/**
 * The quantile function of the beta distribution with both parameters 0.6: `scipy.stats.beta.ppf(p, 0.6, 0.6)`.
 *
 * @param p In [0, 1]. @returns x in [0, 1] that the distribution lies below with probability p.
 */
export function betaQuantile(p: number): number {
  // It is symmetric: the lower half is enough, where the series converges.
  if (p > 0.5) return 1 - betaQuantile(1 - p);
  if (p === 0) return 0;
  const target = 2 * p * integral(0.5);
  let x = Math.min(0.5, (target * A) ** (1 / A));
  for (let i = 0; i < STEPS; i++) x -= (integral(x) - target) * (x * (1 - x)) ** (1 - A);
  return x;
}
