import { computed, signal } from '@preact/signals';
import type { ClipComparison } from 'stillframe';
import type { FinishedRun, LoadedModel, RunRequest } from '../engine/protocol.ts';
import { baselineRequest, controlRequest } from './controls.ts';
import { choice, loaded } from './model.ts';

/** A run against the same seed's with everything computed. */
export interface Measured extends ClipComparison {
  /** The baseline's `Run.id`. */
  readonly baseline: number;
  /** The baseline's denoising seconds over the run's. */
  readonly speedup: number;
}

/** What a run is added with. */
export interface NewRun extends FinishedRun {
  /** A `baseline` computes everything, and measures it; a `control` takes fewer steps, in another run's time. */
  readonly role: 'run' | 'baseline' | 'control';
  readonly request: RunRequest;
  /** The id of the manifest, or the folder's name. */
  readonly model: string;
}

/** A run of this session. */
export interface Run extends NewRun {
  /** From 1, in order; never given twice. */
  readonly id: number;
  /** Whether the model is a folder of the user's, not one of the manifest. */
  readonly isOwnModel: boolean;
  /** The model as it was loaded: its clips are comparable with each other, as long as it is there. */
  readonly home: LoadedModel | undefined;
  readonly measured?: Measured;
}

let lastId = 0;

/** This session's runs, oldest first. */
export const runs = signal<readonly Run[]>([]);

/** The `id` of the run that the page shows. */
export const shownId = signal<number | undefined>(undefined);

/** The run that the page shows. */
export const shown = computed(() => findRun(shownId.value));

/** The shown run's baseline, once there is one. */
export const shownBaseline = computed(() => findRun(shown.value?.measured?.baseline));

/** The shown run's honest control: fewer steps in the same time. */
export const shownControl = computed(() => shown.value && controlFor(shown.value));

/** The run that another can be compared with, if there is one yet: same model and request, with everything computed. */
export function baselineFor(run: Run): Run | undefined {
  return findLike(run, 'baseline', baselineRequest(run));
}

/** The fewer steps that were tried for a run, if they were. */
export function controlFor(run: Run): Run | undefined {
  return run.role === 'run' ? findLike(run, 'control', controlRequest(run)) : undefined;
}

/** Whether the run's clip is still on the GPU, to be compared; when its model goes, a video file is left of it. */
export function isOnGpu(run: Run): boolean {
  return run.home !== undefined && run.home === loaded.value;
}

/** Adds a finished run. @returns it with its number. */
export function addRun(run: NewRun): Run {
  lastId++;
  const added = { ...run, id: lastId, isOwnModel: typeof choice.value !== 'string', home: loaded.value };
  runs.value = [...runs.value, added];
  return added;
}

/** Notes how a run compares. */
export function setMeasured(id: number, measured: Measured): void {
  runs.value = runs.value.map((run) => (run.id === id ? { ...run, measured } : run));
}

/** The run of that number. */
export function findRun(id: number | undefined): Run | undefined {
  return runs.value.find((run) => run.id === id);
}

function findLike(run: Run, role: Run['role'], request: RunRequest): Run | undefined {
  const wanted = key(request);
  return runs.value.findLast(
    (other) => other.role === role && other.home === run.home && key(other.request) === wanted,
  );
}

function key(request: RunRequest): string {
  return JSON.stringify(Object.entries(request).sort());
}
