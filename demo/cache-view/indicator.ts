import type { BlockScores, Branch } from 'stillframe';
import { finite } from './measured.ts';

/** What a policy held against its threshold, by step. Null where nothing was measured. */
export function indicatorOf(scores: readonly BlockScores[], branch: Branch, steps: number): readonly (number | null)[] {
  const own = new Map(scores.filter((score) => score.branch === branch).map((score) => [score.step, score]));
  return Array.from({ length: steps }, (_, step) => finite(own.get(step)?.indicator) ?? null);
}

/** Whether scores add up until a step computes. */
export function addUp(scores: readonly BlockScores[]): boolean {
  return scores.some(
    ({ indicator, mean }) => finite(indicator) !== undefined && Math.abs(indicator - mean) > 1e-6 * mean,
  );
}
