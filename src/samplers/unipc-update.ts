/** What a step of UniPC depends on besides the noise levels. */
export interface UniPcSettings {
  /** Of the predictor, 1 to 3: estimates that a step uses, its own included. */
  readonly order: number;
  /** Whether B(h) is h (`bh1`) instead of e^h - 1 (`bh2`). */
  readonly isBh1: boolean;
  /** Whether the order falls to 1 towards the last step. */
  readonly lowersFinal: boolean;
  /** Steps whose prediction the next step does not correct. */
  readonly uncorrected: ReadonlySet<number>;
}

/** A combination of [latents, last, m1, ..., m_order, velocity]: one factor each. */
type Combination = readonly number[];

/** An estimate, and the log-signal-to-noise ratio where it was made. */
type Estimate = readonly [m: Combination, lambda: number];

/**
 * The matrix of a step. The state is the latents, the corrected latents that the previous predictor started from
 * (`last`), and the estimates of the steps before, the newest first (m1, m2, ...).
 *
 * Source: diffusers `multistep_uni_p_bh_update` and `multistep_uni_c_bh_update`, whose results are combinations of these.
 *
 * @param sigmas One more than there are steps.
 */
export function unipcUpdate(settings: UniPcSettings, sigmas: readonly number[], step: number): Combination[] {
  const { order: most, isBh1, lowersFinal, uncorrected } = settings;
  const steps = sigmas.length - 1;
  const at = (index: number) => sigmas[index] as number;
  const lambda = (index: number) => Math.log((1 - at(index)) / at(index));
  const unit = (index: number) => Array.from({ length: most + 3 }, (_, i) => (i === index ? 1 : 0));
  const [latents, last, velocity] = [unit(0), unit(1), unit(most + 2)];
  const estimate = sum([1, latents], [-at(step), velocity]);
  /** The estimate of so many steps ago. */
  const m = (age: number) => (age === 0 ? estimate : unit(1 + age));
  const made = (age: number): Estimate => [m(age), lambda(step - age)];
  const since = (first: number, count: number) => Array.from({ length: count }, (_, i) => made(first + i));
  /** Of the prediction made at a step: low at the start, where it has too few neighbours, and at the end. */
  const order = (index: number) => Math.min(most, lowersFinal ? steps - index : most, index + 1);

  /** From level `from` to the next: exact for the constant estimate `m0`, plus what its change by `others` adds. */
  const advance = (from: number, x: Combination, m0: Combination, others: readonly Estimate[]) => {
    const h = lambda(from + 1) - lambda(from);
    const b = isBh1 ? -h : Math.expm1(-h);
    const alpha = 1 - at(from + 1);
    const ratios = others.map(([, level]) => (level - lambda(from)) / h);
    const changes = differenceWeights(ratios, -h, b).map((weight, i) => {
      const [other] = others[i] as Estimate;
      return [(-alpha * b * weight) / (ratios[i] as number), sum([1, other], [-1, m0])] as const;
    });
    return sum([at(from + 1) / at(from), x], [-alpha * Math.expm1(-h), m0], ...changes);
  };

  const isCorrected = step > 0 && !uncorrected.has(step - 1);
  const corrected = isCorrected ? advance(step - 1, last, m(1), [...since(2, order(step - 1) - 1), made(0)]) : latents;
  const predicted = advance(step, corrected, estimate, since(1, order(step) - 1));
  return [predicted, corrected, estimate, ...since(1, most - 1).map(([m]) => m)];
}

/**
 * The weights of the divided differences, which solve `sum_j ratio_j^i weight_j = b_i` (Zhao et al., arXiv 2302.04867,
 * eq. 5). The only one of order 1 or 2 is a half in diffusers, whatever its ratio.
 */
function differenceWeights(ratios: readonly number[], h: number, b: number): number[] {
  if (ratios.length < 2) return ratios.map(() => 0.5);
  let phi = Math.expm1(h) / h - 1;
  let factorial = 1;
  const right = ratios.map((_, i) => {
    const value = (phi * factorial) / b;
    factorial *= i + 2;
    phi = phi / h - 1 / factorial;
    return value;
  });
  // The matrix is Vandermonde's: its inverse has the coefficients of Lagrange's polynomials in its rows.
  return ratios.map((ratio) => {
    let polynomial = [1];
    for (const other of ratios.filter((one) => one !== ratio)) {
      polynomial = [0, ...polynomial].map((value, i) => (value - other * (polynomial[i] ?? 0)) / (ratio - other));
    }
    return polynomial.reduce((total, value, i) => total + value * (right[i] as number), 0);
  });
}

function sum(...terms: readonly (readonly [factor: number, combination: Combination])[]): Combination {
  const [first] = terms;
  return (first?.[1] ?? []).map((_, i) =>
    terms.reduce((total, [factor, row]) => total + factor * (row[i] as number), 0),
  );
}
