import { effect } from '@preact/signals';
import type { FinishedRun, ModelChoice, RunRequest } from '../engine/protocol.ts';
import { act, fail, isBusy, status, stopAction } from './action.ts';
import { baselineRequest, controlRequest } from './controls.ts';
import { beginLive, endLive } from './live.ts';
import { ask, load, loadInstead, SupersededError, take } from './loading.ts';
import { presets } from './model.ts';
import { beginRunPhases, finishPhases } from './phases.ts';
import { findPolicy, withOption } from './policies.ts';
import { problem } from './problem.ts';
import { addRun, baselineFor, findRun, type Run, runs, setMeasured, shown, shownId } from './runs.ts';
import { change, fromRequest, settings, toRequest } from './settings.ts';

export { isBusy, status };

/** Takes another model: its clips are not comparable with those of the one before, which stay to be looked at. */
export async function openModel(next: ModelChoice): Promise<void> {
  await act('Opening the model.', async () => {
    await loadInstead(next);
    status.value = 'Ready.';
  });
}

/** Generates what the settings say. */
export async function generate(): Promise<void> {
  await act('Generating.', async (signal) => {
    const run = await runOne('run', toRequest(settings.value), signal);
    shownId.value = run.id;
    status.value = 'Done.';
  });
}

/** Generates the shown run with another threshold, which the settings take over. */
export async function generateWithThreshold(threshold: number): Promise<void> {
  if (isBusy.value) return;
  if (shown.value) change(fromRequest(shown.value.request));
  const option = findPolicy(settings.value.policy)?.options.find(({ name }) => name === 'threshold');
  if (option) change(withOption(settings.value, option, threshold, presets.value));
  await generate();
}

/** Compares a run with the same seed's where everything is computed, which runs first where there is none. */
export async function compare(id: number): Promise<void> {
  await act('Comparing.', async (signal) => {
    await measure(id, signal);
    shownId.value = id;
    status.value = 'Compared.';
  });
}

/** Makes the honest control: as many steps as the run's time would have bought, against the same baseline. */
export async function tryFewerSteps(id: number): Promise<void> {
  await act('Trying fewer steps.', async (signal) => {
    const run = need(id);
    const control = await runOne('control', controlRequest(run), signal);
    await measure(control.id, signal);
    await measure(id, signal);
    status.value = `Done: ${control.report.steps} steps.`;
  });
}

/** Stops what is under way; nothing of it is left. */
export async function stop(): Promise<void> {
  // A worker that failed has ended everything by itself.
  if (stopAction()) await ask((engine) => engine.stop()).catch(() => {});
}

/** Drops a run and its clip; not while something is under way, which may need it. */
export function remove(id: number): void {
  const run = findRun(id);
  if (!run || isBusy.value) return;
  runs.value = runs.value.filter((other) => other !== run);
  if (shownId.value === id) shownId.value = runs.value.at(-1)?.id;
  letGo(run);
}

/** Drops all runs, here and on the disk. */
export function clearRuns(): void {
  for (const { id } of runs.value) remove(id);
}

/** A run's clip as a file. */
export function encode({ clip }: Run): Promise<Blob> {
  return ask((engine) => engine.encode(clip));
}

/** What a model is, and whether it fits. */
export const inspect = (next: ModelChoice) => ask((engine) => engine.inspect(next));

/** Bytes that a run would hold. */
export const plan = (request: RunRequest) => ask((engine) => engine.plan(request));

/** Begins to load the model: weights come while the prompt is written. */
export function begin(): void {
  load().then(
    () => {
      if (!isBusy.value) status.value = 'Ready.';
    },
    (error) => {
      // Who waits for the load says by himself how it ended.
      if (!(error instanceof SupersededError) && !isBusy.value) fail(error);
    },
  );
  effect(() => {
    // What was wrong with an option may be right now.
    void settings.value;
    if (problem.peek()?.name === 'OptionError') problem.value = undefined;
  });
}

async function runOne(role: Run['role'], request: RunRequest, signal: AbortSignal): Promise<Run> {
  beginLive(role, request);
  beginRunPhases();
  try {
    await load();
    signal.throwIfAborted();
    const finished = await ask((engine) => engine.generate(request, take));
    if (signal.aborted) letGo(finished);
    signal.throwIfAborted();
    finishPhases(finished.report);
    return addRun({ ...finished, role, request, model: finished.report.model });
  } finally {
    endLive();
  }
}

async function measure(id: number, signal: AbortSignal): Promise<void> {
  const run = need(id);
  // A baseline that was dropped is computed again: the clips are shown in step.
  if (findRun(run.measured?.baseline)) return;
  const request = baselineRequest(run);
  const baseline = baselineFor(run) ?? (await runOne('baseline', request, signal));
  const comparison = await ask((engine) => engine.compare(run.clip, baseline.clip));
  signal.throwIfAborted();
  const speedup = baseline.report.seconds.denoise / run.report.seconds.denoise;
  setMeasured(id, { ...comparison, baseline: baseline.id, speedup });
}

/** Frees what a run holds here and in the worker; with a worker that failed the clip has gone, too. */
function letGo({ pictures, clip }: FinishedRun): void {
  for (const frame of pictures.frames) frame.close();
  ask((engine) => engine.release(clip)).catch(() => {});
}

function need(id: number): Run {
  const run = findRun(id);
  if (!run) throw new Error(`there is no run ${id}`);
  return run;
}
