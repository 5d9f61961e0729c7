import type { BlockScores, Branch, ForwardKey, MeasuredSites, SiteSchedule } from 'stillframe';
import type { CacheRecord } from '../../../demo/cache-view/record.ts';

/** Outputs of so many blocks, every `stride`-th of them. */
export function measuredBlocks(count: number, stride = 1, changes: Partial<MeasuredSites> = {}): MeasuredSites {
  const sites = Array.from({ length: count }, (_, i) => `block.${i * stride}`);
  return { name: 'probe', value: 'output', metric: 'relativeL1/older', every: 1, sites, ...changes };
}

/** Blocks that all went the way of the schedule. */
export function wholeBlocks(schedule: Readonly<Partial<Record<ForwardKey, string>>>, blocks: number): SiteSchedule[] {
  const entries = Object.entries(schedule) as [ForwardKey, string][];
  return entries.map(([key, digits]) => ({ key, site: `blocks.0-${blocks - 1}`, digits }));
}

const SCHEDULE = { cond: '1101', uncond: '1111' };

/** A run of 4 steps and 3 blocks that measured one step and reused the third. */
export const RECORD: CacheRecord = {
  steps: 4,
  blocks: 3,
  schedule: SCHEDULE,
  sites: wholeBlocks(SCHEDULE, 3),
  measurements: [measuredBlocks(3)],
  scores: [scoresOf(1, 'cond', [0.1, 0.2, 0.3])],
  stepSeconds: [0.4, 0.4, 0.2, 0.4],
  policy: { name: 'bwcache', options: { threshold: 0.25, blocks: 'all' } },
};

/** A step's scores, with their mean. */
export function scoresOf(step: number, branch: Branch, blocks: readonly number[], indicator?: number): BlockScores {
  const mean = blocks.reduce((sum, score) => sum + score, 0) / blocks.length;
  return { step, branch, blocks, mean, measurement: 'probe', reference: step - 1, indicator: indicator ?? mean };
}
