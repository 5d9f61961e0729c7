import { save } from '../save.ts';
import { report } from '../state/problem.ts';
import type { Run } from '../state/runs.ts';
import { encode } from '../state/session.ts';
import { clipFileName } from './names.ts';

/** Saves a run's clip as a video file; what goes wrong is shown. */
export async function saveClip(run: Run): Promise<void> {
  try {
    const blob = await encode(run);
    save(blob, clipFileName(run, blob.type));
  } catch (error) {
    report(error);
  }
}
