import type { WhatIf } from '../state/what-if.ts';
import { curvesOf } from './curves.ts';
import type { CacheRecord } from './record.ts';
import { type Scale, shareOf } from './scale.ts';

/** What a run does, in three: it computes, compares, and reuses. */
export interface Story {
  readonly steps: number;
  /** Of the transformer; 0 before the first forward. */
  readonly blocks: number;
  /** A digit a step, 1 computed and 0 reused, as far as is known. */
  readonly digits: string;
  /** Steps computed, as far as is known. */
  readonly computed: number;
  /** How much each step changed, 0 to 1 of the height of a chart; null where nothing was measured. */
  readonly changes: readonly (number | null)[];
  /** As they were measured: the newest, and the least. */
  readonly change: { readonly last: number; readonly least: number } | undefined;
  /** Where the line between small and large is, as in `changes`, and as a score; undefined for a method without. */
  readonly line: { readonly share: number; readonly threshold: number } | undefined;
  /** What the newest step did. */
  readonly newest: 'computed' | 'reused' | undefined;
  /** Of the work so far, 0 to 1. */
  readonly skipped: number | undefined;
}

/**
 * Tells a record.
 *
 * @param skipped Of a finished run, exactly; else it is counted by steps.
 * @param whatIf Of a finished run: where its baseline measured more, that is what is drawn.
 */
export function storyOf(record: CacheRecord, skipped?: number, whatIf?: WhatIf): Story {
  const { cond, uncond, threshold, scale } = curvesOf(record, whatIf);
  const values = cond.some((value) => value !== null) ? cond : uncond;
  const digits = record.schedule.cond ?? record.schedule.uncond ?? '';
  const computed = [...digits].filter((digit) => digit === '1').length;
  const last = digits.at(-1);
  return {
    steps: record.steps,
    blocks: record.blocks,
    digits,
    computed,
    changes: values.map((value) => (value === null ? null : shareOf(value, scale))),
    change: changeOf(values.filter((value) => value !== null)),
    line: lineOf(threshold, scale),
    newest: last === undefined ? undefined : last === '1' ? 'computed' : 'reused',
    skipped: skipped ?? (digits.length > 0 ? 1 - computed / digits.length : undefined),
  };
}

function changeOf(values: readonly number[]): Story['change'] {
  const last = values.at(-1);
  return last === undefined ? undefined : { last, least: Math.min(...values) };
}

function lineOf(threshold: number | undefined, scale: Scale): Story['line'] {
  return threshold === undefined || !Number.isFinite(threshold)
    ? undefined
    : { share: shareOf(threshold, scale), threshold };
}
