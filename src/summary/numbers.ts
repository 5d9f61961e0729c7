import type { BlockCounts } from '../cache/run-record.ts';
import type { Report } from '../report.ts';

/** What a run spends its own time on: loading and compiling are the model's. */
export type OwnPhase = 'text' | 'denoise' | 'decode';

/** In their order. */
export const OWN_PHASES: readonly OwnPhase[] = ['text', 'denoise', 'decode'];

/** How the scores of a run lie. */
export interface ScoreSummary {
  /** Of all steps and branches that were measured. */
  readonly count: number;
  /** The smallest. */
  readonly least: number;
  /** A tenth lies below it. */
  readonly low: number;
  /** Half lie below it. */
  readonly median: number;
  /** A tenth lies above it. */
  readonly high: number;
  /** The largest. */
  readonly most: number;
}

/** Time that a run took, in seconds. */
export interface TimeSummary {
  /** Prompt, steps and decoding. */
  readonly total: number;
  /** The same by phase. */
  readonly phases: Readonly<Record<OwnPhase, number>>;
  /** Median of the steps that computed something; absent where there is none. */
  readonly computedStep?: number;
  /** Median of those that reused all; absent where there is none. */
  readonly reusedStep?: number;
  /** By phase, what a full run took more; without one, of the steps, by this run's own computed ones. */
  readonly saved: Readonly<Partial<Record<OwnPhase, number>>>;
  /** `measured` against a full run, or `estimated`. */
  readonly source: 'measured' | 'estimated';
}

/** Steps of a run. */
export interface StepCounts {
  /** Those that computed something. */
  readonly computed: number;
  /** Those that reused all that may be. */
  readonly reused: number;
}

/** Block forwards of a run. */
export interface BlockSummary extends BlockCounts {
  /** Of all: 0 to 1. */
  readonly reusedShare: number;
}

/** A run in numbers. */
export interface RunNumbers {
  /** Of the steps taken: those that computed something in any branch, and those that reused all. */
  readonly steps: StepCounts;
  /** Block forwards; `reusedShare` from 0 to 1. */
  readonly blocks: BlockSummary;
  /** What was held against the threshold; absent where nothing was measured. */
  readonly scores?: ScoreSummary;
  /** Bytes on the GPU. */
  readonly memory: Report['memory'];
  /** Wall-clock time. */
  readonly seconds: TimeSummary;
}

/** What a report and, where there is one, that of the full run come to in numbers. */
export function numbersOf(report: Report, baseline?: Report): RunNumbers {
  const { computed, reused } = report.blocks;
  const scores = scoreSummary(report);
  return {
    steps: countSteps(report),
    blocks: { computed, reused, reusedShare: reused / (computed + reused) },
    ...(scores && { scores }),
    memory: report.memory,
    seconds: timeSummary(report, baseline),
  };
}

/** Whether each step reused all that may be, in every forward. */
function reusedSteps({ schedule, steps }: Report): boolean[] {
  const all = Object.values(schedule);
  return Array.from({ length: steps }, (_, step) => all.length > 0 && all.every((digits) => digits?.[step] === '0'));
}

function countSteps(report: Report): StepCounts {
  const reused = reusedSteps(report).filter(Boolean).length;
  return { computed: report.steps - reused, reused };
}

function scoreSummary({ scores }: Report): ScoreSummary | undefined {
  // Of a report that was read from JSON, what could not be compared is null.
  const sorted = scores.map(({ indicator }) => indicator).filter(Number.isFinite);
  sorted.sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  return { count: sorted.length, least: at(0), low: at(0.1), median: at(0.5), high: at(0.9), most: at(1) };
}

function timeSummary(report: Report, baseline: Report | undefined): TimeSummary {
  const phases = ownSeconds(report);
  const isReused = reusedSteps(report);
  const computedStep = median(report.stepSeconds.filter((_, step) => !isReused[step]));
  const reusedStep = median(report.stepSeconds.filter((_, step) => isReused[step]));
  const times = {
    total: total(phases),
    phases,
    ...(computedStep !== undefined && { computedStep }),
    ...(reusedStep !== undefined && { reusedStep }),
  };
  if (baseline) {
    const full = ownSeconds(baseline);
    const saved = {
      text: full.text - phases.text,
      denoise: full.denoise - phases.denoise,
      decode: full.decode - phases.decode,
    };
    return { ...times, saved, source: 'measured' };
  }
  const reusing = report.stepSeconds.filter((_, step) => isReused[step]);
  const saved = computedStep === undefined ? 0 : reusing.reduce((sum, seconds) => sum + computedStep - seconds, 0);
  return { ...times, saved: { denoise: saved }, source: 'estimated' };
}

function ownSeconds({ seconds: { text, denoise, decode } }: Report): TimeSummary['phases'] {
  return { text, denoise, decode };
}

/** Seconds of all phases. */
export function total(phases: Readonly<Partial<Record<OwnPhase, number>>>): number {
  return OWN_PHASES.reduce((sum, phase) => sum + (phases[phase] ?? 0), 0);
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
