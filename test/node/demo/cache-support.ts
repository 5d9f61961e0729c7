import type { BlockScores, Branch } from 'stillframe';
import type { CacheRecord } from '../../../demo/cache-view/record.ts';

/** A run of 4 steps and 3 blocks that measured one step and reused the third. */
export const RECORD: CacheRecord = {
  steps: 4,
  blocks: 3,
  schedule: { cond: '1101', uncond: '1111' },
  scores: [scoresOf(1, 'cond', [0.1, 0.2, 0.3])],
  stepSeconds: [0.4, 0.4, 0.2, 0.4],
  policy: { name: 'bwcache', options: { threshold: 0.25, blocks: 'all' } },
};

/** A step's scores, with their mean. */
export function scoresOf(step: number, branch: Branch, blocks: readonly number[]): BlockScores {
  return { step, branch, blocks, mean: blocks.reduce((sum, score) => sum + score, 0) / blocks.length };
}
