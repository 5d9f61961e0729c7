import type { Forecast } from './forecast.ts';
import { solve } from './solve.ts';

/** Inner products of the predictions of any two steps, up to a scale: symmetric, [steps][steps]. */
export type Gram = readonly (readonly number[])[];

/** Share of each value's own square that is added to the diagonal: holds back weights of values that are nearly parallel. */
const RIDGE = 1e-4;

/** The weighted sum of kept predictions that is nearest to a later one, by least squares over the runs that were measured. */
export function leastSquares(gram: Gram, depth: number): Forecast {
  return { name: `fit of ${depth}`, depth, weights: (kept, step) => fitWeights(gram, kept.slice(0, depth), step) };
}

/**
 * `(A + ridge diag A) w = g`: A has the inner products of what is kept, g those with what it stands for.
 *
 * @returns a weight for each kept step.
 */
export function fitWeights(gram: Gram, kept: readonly number[], step: number): number[] {
  const product = (i: number, j: number) => gram[i]?.[j] as number;
  const normal = kept.map((i) => kept.map((j) => product(i, j) * (i === j ? 1 + RIDGE : 1)));
  const right = kept.map((i) => product(i, step));
  return solve(normal, right);
}

/** What a schedule is chosen by. */
export interface FitRun {
  readonly gram: Gram;
  /** By step, what its prediction is multiplied by when it is added to the latents: the share of noise that it removes. */
  readonly weights: readonly number[];
  /** Most computed steps that a forecast goes on from. */
  readonly history: number;
  /** Most steps that are forecast in a row. */
  readonly lookahead: number;
}

/**
 * By how much the latents are off after the steps that are forecast between two computed ones, squared.
 *
 * @param kept Computed steps, the newest first. @param next The step that is computed next, or the end.
 */
export function segmentError({ gram, weights }: FitRun, kept: readonly number[], next: number): number {
  const [last = 0] = kept;
  // Of each step's prediction, how much more the forecasts add of it than is right.
  const added = new Map(kept.map((step) => [step, 0]));
  for (let step = last + 1; step < next; step++) {
    const share = weights[step] as number;
    const fitted = fitWeights(gram, kept, step);
    for (const [i, from] of kept.entries())
      added.set(from, (added.get(from) as number) + share * (fitted[i] as number));
    added.set(step, -share);
  }
  let error = 0;
  for (const [i, ofOne] of added) for (const [j, ofOther] of added) error += ofOne * ofOther * (gram[i]?.[j] as number);
  // Means of prompts need not be inner products of anything: no schedule gains by that.
  return Math.max(0, error);
}

/** The steps from some on, and what they come to. */
interface Plan {
  readonly error: number;
  readonly step: number;
  readonly rest?: Plan;
}

/** Where none is lawful. */
const NONE: Plan = { error: Number.POSITIVE_INFINITY, step: 0 };

/**
 * The steps to compute, 0 the first: those of which the errors of all segments come to the least, by dynamic programming.
 * Of equal ones, those that are computed sooner.
 *
 * @returns `count` steps, rising: more where too few would leave out more than `lookahead` in a row, at most all.
 */
export function fitSteps(run: FitRun, count: number): number[] {
  const { history, lookahead, weights } = run;
  const steps = weights.length;
  const errors = new Map<number, number>();
  const plans = new Map<number, Plan>();
  const code = (kept: readonly number[]) => kept.reduce((sum, step) => sum * (steps + 1) + step + 1, 0);
  const errorOf = (kept: readonly number[], next: number) => {
    if (next === (kept[0] as number) + 1) return 0;
    const key = code(kept) * (steps + 1) + next;
    const error = errors.get(key) ?? segmentError(run, kept, next);
    errors.set(key, error);
    return error;
  };
  /** The best of what is left, with so many more computed steps. */
  const best = (kept: readonly number[], left: number): Plan => {
    const [last = 0] = kept;
    const farthest = last + lookahead + 1;
    if (farthest + left * (lookahead + 1) < steps) return NONE;
    if (left === 0) return { error: errorOf(kept, steps), step: steps };
    const key = code(kept) * (steps + 1) + left;
    const known = plans.get(key);
    if (known) return known;
    let plan = NONE;
    for (let step = last + 1; step <= Math.min(farthest, steps - left); step++) {
      const rest = best([step, ...kept].slice(0, history), left - 1);
      const error = errorOf(kept, step) + rest.error;
      if (error < plan.error) plan = { error, step, rest };
    }
    plans.set(key, plan);
    return plan;
  };
  const least = Math.ceil(steps / (lookahead + 1));
  const chosen = [0];
  let plan: Plan | undefined = best(chosen, Math.min(steps, Math.max(count, least)) - 1);
  for (; plan && plan.step < steps; plan = plan.rest) chosen.push(plan.step);
  return chosen;
}
