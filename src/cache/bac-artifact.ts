import { OptionError } from '../errors.ts';
import { invalidArtifact, remedy } from './artifact.ts';
import type { Calibration } from './calibration.ts';
import { type Branch, branchOf, type RunIdentity } from './run-shape.ts';
import { subLayerSlots } from './sub-layer-slots.ts';

/** The policy that it is for. */
export const BAC = 'bac';

/** What calibration found out about a sub-layer of a block. */
export interface Similarities {
  /** `[k - 1][s]`: the cosine similarity of its outputs before their gates at the steps s and s + k; null: unknown. */
  readonly similarity: readonly (readonly (number | null)[])[];
  /** The mean over all pairs of steps of the mean absolute difference of its outputs. */
  readonly change: number;
}

/** What calibration found out about a model, for one sampler and count of steps. */
export interface BacArtifact extends RunIdentity {
  readonly policy: typeof BAC;
  /** The largest distance in steps that was measured: nothing is reused for longer. */
  readonly kMax: number;
  readonly prompts: readonly string[];
  readonly branches: readonly Branch[];
  /** By site: `block.0.mlp`. */
  readonly subLayers: Readonly<Record<string, Similarities>>;
}

/** Significant digits: far more than they agree in between prompts. */
const DIGITS = 5;

/** BAC's calibration (arXiv 2506.13456): how alike each sub-layer's outputs are at any two steps, and how far they move. */
export const bacCalibration: Calibration = {
  request: (run, distances) => ({
    slots: subLayerSlots(run),
    metric: { kind: 'cosine', per: 'tensor' },
    others: { change: { kind: 'meanL1' } },
    distances: Math.min(distances, run.steps - 1),
  }),

  artifact(scores, { shape, model, sampler, steps, prompts, distances: kMax }) {
    const rounded = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : null);
    const distances = Array.from({ length: kMax }, (_, i) => i + 1);
    const pairs = distances.flatMap((k) => Array.from({ length: steps - k }, (_, step) => ({ k, step })));
    const of = (site: string): Similarities => ({
      similarity: distances.map((k) =>
        Array.from({ length: steps - k }, (_, step) => rounded(1 - scores.of(site, k, step))),
      ),
      change:
        rounded(pairs.reduce((sum, { k, step }) => sum + scores.of(site, k, step, 'change'), 0) / pairs.length) ?? 0,
    });
    const subLayers = Object.fromEntries(subLayerSlots(shape).map(({ name }) => [name, of(name)]));
    const branches = shape.keys.map(branchOf);
    return { ...parseBacArtifact({ policy: BAC, model, sampler, steps, kMax, branches, prompts, subLayers }) };
  },
};

/** What an artifact has of a sub-layer. @throws {OptionError} when that is nothing: it was made for another kind of model. */
export function similaritiesOf({ subLayers }: BacArtifact, site: string): Similarities {
  const found = subLayers[site];
  if (found) return found;
  throw new OptionError(`policyOptions.artifact has nothing of ${site}.`, remedy(BAC));
}

/** Checks an artifact's fields. @throws {OptionError} naming the one that is wrong. */
export function parseBacArtifact(json: Readonly<Record<string, unknown>>): BacArtifact {
  const { policy, model, sampler, steps, kMax, subLayers } = json;
  if (policy !== BAC) throw invalidArtifact(BAC, 'policy', policy, BAC);
  for (const [name, value] of Object.entries({ model, sampler })) {
    if (typeof value !== 'string') throw invalidArtifact(BAC, name, value, 'a text');
  }
  for (const [name, value] of Object.entries({ steps, kMax })) {
    if (!Number.isInteger(value) || Number(value) < 1) throw invalidArtifact(BAC, name, value, 'a count');
  }
  const bySite: [string, Partial<Similarities>][] = Object.entries(subLayers ?? {});
  if (bySite.length === 0) throw invalidArtifact(BAC, 'subLayers', subLayers, 'similarities of each sub-layer');
  for (const [site, { similarity, change }] of bySite) {
    if (!Number.isFinite(change)) throw invalidArtifact(BAC, `subLayers.${site}.change`, change, 'a number');
    const isWhole =
      Array.isArray(similarity) &&
      similarity.length === kMax &&
      similarity.every((row, i) => Array.isArray(row) && row.length === Math.max(0, Number(steps) - i - 1));
    if (!isWhole) throw invalidArtifact(BAC, `subLayers.${site}.similarity`, similarity, `${kMax} lists of its steps`);
  }
  return json as unknown as BacArtifact;
}
