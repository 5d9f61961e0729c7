import { invalidArtifact } from './artifact.ts';
import type { Calibration } from './calibration.ts';
import type { MagRatios } from './magcache-ratios.ts';
import { type Branch, branchOf, type RunIdentity } from './run-shape.ts';
import { span } from './site.ts';

const POLICY = 'magcache';

/** What calibration found out about a model and a sampler; for other counts of steps the nearest ratios are taken. */
export interface MagCacheArtifact extends RunIdentity {
  readonly policy: 'magcache';
  /** What the ratios are means of, besides tokens. */
  readonly prompts: readonly string[];
  /** `ratios[branch][s]`: the mean over tokens of `|R_s| / |R_(s-1)|`, R being what all blocks add; 1 at the first step. */
  readonly ratios: MagRatios;
}

/** Significant digits: more than published ratios have. */
const DIGITS = 5;

/** MagCache's calibration (arXiv 2506.09045, section 3.2): ratios by step, one list for both branches. */
export const magCacheCalibration: Calibration = {
  request: ({ blocks }) => ({
    slots: [{ name: 'stack', site: span(0, blocks - 1), value: 'residual' }],
    metric: { kind: 'normRatio', per: 'tokenMean' },
    distances: 1,
  }),

  artifact(scores, { model, sampler, steps, prompts }) {
    const later = Array.from({ length: steps - 1 }, (_, step) =>
      Number(scores.of('stack', 1, step).toPrecision(DIGITS)),
    );
    return {
      ...parseMagCacheArtifact({ policy: POLICY, model, sampler, steps, prompts, ratios: { cond: [1, ...later] } }),
    };
  },
};

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
