import { effect, signal } from '@preact/signals';
import { EngineClient } from '../engine/client.ts';
import type { EngineEvent, ModelChoice, RunRequest } from '../engine/protocol.ts';
import { baselineRequest, controlRequest } from './controls.ts';
import { beginLive, endLive, takeLive } from './live.ts';
import { choice, model, presets } from './model.ts';
import { announce, beginLoadPhases, beginRunPhases, finishPhases, takePhase, underway } from './phases.ts';
import { findPolicy, settle, withOption } from './policies.ts';
import { problem, report, warn, warnings } from './problem.ts';
import { addRun, baselineFor, findRun, type Run, runs, setMeasured, shown, shownId } from './runs.ts';
import { change, fromRequest, settings, toRequest } from './settings.ts';

/** Whether something is under way that the one button stops. */
export const isBusy = signal(false);

/** What to say to those who do not see the page: the last thing that happened. */
export const status = signal('Starting.');

const engine = new EngineClient();
/** The load under way or done; absent before the first, and after one failed. */
let loading: Promise<void> | undefined;
let isStopped = false;

/** Loads the chosen model, unless it is. A load that failed, or whose device was lost, is begun again. */
function load(): Promise<void> {
  loading ??= loadModel(choice.value).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** Takes another model: its clips are not comparable with those of the one before, which stay to be looked at. */
export async function openModel(next: ModelChoice): Promise<void> {
  await act('Opening the model.', async () => {
    choice.value = next;
    loading = undefined;
    await load();
    status.value = 'Ready.';
  });
}

/** Generates what the settings say. */
export async function generate(): Promise<void> {
  await act('Generating.', async () => {
    const run = await runOne('Generating', toRequest(settings.value), 'run');
    shownId.value = run.id;
    status.value = 'Done.';
  });
}

/** Generates the shown run with another threshold, which the settings take over. */
export async function generateWithThreshold(threshold: number): Promise<void> {
  if (shown.value) change(fromRequest(shown.value.request));
  const option = findPolicy(settings.value.policy)?.options.find(({ name }) => name === 'threshold');
  if (option) change(withOption(settings.value, option, threshold, presets.value));
  await generate();
}

/** Compares a run with the same seed's where everything is computed, which runs first where there is none. */
export async function compare(id: number): Promise<void> {
  await act('Comparing.', async () => {
    await measure(id);
    shownId.value = id;
    status.value = 'Compared.';
  });
}

/** Makes the honest control: as many steps as the run's time would have bought, against the same baseline. */
export async function tryFewerSteps(id: number): Promise<void> {
  await act('Trying fewer steps.', async () => {
    const run = need(id);
    const control = await runOne('Fewer steps in the same time', controlRequest(run), 'control');
    await measure(control.id);
    await measure(id);
    status.value = `Done: ${control.report.steps} steps.`;
  });
}

/** Stops what is under way; nothing of it is left. */
export async function stop(): Promise<void> {
  if (!isBusy.value) return;
  isStopped = true;
  await engine.direct.stop();
}

/** Drops a run and its clip. */
export async function remove(id: number): Promise<void> {
  const run = findRun(id);
  if (!run) return;
  runs.value = runs.value.filter((other) => other !== run);
  if (shownId.value === id) shownId.value = runs.value.at(-1)?.id;
  for (const frame of run.pictures.frames) frame.close();
  await engine.direct.release(run.clip);
}

/** A run's clip as a file. */
export function encode({ clip }: Run): Promise<Blob> {
  return engine.direct.encode(clip);
}

/** What a model is, and whether it fits. */
export const inspect = (next: ModelChoice) => engine.direct.inspect(next);

/** Bytes that a run would hold. */
export const plan = (request: RunRequest) => engine.direct.plan(request);

async function loadModel(next: ModelChoice): Promise<void> {
  model.value = { kind: 'loading' };
  beginLoadPhases();
  try {
    const loaded = await engine.load(next, (event) => {
      if (event.kind === 'progress') model.value = { kind: 'loading', progress: event.progress };
      take(event);
    });
    model.value = { kind: 'ready', loaded };
    settings.value = settle(settings.value, presets.value);
  } catch (error) {
    model.value = { kind: 'failed', isHopeless: error instanceof Error && error.name === 'NoWebGpuError' };
    throw error;
  }
}

async function runOne(title: string, request: RunRequest, role: Run['role']): Promise<Run> {
  beginLive(title, request);
  beginRunPhases();
  try {
    await load();
    if (isStopped) throw new DOMException('Stopped.', 'AbortError');
    const finished = await engine.generate(request, take);
    finishPhases(finished.report);
    finished.report.warnings.forEach(warn);
    return addRun({ ...finished, role, request, model: finished.report.model });
  } finally {
    endLive();
  }
}

async function measure(id: number): Promise<void> {
  const run = need(id);
  // A baseline that was dropped is computed again: the clips are shown in step.
  if (findRun(run.measured?.baseline)) return;
  const request = baselineRequest(run);
  const baseline = baselineFor(run) ?? (await runOne('Computing everything', request, 'baseline'));
  const comparison = await engine.direct.compare(run.clip, baseline.clip);
  const speedup = baseline.report.seconds.denoise / run.report.seconds.denoise;
  setMeasured(id, { ...comparison, baseline: baseline.id, speedup });
}

/** Does one thing at a time, and shows what goes wrong. */
async function act(what: string, work: () => Promise<void>): Promise<void> {
  if (isBusy.value) return;
  isBusy.value = true;
  isStopped = false;
  problem.value = undefined;
  warnings.value = [];
  status.value = what;
  try {
    await work();
  } catch (error) {
    fail(error);
  } finally {
    isBusy.value = false;
  }
}

function fail(error: unknown): void {
  if (isAbort(error)) {
    status.value = 'Stopped.';
    return;
  }
  status.value = 'It did not work.';
  report(error);
  if (error instanceof Error && error.name === 'DeviceLostError') {
    // The next load gets a new device. Pictures and reports of the runs are here, and stay.
    loading = undefined;
    model.value = { kind: 'failed', isHopeless: false };
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function take(event: EngineEvent): void {
  takeLive(event);
  if (event.kind === 'warning') warn(event.message);
  if (event.kind !== 'progress') return;
  takePhase(event.progress);
  status.value = announce(underway(event.progress));
}

function need(id: number): Run {
  const run = findRun(id);
  if (!run) throw new Error(`there is no run ${id}`);
  return run;
}

/** Begins to load the model: weights come while the prompt is written. */
export function begin(): void {
  load().then(() => {
    if (!isBusy.value) status.value = 'Ready.';
  }, fail);
  effect(() => {
    // What was wrong with an option may be right now.
    void settings.value;
    if (problem.peek()?.name === 'OptionError') problem.value = undefined;
  });
}
