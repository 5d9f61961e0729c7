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

/** The ends of an axis with room around its values. @param empty Where there is none: the axis ends there. */
export function spread(values: readonly number[], margin: number, empty: number): [least: number, most: number] {
  if (values.length === 0) return [0, empty];
  return [Math.min(...values) - margin, Math.max(...values) + margin];
}
