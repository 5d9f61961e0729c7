import type { BlockScores, Branch } from 'stillframe';
import type { Prediction } from 'stillframe/policies';
import type { WhatIf } from '../state/what-if.ts';
import { indicatorOf } from './indicator.ts';
import type { CacheRecord } from './record.ts';
import { withThreshold } from './recording.ts';
import type { Scale } from './scale.ts';
import { chartScale } from './threshold.ts';

/** What the chart of scores shows. */
export interface Curves {
  /** The indicator by step; empty for a branch that decides nothing. */
  readonly cond: readonly (number | null)[];
  readonly uncond: readonly (number | null)[];
  /** What it is compared with; undefined for a policy without one. */
  readonly threshold: number | undefined;
  /** Holds all of it, and stays while another threshold is tried. */
  readonly scale: Scale;
}

/** The scores of a run; with `whatIf` as its policy would see them with the threshold that is tried. */
export function curvesOf(record: CacheRecord, whatIf: WhatIf | undefined): Curves {
  const scores = whatIf && !(whatIf.outcome instanceof Error) ? seen(whatIf, whatIf.outcome) : record.scores;
  const policy = whatIf?.policy ?? record.policy;
  const curve = (branch: Branch) => indicatorOf(scores, branch, record.steps);
  const [cond, uncond] = [curve('cond'), curve('uncond')];
  const threshold = withThreshold(policy, scores)?.options.threshold;
  return { cond, uncond, threshold, scale: chartScale([...cond, ...uncond], whatIf?.own ?? threshold) };
}

/** What the policy would see: what it measures, then what was measured past where it would have stopped. */
function seen({ recording }: WhatIf, { scores }: Prediction): readonly BlockScores[] {
  const branches = new Set(scores.map(({ branch }) => branch));
  const isSeen = (score: BlockScores) =>
    scores.some(({ step, branch }) => step === score.step && branch === score.branch);
  const rest = recording.scores.filter((score) => branches.has(score.branch) && !isSeen(score));
  return [...scores, ...rest];
}

/** The schedule that is predicted; empty where nobody knows. */
export function predictedOf(whatIf: WhatIf | undefined): CacheRecord['schedule'] {
  return !whatIf || whatIf.outcome instanceof Error ? {} : whatIf.outcome.schedule;
}
