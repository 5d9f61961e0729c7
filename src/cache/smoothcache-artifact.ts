import { OptionError } from '../errors.ts';
import { invalidArtifact, remedy } from './artifact.ts';
import type { Branch, RunIdentity, SubLayer } from './run-shape.ts';

const POLICY = 'smoothcache';

/** A step's error for each step that has a later one so far on; null where it could not be measured. */
export type StepErrors = readonly (number | null)[];

/** What calibration found out about a model, for one sampler and count of steps. */
export interface SmoothCacheArtifact extends RunIdentity {
  readonly policy: 'smoothcache';
  /** The largest distance in steps that was measured. */
  readonly kMax: number;
  /** What the errors are means of, besides blocks. */
  readonly prompts: readonly string[];
  readonly branches: readonly Branch[];
  /**
   * `errors[type][k - 1][s]` is `sum |u_s - u_(s+k)| / sum |u_(s+k)|`, u being a sub-layer's output before its gate.
   * The denominator is the later step's, as in SmoothCache's code; the paper divides by the earlier one's.
   */
  readonly errors: Readonly<Record<SubLayer, readonly StepErrors[]>>;
}

/** Checks an artifact's fields. @throws {OptionError} naming the one that is wrong. */
export function parseSmoothCacheArtifact(json: Readonly<Record<string, unknown>>): SmoothCacheArtifact {
  const { policy, model, sampler, steps, kMax, prompts, branches, errors } = json;
  if (policy !== 'smoothcache') throw invalidArtifact(POLICY, 'policy', policy, 'smoothcache');
  for (const [name, value] of Object.entries({ model, sampler })) {
    if (typeof value !== 'string') throw invalidArtifact(POLICY, name, value, 'a text');
  }
  for (const [name, value] of Object.entries({ steps, kMax })) {
    if (!Number.isInteger(value) || Number(value) < 1) throw invalidArtifact(POLICY, name, value, 'a count');
  }
  for (const [name, value] of Object.entries({ prompts, branches })) {
    if (!Array.isArray(value)) throw invalidArtifact(POLICY, name, value, 'a list');
  }
  const byType: [string, unknown][] = Object.entries(errors ?? {});
  if (byType.length === 0) throw invalidArtifact(POLICY, 'errors', errors, 'a list for each sub-layer');
  for (const [type, rows] of byType) {
    if (!Array.isArray(rows) || rows.length !== kMax)
      throw invalidArtifact(POLICY, `errors.${type}`, rows, `${kMax} lists`);
    for (const [i, row] of rows.entries()) {
      // Nothing comes k steps after the last k.
      const length = Math.max(0, Number(steps) - i - 1);
      if (!isErrors(row) || row.length !== length)
        throw invalidArtifact(POLICY, `errors.${type}[${i}]`, row, `${length} errors`);
    }
  }
  return json as unknown as SmoothCacheArtifact;
}

/** An artifact's errors of a sub-layer. @throws {OptionError} when it has none: it was made for another kind of model. */
export function errorsOf({ errors }: SmoothCacheArtifact, type: SubLayer): readonly StepErrors[] {
  const found = errors[type];
  if (found) return found;
  const problem = `policyOptions.artifact has errors of ${Object.keys(errors).join(', ')}, none of ${type}.`;
  throw new OptionError(problem, remedy(POLICY));
}

function isErrors(row: unknown): row is StepErrors {
  return Array.isArray(row) && row.every((error) => error === null || typeof error === 'number');
}
