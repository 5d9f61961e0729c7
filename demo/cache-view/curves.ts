import type { Branch } from 'stillframe';
import type { WhatIf } from '../state/what-if.ts';
import { decidingBranches, indicatorOf } from './indicator.ts';
import { type CacheRecord, recordOf } from './record.ts';
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
  const source = whatIf ? recordOf(whatIf.recording) : record;
  const policy = whatIf?.policy ?? record.policy;
  const schedule = whatIf ? predictedOf(whatIf) : record.schedule;
  const deciding = decidingBranches(policy);
  const curve = (branch: Branch) =>
    deciding.includes(branch) ? indicatorOf(source, branch, policy, schedule[branch] ?? '') : [];
  const [cond, uncond] = [curve('cond'), curve('uncond')];
  const threshold = withThreshold(policy, source.scores)?.options.threshold;
  return { cond, uncond, threshold, scale: chartScale([...cond, ...uncond], whatIf?.own ?? threshold) };
}

/** The schedule that is predicted; empty where nobody knows. */
export function predictedOf(whatIf: WhatIf | undefined): CacheRecord['schedule'] {
  return !whatIf || whatIf.outcome instanceof Error ? {} : whatIf.outcome.schedule;
}
