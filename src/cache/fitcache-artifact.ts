import { invalidArtifact } from './artifact.ts';
import type { Calibration } from './calibration.ts';
import type { Gram } from './fitcache-schedule.ts';
import { type Branch, branchOf, type RunIdentity } from './run-shape.ts';

/** The policy that it is for. */
export const FITCACHE = 'fitcache';

/** What calibration found out about a model, for one sampler and count of steps. */
export interface FitCacheArtifact extends RunIdentity {
  readonly policy: typeof FITCACHE;
  /** What the numbers are means of. */
  readonly prompts: readonly string[];
  readonly branches: readonly Branch[];
  /** By step, the norm of the prediction over that of the first. */
  readonly norms: readonly number[];
  /** `[k - 1][s]`: 1 less the cosine of the angle between the predictions of steps s and s + k. Kept so, small ones keep their digits. */
  readonly cosineDistances: readonly (readonly number[])[];
}

/** Significant digits: far more than they agree in between prompts. */
const DIGITS = 5;

/** How long the predictions of full runs are, and how far any two are turned from each other. */
export const fitCacheCalibration: Calibration = {
  request: ({ steps }) => ({
    slots: [{ name: 'velocity', site: 'velocity', value: 'output' }],
    metric: { kind: 'cosine', per: 'tensor' },
    others: { norm: { kind: 'normRatio', per: 'tensor' } },
    distances: steps - 1,
  }),

  artifact(scores, { shape, model, sampler, steps, prompts }) {
    const later = Array.from({ length: steps - 1 }, (_, i) => i + 1);
    const norms = [1, ...later.map((k) => rounded(scores.of('velocity', k, 0, 'norm')))];
    const cosineDistances = later.map((k) =>
      Array.from({ length: steps - k }, (_, step) => rounded(scores.of('velocity', k, step))),
    );
    const branches = shape.keys.map(branchOf);
    const artifact = { policy: FITCACHE, model, sampler, steps, branches, prompts, norms, cosineDistances };
    return { ...parseFitCacheArtifact(artifact) };
  },
};

/** Inner products of predictions, the first of which is as long as 1. */
export function gramOf({ norms, cosineDistances }: FitCacheArtifact): Gram {
  return norms.map((one, i) =>
    norms.map((other, j) => {
      const distance = i === j ? 0 : (cosineDistances[Math.abs(i - j) - 1]?.[Math.min(i, j)] as number);
      return (1 - distance) * one * other;
    }),
  );
}

/** Checks an artifact's fields. @throws {OptionError} naming the one that is wrong. */
export function parseFitCacheArtifact(json: Readonly<Record<string, unknown>>): FitCacheArtifact {
  const { policy, model, sampler, steps, norms, cosineDistances } = json;
  if (policy !== FITCACHE) throw invalidArtifact(FITCACHE, 'policy', policy, FITCACHE);
  for (const [name, value] of Object.entries({ model, sampler })) {
    if (typeof value !== 'string') throw invalidArtifact(FITCACHE, name, value, 'a text');
  }
  if (!Number.isInteger(steps) || Number(steps) < 1) throw invalidArtifact(FITCACHE, 'steps', steps, 'a count');
  const isNorms = isNumbers(norms, Number(steps)) && norms.every((norm) => norm > 0);
  if (!isNorms) throw invalidArtifact(FITCACHE, 'norms', norms, `${steps} numbers above 0`);
  if (!Array.isArray(cosineDistances) || cosineDistances.length !== Number(steps) - 1) {
    throw invalidArtifact(FITCACHE, 'cosineDistances', cosineDistances, `${Number(steps) - 1} lists`);
  }
  for (const [i, row] of cosineDistances.entries()) {
    const count = Number(steps) - 1 - i;
    if (!isNumbers(row, count)) throw invalidArtifact(FITCACHE, `cosineDistances[${i}]`, row, `${count} numbers`);
  }
  return json as unknown as FitCacheArtifact;
}

function isNumbers(list: unknown, count: number): list is readonly number[] {
  return Array.isArray(list) && list.length === count && list.every((value) => Number.isFinite(value));
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
