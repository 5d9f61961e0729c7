import { effect, signal } from '@preact/signals';
import { FORMAT, toRecorded } from '../recorded/format.ts';
import { fromSheet, toSheet } from '../recorded/sheet.ts';
import { RunStore, type StoredRun } from '../recorded/store.ts';
import { addEarlier, findRun, type Run, runs, setMeasured, shownId } from './runs.ts';

/** Kept of the newest runs; what is older goes. */
const MOST_RUNS = 40;

/** Of the kept pictures. */
const QUALITY = 0.9;

/** Whether runs are kept for the next visit: some browsers, and private windows, keep nothing. */
export const isKept = signal(false);

/** What was written of each run, by key: a comparison that comes later is written again. */
const written = new Map<string, Run['measured']>();

/**
 * Brings back the runs of earlier visits, and keeps those of this one. What the disk does not hold or take is not there
 * next time; the page goes on.
 */
export async function followGallery(): Promise<void> {
  try {
    const store = await RunStore.open();
    const all = await store.all();
    const kept = all.filter(({ run }) => run.format === FORMAT).slice(-MOST_RUNS);
    await restore(kept);
    for (const stored of all) if (!kept.includes(stored)) await store.remove(stored.run.key);
    isKept.value = true;
    let writing = Promise.resolve();
    effect(() => {
      const now = runs.value;
      writing = writing.then(() => write(store, now)).catch(stopKeeping);
    });
  } catch (error) {
    stopKeeping(error);
  }
}

function stopKeeping(error: unknown): void {
  isKept.value = false;
  console.info('The gallery is not kept.', error);
}

/** Adds what was kept; a run and its baseline find each other again. */
async function restore(stored: readonly StoredRun[]): Promise<void> {
  const ids = new Map<string, number>();
  for (const { run: recorded, picture } of stored) {
    const { frames: layout, measured: _, format: __, ...rest } = recorded;
    const pictures = await fromSheet({ layout, picture }).catch(() => undefined);
    if (pictures) ids.set(recorded.key, addEarlier({ ...rest, pictures }).id);
  }
  for (const { run } of stored) {
    const [id, baseline] = [ids.get(run.key), run.measured && ids.get(run.measured.baseline)];
    if (id !== undefined && run.measured && baseline !== undefined) setMeasured(id, { ...run.measured, baseline });
    written.set(run.key, findRun(id)?.measured);
  }
  const last = runs.value.findLast(({ role }) => role === 'run');
  shownId.value ??= last?.id;
}

/** Makes the disk hold what is there now. */
async function write(store: RunStore, now: readonly Run[]): Promise<void> {
  for (const key of [...written.keys()]) {
    if (now.some((run) => run.key === key)) continue;
    written.delete(key);
    await store.remove(key);
  }
  const keyOf = (id: number) => now.find((run) => run.id === id)?.key;
  for (const run of now) {
    if (written.has(run.key) && written.get(run.key) === run.measured) continue;
    const { layout, picture } = await toSheet(run.pictures, QUALITY);
    written.set(run.key, run.measured);
    await store.put({ run: toRecorded(run, keyOf, layout), picture, at: performance.timeOrigin + run.id });
  }
}
