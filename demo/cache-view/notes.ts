import type { Prediction } from 'stillframe/policies';
import { formatShare, formatSpeedup } from '../format.ts';
import type { WhatIf } from '../state/what-if.ts';
import { addUp } from './indicator.ts';
import type { CacheRecord } from './record.ts';
import { BRANCH_NAMES, formatScore } from './words.ts';

/** What a threshold would have done, in numbers; or why nobody knows. */
export function outcomeSentence(outcome: Prediction | Error): string {
  if (outcome instanceof Error) return outcome.message;
  const { computedShare, isComplete } = outcome;
  const share = `${formatShare(computedShare)} of the work done`;
  if (!isComplete)
    return `${share} up to where the scores of this run end. A check against the full clip measures every step.`;
  return `${share}: at best ${formatSpeedup(1 / computedShare)} as fast as the full clip.`;
}

/** What the curve shows, and from where. */
export function curveNote(record: CacheRecord, whatIf: WhatIf | undefined): string {
  if (!whatIf) return 'The mean score of each step that was measured.';
  const { recording } = whatIf;
  const from = recording.policy.name === 'none' ? 'the run that computed everything' : 'this run';
  const sums = addUp(record.scores) ? ' They add up until a step computes.' : '';
  return `From what ${from} measured.${sums} Once it has begun to reuse, a real run measures slightly different scores.`;
}

/** The curve in a sentence, for those who do not see it. */
export function curveSentence(cond: readonly (number | null)[], uncond: readonly (number | null)[]): string {
  const parts = [branchSentence(BRANCH_NAMES.cond.long, cond), branchSentence(BRANCH_NAMES.uncond.long, uncond)].filter(
    (part) => part !== '',
  );
  return `Score by step, ${parts.join('; ') || 'nothing was measured'}.`;
}

function branchSentence(branch: string, values: readonly (number | null)[]): string {
  const steps = values.flatMap((value, step) => (value === null ? [] : { step, value }));
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) return '';
  const at = ({ step, value }: typeof first) => `${formatScore(value)} at step ${step}`;
  return first === last ? `${branch} ${at(first)}` : `${branch} from ${at(first)} to ${at(last)}`;
}

/** Whether there is a curve to draw, or will be: a threshold has something to be held against. */
export function hasScores({ policy, scores }: Pick<CacheRecord, 'policy' | 'scores'>, isRunning: boolean): boolean {
  return scores.length > 0 || (isRunning && typeof policy.options.threshold === 'number');
}

/** Why there is no curve. */
export function unmeasuredNote({ policy, sites }: Pick<CacheRecord, 'policy' | 'sites'>): string {
  if (policy.name === 'none') return 'Everything was computed, and nothing measured.';
  const isBySubLayer = sites.some(({ site }) => /\.[a-z]\w*$/i.test(site));
  return `No scores: what is computed was known beforehand${isBySubLayer ? ', part by part of the blocks' : ''}.`;
}
