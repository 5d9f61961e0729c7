import type { ForwardKey, MeasuredSites, PolicyUse, Report, SiteSchedule } from 'stillframe';
import type { CacheView, LiveRun } from '../state/live.ts';
import type { Presets } from '../state/policies.ts';
import { digitOfBlock } from './kinds.ts';

/** What the pictures of the cache are drawn from. */
export interface CacheRecord extends CacheView {
  readonly policy: PolicyUse;
  /** What became of each block and sub-layer, as far as it is known. */
  readonly sites: readonly SiteSchedule[];
  /** What the scores compare; of a run under way it is not known yet. */
  readonly measurements: readonly MeasuredSites[];
}

/** A finished run's. */
export function recordOf(report: Report): CacheRecord {
  return { ...report, blocks: report.shape.blocks };
}

/** That of a run under way. @param presets The model's, by policy and name. */
export function liveRecord(run: LiveRun, presets: Presets = {}): CacheRecord {
  const { policy = 'none', policyOptions = {} } = run.request;
  const { preset, ...own } = policyOptions;
  // As the library does: with nothing said, the model's balanced preset.
  const named = preset ?? (Object.keys(own).length === 0 ? 'balanced' : undefined);
  const tuned = typeof named === 'string' ? presets[policy]?.[named] : undefined;
  const sites = Object.entries(run.digits).flatMap(([key, rows = []]) => sitesOf(key as ForwardKey, rows, run.blocks));
  return { ...run, sites, measurements: [], policy: { name: policy, options: { ...tuned, ...own } } };
}

/** The rows of a run under way, by block or, where its sub-layers went different ways, by number of sub-layer. */
function sitesOf(key: ForwardKey, rows: readonly string[], blocks: number): SiteSchedule[] {
  const perBlock = rows.length / blocks;
  return Array.from({ length: blocks }, (_, block) => {
    const own = rows.slice(block * perBlock, (block + 1) * perBlock);
    const digits = Array.from(own[0] ?? '', (_, step) => digitOfBlock(own.map((row) => row[step] ?? '-'))).join('');
    return { key, site: `block.${block}`, digits };
  });
}
