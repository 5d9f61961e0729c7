import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The user has stopped the command: it ends without a word of blame, with the exit code that shells know. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super('Interrupted.');
    this.exitCode = 128 + constants.signals[signal];
  }
}

let stop: AbortController | undefined;

/**
 * Aborts, with an {@link Interrupted}, at the first ctrl-C or request to end since this was first called; a second one ends
 * the process at once.
 */
export function interruption(): AbortSignal {
  if (stop) return stop.signal;
  const made = new AbortController();
  stop = made;
  const onSignal = (signal: NodeJS.Signals) => {
    for (const name of SIGNALS) process.off(name, onSignal);
    made.abort(new Interrupted(signal));
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return made.signal;
}
