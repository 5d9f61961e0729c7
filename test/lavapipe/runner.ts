import type { RunnerTask } from 'vitest';
import { TestRunner } from 'vitest';

/** Reports every test as skipped where the Vulkan driver is missing: a pass there would mean nothing. */
export default class SkipWithoutDriver extends TestRunner {
  /** Vitest calls this with the files' tests before it runs them. */
  onCollected(files: RunnerTask[]): void {
    const missing = process.env.STILLFRAME_DAWN_MISSING;
    if (!missing) return;
    console.warn(`Skipped, no adapter for Dawn in Node: ${missing}.`);
    for (const file of files) skip(file);
  }
}

function skip(task: RunnerTask): void {
  task.mode = 'skip';
  if (task.type === 'suite') for (const child of task.tasks) skip(child);
}
