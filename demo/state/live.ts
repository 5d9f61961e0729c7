import { signal } from '@preact/signals';
import type { BlockScores, Branch, ForwardEvent, Phase, Progress } from 'stillframe';
import type { EngineEvent } from '../engine/protocol.ts';

/** What is known of a run's cache: of a finished one its report, of one under way what has come. */
export interface CacheView {
  readonly steps: number;
  /** Of the transformer; 0 before the first forward. */
  readonly blocks: number;
  /** By branch, a digit a step: 1 computed, at least in part, 0 reused; shorter while it runs. */
  readonly schedule: Readonly<Partial<Record<Branch, string>>>;
  readonly scores: readonly BlockScores[];
  /** Wall-clock seconds of each step. */
  readonly stepSeconds: readonly number[];
}

/** A run under way. */
export interface LiveRun extends CacheView {
  /** What it is for: `Generating`, `Computing the baseline`. */
  readonly title: string;
  /** The last word on each phase that has begun. */
  readonly phases: Readonly<Partial<Record<Phase, Progress>>>;
}

/** The run under way, or nothing. */
export const live = signal<LiveRun | undefined>(undefined);

/** The newest picture of the run under way. Closed when the next one comes. */
export const preview = signal<{ readonly step: number; readonly picture: ImageBitmap } | undefined>(undefined);

/** A run begins. */
export function beginLive(title: string, steps: number): void {
  dropPreview();
  live.value = { title, steps, blocks: 0, schedule: {}, scores: [], stepSeconds: [], phases: {} };
}

/** Takes in what the worker tells. */
export function takeLive(event: EngineEvent): void {
  if (event.kind === 'preview') {
    dropPreview();
    preview.value = event;
    return;
  }
  const now = live.value;
  if (now) live.value = { ...now, ...changed(now, event) };
}

/** It is over, well or not. */
export function endLive(): void {
  live.value = undefined;
  dropPreview();
}

function changed(now: LiveRun, event: Exclude<EngineEvent, { kind: 'preview' }>): Partial<LiveRun> {
  switch (event.kind) {
    case 'progress':
      return { phases: { ...now.phases, [event.progress.phase]: event.progress } };
    case 'step':
      return { steps: event.step.steps, stepSeconds: [...now.stepSeconds, event.step.seconds] };
    case 'forward':
      return { blocks: event.forward.blocks, schedule: withForward(now.schedule, event.forward) };
    case 'scores':
      return { scores: [...now.scores, event.scores] };
    case 'warning':
      return {};
  }
}

function withForward(schedule: LiveRun['schedule'], { branch, computed }: ForwardEvent): LiveRun['schedule'] {
  return { ...schedule, [branch]: `${schedule[branch] ?? ''}${computed > 0 ? 1 : 0}` };
}

function dropPreview(): void {
  preview.value?.picture.close();
  preview.value = undefined;
}
