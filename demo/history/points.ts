import type { Run } from '../state/runs.ts';

/** A measured run in the chart. */
export interface Point {
  readonly id: number;
  readonly policy: string;
  readonly speedup: number;
  /** dB. */
  readonly psnr: number;
}

/** The measured runs from slow to fast, which is the order that the chart wants. */
export function pointsOf(runs: readonly Run[]): readonly Point[] {
  return runs
    .flatMap(({ id, report, measured }) =>
      measured ? [{ id, policy: report.policy.name, speedup: measured.speedup, psnr: measured.psnr }] : [],
    )
    .sort((a, b) => a.speedup - b.speedup);
}

/** How an axis lies about its values. */
export interface Room {
  /** Beyond the least and the most. */
  readonly margin: number;
  /** The ends where there are no values. */
  readonly empty: readonly [least: number, most: number];
  /** Values that are on the axis wherever the others lie. */
  readonly always?: readonly number[];
}

/** The ends of an axis with room around its values. */
export function spread(values: readonly number[], { margin, empty, always = [] }: Room): [least: number, most: number] {
  if (values.length === 0) return [...empty];
  const all = [...values, ...always];
  return [Math.min(...all) - margin, Math.max(...all) + margin];
}
