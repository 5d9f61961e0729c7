import { computed, signal } from '@preact/signals';
import type { ClipComparison } from 'stillframe';
import type { FinishedRun, RunRequest } from '../engine/protocol.ts';
import { baselineRequest } from './controls.ts';

/** A run against the same seed's with everything computed. */
export interface Measured extends ClipComparison {
  /** The baseline's `Run.id`. */
  readonly baseline: number;
  /** The baseline's denoising seconds over the run's. */
  readonly speedup: number;
}

/** A run of this session. */
export interface Run extends FinishedRun {
  /** From 1, in order. */
  readonly id: number;
  /** A `baseline` computes everything, and measures it; a `control` takes fewer steps, in another run's time. */
  readonly role: 'run' | 'baseline' | 'control';
  readonly request: RunRequest;
  /** The id of the manifest, or the folder's name. */
  readonly model: string;
  readonly measured?: Measured;
}

/** This session's runs, oldest first. */
export const runs = signal<readonly Run[]>([]);

/** The `id` of the run that the page shows. */
export const shownId = signal<number | undefined>(undefined);

/** The run that the page shows. */
export const shown = computed(() => findRun(shownId.value));

/** The shown run's baseline, once there is one. */
export const shownBaseline = computed(() => findRun(shown.value?.measured?.baseline));

/** The run that another can be compared with, if there is one yet: same model and request, with everything computed. */
export function baselineFor(run: Run): Run | undefined {
  const wanted = key(run.model, baselineRequest(run));
  return runs.value.findLast(({ role, model, request }) => role === 'baseline' && key(model, request) === wanted);
}

/** Adds a finished run. @returns it with its number. */
export function addRun(run: Omit<Run, 'id'>): Run {
  const added = { ...run, id: (runs.value.at(-1)?.id ?? 0) + 1 };
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

function key(model: string, request: RunRequest): string {
  return JSON.stringify([model, Object.entries(request).sort()]);
}
