import { computed, signal } from '@preact/signals';
import type { Report } from 'stillframe';
import { type Prediction, predictSchedule } from 'stillframe/policies';
import { recordingFor, type ThresholdPolicy, withThreshold } from '../cache-view/recording.ts';
import { live } from './live.ts';
import { shown, shownBaseline } from './runs.ts';

/** What the shown run's policy would have done with another threshold. */
export interface WhatIf {
  /** The policy with the threshold that is tried. */
  readonly policy: ThresholdPolicy;
  /** The threshold that the run was made with. */
  readonly own: number;
  /** The report whose scores are used: the run's, or its baseline's. */
  readonly recording: Report;
  /** A prediction, or why there is none. */
  readonly outcome: Prediction | Error;
}

const tried = signal<{ readonly run: number; readonly threshold: number } | undefined>(undefined);

/** The threshold that is tried on the shown run, its own at first; nothing while a run is under way, or without one. */
export const whatIf = computed<WhatIf | undefined>(() => {
  const run = shown.value;
  const asRun = run && withThreshold(run.report.policy, run.report.scores);
  if (live.value || !run || !asRun) return undefined;
  const threshold = tried.value?.run === run.id ? tried.value.threshold : undefined;
  const policy = withThreshold(run.report.policy, run.report.scores, threshold) ?? asRun;
  const recording = recordingFor(run.report, shownBaseline.value?.report);
  return { policy, own: asRun.options.threshold, recording, outcome: predict(recording, policy) };
});

/** Tries a threshold on the shown run. */
export function tryThreshold(threshold: number): void {
  const run = shown.value;
  if (run) tried.value = { run: run.id, threshold };
}

function predict(recording: Report, policy: ThresholdPolicy): Prediction | Error {
  try {
    return predictSchedule(recording, policy);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
