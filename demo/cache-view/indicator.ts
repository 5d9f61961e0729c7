import type { Branch, PolicyUse } from 'stillframe';
import { scoresByStep } from './grid.ts';
import { meanScore } from './measured.ts';
import type { CacheRecord } from './record.ts';

/**
 * What a policy compares with its threshold, by step: the mean score of the blocks that it looks at; for TeaCache the
 * sum of the steps' values since the last computed step. Null where nothing was measured.
 *
 * @param policy Who looks, which need not be who measured.
 * @param schedule Its digits of the branch, computed or predicted.
 */
export function indicatorOf(
  record: CacheRecord,
  branch: Branch,
  policy: PolicyUse,
  schedule: string,
): readonly (number | null)[] {
  const scores = scoresByStep(record, branch);
  const every = typeof policy.options.blocks === 'number' ? policy.options.blocks : 1;
  const means = Array.from({ length: record.steps }, (_, step) => {
    const score = scores.get(step);
    return (score && meanScore(score, every)) ?? null;
  });
  return policy.name === 'teacache' ? summed(means, schedule, coefficientsOf(policy)) : means;
}

/** The branches whose scores decide. */
export function decidingBranches({ options }: PolicyUse): readonly Branch[] {
  return options.branches === 'condLeads' ? ['cond'] : ['cond', 'uncond'];
}

function summed(scores: readonly (number | null)[], schedule: string, coefficients: readonly number[]) {
  let sum = 0;
  return scores.map((score, step) => {
    if (score === null) return null;
    const value = coefficients.reduce((y, coefficient) => y * score + coefficient, 0);
    const total = sum + value;
    sum = schedule[step] === '0' ? total : 0;
    return total;
  });
}

/** Highest power first, as numbers or as a text; the score itself where nothing is said. */
function coefficientsOf({ options: { polynomial = [1, 0] } }: PolicyUse): readonly number[] {
  if (typeof polynomial === 'string') return polynomial.split(',').map(Number);
  return Array.isArray(polynomial) ? polynomial : [1, 0];
}
