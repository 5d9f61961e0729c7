import { signal } from '@preact/signals';
import type { BlockScores, ForwardEvent, ForwardKey } from 'stillframe';
import type { EngineEvent, RunRequest } from '../engine/protocol.ts';

/** What is known of a run's cache: of a finished one its report, of one under way what has come. */
export interface CacheView {
  readonly steps: number;
  /** Of the transformer; 0 before the first forward. */
  readonly blocks: number;
  /** By branch, a digit a step: 1 computed, at least in part, 0 reused; shorter while it runs. */
  readonly schedule: Readonly<Partial<Record<ForwardKey, string>>>;
  readonly scores: readonly BlockScores[];
  /** Wall-clock seconds of each step. */
  readonly stepSeconds: readonly number[];
  /** GPU seconds of each step, of a finished run on a device that tells. */
  readonly gpuStepSeconds?: readonly number[];
}

/** A run under way. */
export interface LiveRun extends CacheView {
  /** What it is for, as `Run.role`. */
  readonly role: 'run' | 'baseline' | 'control';
  readonly request: RunRequest;
  /** By forward, then by block and sub-layer within it, a digit a step: see `ForwardEvent`. */
  readonly digits: Readonly<Partial<Record<ForwardKey, readonly string[]>>>;
}

/** The run under way, or nothing. */
export const live = signal<LiveRun | undefined>(undefined);

/** A rough picture of what is coming. */
export interface Preview {
  /** The step after which it was made, from 0. */
  readonly step: number;
  readonly picture: ImageBitmap;
}

/** The newest picture of the run under way. Closed when the next one comes. */
export const preview = signal<Preview | undefined>(undefined);

/** A run begins. */
export function beginLive(role: LiveRun['role'], request: RunRequest): void {
  dropPreview();
  const nothing = { blocks: 0, schedule: {}, digits: {}, scores: [], stepSeconds: [] };
  live.value = { role, request, steps: request.steps ?? 0, ...nothing };
}

/** Takes in what the worker tells. What comes after the end is dropped. */
export function takeLive(event: EngineEvent): void {
  const now = live.value;
  if (event.kind === 'preview') {
    if (now) showPreview(event);
    else event.picture.close();
  } else if (now && event.kind !== 'progress' && event.kind !== 'warning') {
    live.value = { ...now, ...changed(now, event) };
  }
}

/** It is over, well or not. */
export function endLive(): void {
  live.value = undefined;
  dropPreview();
}

function changed(now: LiveRun, event: Extract<EngineEvent, { kind: 'step' | 'forward' | 'scores' }>): Partial<LiveRun> {
  switch (event.kind) {
    case 'step':
      return { steps: event.step.steps, stepSeconds: [...now.stepSeconds, event.step.seconds] };
    case 'forward':
      return { blocks: event.forward.blocks, ...withForward(now, event.forward) };
    case 'scores':
      return { scores: [...now.scores, event.scores] };
  }
}

function withForward(
  { schedule, digits }: LiveRun,
  { branch, computes, digits: told }: ForwardEvent,
): Pick<LiveRun, 'schedule' | 'digits'> {
  const rows = digits[branch] ?? [];
  return {
    schedule: { ...schedule, [branch]: `${schedule[branch] ?? ''}${computes ? 1 : 0}` },
    digits: { ...digits, [branch]: Array.from(told, (digit, i) => `${rows[i] ?? ''}${digit}`) },
  };
}

function showPreview({ step, picture }: Preview): void {
  const before = preview.value;
  preview.value = { step, picture };
  // Closed only now: whoever drew it has moved on to the next.
  before?.picture.close();
}

function dropPreview(): void {
  const before = preview.value;
  preview.value = undefined;
  before?.picture.close();
}
