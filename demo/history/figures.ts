import type { Report } from 'stillframe';
import { formatBytes, formatDecibels, formatSeconds, formatShare, formatSpeedup, formatSsim } from '../format.ts';
import { PHASE_TITLES } from '../state/phases.ts';
import type { Run } from '../state/runs.ts';
import { computedShare } from './share.ts';

/** A phase of a run, in the order in which they go on. */
export type TimedPhase = keyof Report['seconds'];

/** The phases and what the page calls them. */
export const PHASES: readonly (readonly [phase: TimedPhase, name: string])[] = [
  ['load', PHASE_TITLES.download],
  ['compile', PHASE_TITLES.compile],
  ['text', PHASE_TITLES.text],
  ['denoise', PHASE_TITLES.denoise],
  ['decode', PHASE_TITLES.decode],
];

/** A line of the figures: what it is, and how a run's value is shown; nothing where it is not known. */
export interface Figure {
  readonly name: string;
  /** Of its colour in a chart; absent where it has none. */
  readonly className?: string;
  readonly show: (run: Run) => string | undefined;
}

/** Against the baseline. */
export const QUALITY: readonly Figure[] = [
  { name: 'Speedup', show: ({ measured }) => measured && formatSpeedup(measured.speedup) },
  { name: 'PSNR', show: ({ measured }) => measured && formatDecibels(measured.psnr) },
  { name: 'SSIM', show: ({ measured }) => measured && formatSsim(measured.ssim) },
];

/** Of all steps and branches. */
export const BLOCKS: readonly Figure[] = [
  { name: 'Steps', show: ({ report }) => String(report.steps) },
  { name: 'Blocks computed', show: ({ report }) => count(report.blocks.computed) },
  { name: 'Blocks reused', show: ({ report }) => count(report.blocks.reused) },
  { name: 'Share computed', show: ({ report }) => formatShare(computedShare(report.blocks)) },
];

/** Of the GPU. */
export const MEMORY: readonly Figure[] = [
  { name: 'Planned', show: ({ report }) => formatBytes(report.memory.plannedBytes) },
  { name: 'Peak', show: ({ report }) => formatBytes(report.memory.peakBytes) },
  { name: 'Of it cache', show: ({ report }) => formatBytes(report.memory.cacheBytes) },
];

/** Wall-clock seconds of each phase. */
export const TIMES: readonly Figure[] = PHASES.map(([phase, name]) => ({
  name,
  className: `phase-${phase}`,
  show: ({ report }) => formatSeconds(report.seconds[phase]),
}));

/** Seconds of all phases. */
export function totalSeconds({ seconds }: Pick<Report, 'seconds'>): number {
  return PHASES.reduce((sum, [phase]) => sum + seconds[phase], 0);
}

/** Of a block that ran in part, thirds count: whole numbers for all but policies that decide by sub-layer. */
function count(blocks: number): string {
  return String(Number(blocks.toFixed(1)));
}
