import { signal } from '@preact/signals';
import { problem, report, warnings } from './problem.ts';

/** Whether something is under way that the one button stops. */
export const isBusy = signal(false);

/** What to say to those who do not see the page: the last thing that happened. */
export const status = signal('Starting.');

let current: AbortController | undefined;

/**
 * Does one thing at a time, and shows what goes wrong; while something is under way, nothing.
 *
 * @param work Asks the signal after whatever it has waited for, so that nothing goes on after a stop.
 */
export async function act(what: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  if (isBusy.value) return;
  const controller = new AbortController();
  current = controller;
  isBusy.value = true;
  problem.value = undefined;
  warnings.value = [];
  status.value = what;
  try {
    await work(controller.signal);
  } catch (error) {
    fail(error);
  } finally {
    isBusy.value = false;
  }
}

/** Marks what is under way as stopped. @returns whether there is anything. */
export function stopAction(): boolean {
  if (isBusy.value) current?.abort(new DOMException('Stopped.', 'AbortError'));
  return isBusy.value;
}

/** Says how something ended that did not end well. */
export function fail(error: unknown): void {
  if (error instanceof Error && error.name === 'AbortError') {
    status.value = 'Stopped.';
    return;
  }
  status.value = 'It did not work.';
  report(error);
}
