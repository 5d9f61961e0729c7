import type { Report } from '../src/report.ts';

/** What is read of a report. */
type Run = Pick<Report, 'policy' | 'scores' | 'steps' | 'blocks' | 'schedule'>;

/** Why a policy has reused nothing, and what would change that; undefined where it has, or never does. */
export function whyNothingReused({ policy, scores, steps, blocks, schedule }: Run): string | undefined {
  const reuses = policy.name !== 'none' && policy.name !== 'fewer-steps';
  const isReused = blocks.reused > 0 || Object.values(schedule).some((digits) => digits?.includes('0'));
  if (!reuses || isReused) return undefined;
  const threshold = policy.options.threshold;
  const lowest = scores.reduce<(typeof scores)[number] | undefined>(
    (least, score) => (least && least.indicator <= score.indicator ? least : score),
    undefined,
  );
  if (lowest && typeof threshold === 'number' && lowest.indicator >= threshold) {
    const least = `${shown(lowest.indicator)} (step ${lowest.step}, ${lowest.branch})`;
    return `Nothing was reused: no score was below the threshold ${threshold}; the lowest was ${least}. A higher --set threshold=... reuses more.`;
  }
  if (lowest && typeof threshold === 'number') {
    return `Nothing was reused: a score of ${shown(lowest.indicator)} at step ${lowest.step} was below the threshold ${threshold}, but of ${steps} steps none was left that may be reused after it. Take more --steps, or a smaller warm-up or tail.`;
  }
  return `Nothing was reused: all ${steps} steps are ones that ${policy.name} computes by its options. Take more --steps, a smaller warm-up, or a higher threshold or interval.`;
}

function shown(score: number): string {
  return Number.isFinite(score) ? String(Number(score.toPrecision(3))) : 'infinite';
}
