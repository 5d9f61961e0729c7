import type { RunSettings } from './options.ts';
import type { Branch, Report } from './types.ts';

/** What a run's report is made of. */
export interface RunFacts
  extends Pick<Report, 'model' | 'adapter' | 'operands' | 'seconds' | 'stepSeconds' | 'warnings'> {
  readonly settings: RunSettings;
  /** Blocks of the transformer. */
  readonly blocks: number;
  readonly memory: Report['memory'];
}

/** The report of a run without a policy: every block of every step was computed. */
export function makeReport({ settings, blocks, seconds, memory, ...facts }: RunFacts): Report {
  const { branches, sampler, ...options } = settings;
  const everyStep = '1'.repeat(settings.steps);
  const { plannedBytes, peakBytes, weightsBytes } = memory;
  return {
    ...facts,
    ...options,
    sampler: sampler.name,
    policy: { name: 'none', options: {} },
    schedule: Object.fromEntries(branches.map((branch: Branch) => [branch, everyStep])),
    scores: [],
    blocks: { computed: blocks * settings.steps * branches.length, reused: 0 },
    seconds,
    memory: { plannedBytes, peakBytes, weightsBytes },
  };
}
