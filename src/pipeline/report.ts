import type { RunRecord } from '../cache/run-record.ts';
import type { Report } from '../report.ts';
import type { RunSettings } from './options.ts';

/** What a run's report is made of. */
export interface RunFacts
  extends Pick<Report, 'model' | 'adapter' | 'operands' | 'seconds' | 'stepSeconds' | 'gpuStepSeconds' | 'warnings'> {
  readonly settings: RunSettings;
  /** What the scheduler did. */
  readonly record: RunRecord;
  readonly memory: Report['memory'];
}

/** Puts a run's report together. */
export function makeReport({ settings, record, memory, ...facts }: RunFacts): Report {
  const { branches: _, sampler, policy, ...options } = settings;
  const { plannedBytes, peakBytes, weightsBytes, cacheBytes } = memory;
  return {
    ...facts,
    ...options,
    sampler: sampler.name,
    policy: { name: policy.name, options: policy.options },
    ...record,
    memory: { plannedBytes, peakBytes, weightsBytes, cacheBytes },
  };
}
