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

/** A run: of this visit, or of an earlier one, of which a small copy was kept. */
export interface Run extends NewRun {
  /** From 1, in order; never given twice. Of the recorded example, 0 and below. */
  readonly id: number;
  /** Its own beyond this visit, too. */
  readonly key: string;
  /** Whether the model is a folder of the user's, not one of the manifest. */
  readonly isOwnModel: boolean;
  /** The model as it was loaded: its clips are comparable with each other, as long as it is there. */
  readonly home: LoadedModel | undefined;
  readonly measured?: Measured;
}

/** What the page shows before there is a run: one that was recorded, and its baseline. */
export interface Example {
  readonly run: Run;
  readonly baseline: Run;
}

let lastId = 0;

/** The user's runs, oldest first. */
export const runs = signal<readonly Run[]>([]);

/** The recorded example, once it has come. */
export const example = signal<Example | undefined>(undefined);

/** The `id` of the run that the page shows. */
export const shownId = signal<number | undefined>(undefined);

/** The run that the page shows: the example, while the user has none. */
export const shown = computed(
  () => findRun(shownId.value) ?? (runs.value.length === 0 ? example.value?.run : undefined),
);

/** The shown run's baseline, once there is one. */
export const shownBaseline = computed(() => findRun(shown.value?.measured?.baseline));

/** The shown run's honest control: fewer steps in the same time. */
export const shownControl = computed(() => shown.value && controlFor(shown.value));

/** Whether it is the example or its baseline. */
export function isExample({ id }: Pick<Run, 'id'>): boolean {
  return id < 1;
}

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
  const key = crypto.randomUUID();
  const isOwnModel = typeof choice.value !== 'string';
  return add({ ...run, key, isOwnModel, home: loaded.value });
}

/** Adds what was kept of an earlier visit's run, of which the worker knows nothing. */
export function addEarlier(run: Omit<Run, 'id' | 'home' | 'clip'>): Run {
  return add({ ...run, clip: 0, home: undefined });
}

/** Notes how a run compares. */
export function setMeasured(id: number, measured: Measured): void {
  runs.value = runs.value.map((run) => (run.id === id ? { ...run, measured } : run));
}

/** The run of that number. */
export function findRun(id: number | undefined): Run | undefined {
  const shownFirst = example.value;
  const all = shownFirst ? [...runs.value, shownFirst.run, shownFirst.baseline] : runs.value;
  return all.find((run) => run.id === id);
}

function add(run: Omit<Run, 'id'>): Run {
  lastId++;
  const added = { ...run, id: lastId };
  runs.value = [...runs.value, added];
  return added;
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
