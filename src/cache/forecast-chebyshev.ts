import type { Forecast } from './forecast.ts';
import { solve } from './solve.ts';

/** How values are forecast. */
export interface ChebyshevFit {
  /** Most values that are gone on from. */
  readonly depth: number;
  /** Of the polynomials: T_0 to T_degree. */
  readonly degree: number;
  /** What is added to the diagonal of the normal equations, above 0: holds coefficients back. */
  readonly ridge: number;
  /** The fit's share, 0 to 1; the rest is the local line's. */
  readonly share: number;
  /** How far the local line goes on along the last change: half of it, whatever the distance, or as far as the step is. */
  readonly line: 'half' | 'distance';
  /** Steps that the interval of the polynomials, -1 to 1, stands for. */
  readonly span: number;
}

/**
 * Chebyshev polynomials of time, fitted to all kept values by ridge regression, and evaluated later; blended with a line
 * through the last two (Spectrum, arXiv 2603.01623). Both are linear in the values: weights again.
 */
export function chebyshev(fit: ChebyshevFit): Forecast {
  const { depth, share, line } = fit;
  return {
    name: `chebyshev ${fit.degree}`,
    depth,
    weights(kept, step) {
      const fitted = fittedWeights(fit, kept, step);
      const [last = 0, before] = kept;
      if (before === undefined) return fitted.map(() => 1);
      const along = line === 'half' ? 0.5 : (step - last) / (last - before);
      const local = [1 + along, -along];
      return fitted.map((weight, i) => share * weight + (1 - share) * (local[i] ?? 0));
    },
  };
}

/** `X (X^T X + ridge I)^-1 x`, X being the polynomials at the kept steps, x at the one that is wanted. */
function fittedWeights({ degree, ridge, span }: ChebyshevFit, kept: readonly number[], step: number): number[] {
  const design = kept.map((at) => polynomials(degree, (2 * at) / span - 1));
  const normal = Array.from({ length: degree + 1 }, (_, i) =>
    Array.from({ length: degree + 1 }, (_, j) =>
      design.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), i === j ? ridge : 0),
    ),
  );
  const solved = solve(normal, polynomials(degree, (2 * step) / span - 1));
  return design.map((row) => row.reduce((sum, value, i) => sum + value * (solved[i] as number), 0));
}

/** T_0 to T_degree. */
function polynomials(degree: number, at: number): number[] {
  const values = [1, at];
  while (values.length <= degree) values.push(2 * at * (values.at(-1) as number) - (values.at(-2) as number));
  return values.slice(0, degree + 1);
}
