import type { PolicyUse, Report } from 'stillframe';
import type { CacheView, LiveRun } from '../state/live.ts';
import type { Presets } from '../state/policies.ts';

/** What the pictures of the cache are drawn from. */
export interface CacheRecord extends CacheView {
  readonly policy: PolicyUse;
  /** Of a policy that decides sub-layers one by one. */
  readonly subLayers?: Report['subLayers'];
}

/** A finished run's. */
export function recordOf(report: Report): CacheRecord {
  const { computed, reused } = report.blocks;
  const forwards = Object.values(report.schedule).reduce((sum, digits) => sum + digits.length, 0);
  return { ...report, blocks: forwards === 0 ? 0 : Math.round((computed + reused) / forwards) };
}

/** That of a run under way. @param presets The model's, by policy and name. */
export function liveRecord(run: LiveRun, presets: Presets = {}): CacheRecord {
  const { policy = 'none', policyOptions = {} } = run.request;
  const { preset, ...own } = policyOptions;
  // As the library does: with nothing said, the model's balanced preset.
  const named = preset ?? (Object.keys(own).length === 0 ? 'balanced' : undefined);
  const tuned = typeof named === 'string' ? presets[policy]?.[named] : undefined;
  return { ...run, policy: { name: policy, options: { ...tuned, ...own } } };
}
