import { invalidArtifact } from './artifact.ts';
import type { MagRatios } from './magcache-ratios.ts';
import { type Branch, branchOf, type RunIdentity } from './run-shape.ts';

const POLICY = 'magcache';

/** What calibration found out about a model and a sampler; for other counts of steps the nearest ratios are taken. */
export interface MagCacheArtifact extends RunIdentity {
  readonly policy: 'magcache';
  /** What the ratios are means of, besides tokens. */
  readonly prompts: readonly string[];
  /** `ratios[branch][s]`: the mean over tokens of `|R_s| / |R_(s-1)|`, R being what all blocks add; 1 at the first step. */
  readonly ratios: MagRatios;
}

/** Checks an artifact's fields. @throws {OptionError} naming the one that is wrong. */
export function parseMagCacheArtifact(json: Readonly<Record<string, unknown>>): MagCacheArtifact {
  const { policy, model, sampler, steps, ratios } = json;
  if (policy !== POLICY) throw invalidArtifact(POLICY, 'policy', policy, POLICY);
  for (const [name, value] of Object.entries({ model, sampler })) {
    if (typeof value !== 'string') throw invalidArtifact(POLICY, name, value, 'a text');
  }
  if (!Number.isInteger(steps) || Number(steps) < 1) throw invalidArtifact(POLICY, 'steps', steps, 'a count');
  const byBranch: [string, unknown][] = Object.entries(ratios ?? {});
  if (byBranch.length === 0) throw invalidArtifact(POLICY, 'ratios', ratios, 'a list for each branch');
  for (const [branch, list] of byBranch) {
    const isList = Array.isArray(list) && list.length === steps && list.every((ratio) => Number.isFinite(ratio));
    if (!isList) throw invalidArtifact(POLICY, `ratios.${branch}`, list, `${steps} numbers`);
  }
  return json as unknown as MagCacheArtifact;
}

/** The ratios of a forward: its branch's, or those of the one that there are. */
export function ratiosOf(ratios: MagRatios, key: Parameters<typeof branchOf>[0]): readonly number[] {
  const other: Branch = branchOf(key) === 'cond' ? 'uncond' : 'cond';
  return ratios[branchOf(key)] ?? ratios[other] ?? [];
}
