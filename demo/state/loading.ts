import { EngineClient } from '../engine/client.ts';
import type { EngineEvent, ModelChoice } from '../engine/protocol.ts';
import { status } from './action.ts';
import { takeLive } from './live.ts';
import { choice, model, presets } from './model.ts';
import { announce, beginLoadPhases, takePhase, underway } from './phases.ts';
import { settle } from './policies.ts';
import { warn } from './problem.ts';
import { settings } from './settings.ts';

const engine = new EngineClient();

/** A load under way or done. */
interface Load {
  readonly done: Promise<void>;
}

/** The newest one; absent before the first, and after it failed or what it had loaded was lost. */
let newest: Load | undefined;

/**
 * Loads the chosen model, unless it is. A load that failed, or whose device or worker was lost, is begun again.
 *
 * @throws {SupersededError} when another model was chosen meanwhile.
 */
export function load(): Promise<void> {
  newest ??= beginLoad(choice.value);
  return newest.done;
}

/** Loads another model in the place of the one that is there or on its way. */
export function loadInstead(next: ModelChoice): Promise<void> {
  choice.value = next;
  newest = undefined;
  return load();
}

/** The model was asked for, and then another one: whoever waits for it need not tell anyone. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

/**
 * Calls the worker. When the device or the worker is lost on the way, so is the model: the next load begins anew.
 * Pictures and reports of the runs are here, and stay.
 */
export async function ask<T>(work: (engine: EngineClient) => Promise<T>): Promise<T> {
  const asked = newest;
  try {
    return await work(engine);
  } catch (error) {
    const isLost = error instanceof Error && ['DeviceLostError', 'WorkerError'].includes(error.name);
    if (isLost && newest === asked) {
      newest = undefined;
      model.value = { kind: 'failed', isHopeless: false };
    }
    throw error;
  }
}

/** Takes in what the worker tells of a load or a run. */
export function take(event: EngineEvent): void {
  takeLive(event);
  if (event.kind === 'warning') warn(event.message);
  if (event.kind !== 'progress') return;
  takePhase(event.progress);
  status.value = announce(underway(event.progress));
}

function beginLoad(wanted: ModelChoice): Load {
  // It asks who is the newest only after this was returned.
  const begun: Load = { done: Promise.resolve().then(() => loadModel(wanted, () => newest === begun)) };
  return begun;
}

/** @param isNewest What an older load still says or brings must not touch what the newer one has. */
async function loadModel(wanted: ModelChoice, isNewest: () => boolean): Promise<void> {
  if (!isNewest()) throw new SupersededError();
  model.value = { kind: 'loading' };
  beginLoadPhases();
  try {
    const loaded = await engine.load(wanted, (event) => {
      if (!isNewest()) return;
      if (event.kind === 'progress') model.value = { kind: 'loading', progress: event.progress };
      take(event);
    });
    if (!isNewest()) throw new SupersededError();
    model.value = { kind: 'ready', loaded };
    settings.value = settle(settings.value, presets.value);
  } catch (error) {
    if (!isNewest()) throw new SupersededError();
    newest = undefined;
    model.value = { kind: 'failed', isHopeless: error instanceof Error && error.name === 'NoWebGpuError' };
    throw error;
  }
}
