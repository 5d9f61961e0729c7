import type { ReadyCommand } from './encode.ts';
import type { Gpu } from './gpu.ts';
import type { Program } from './program.ts';

/** What a submission should take at most: systems reset a GPU that is busy with one for about two seconds. */
const TARGET_SECONDS = 0.5;

/** Commands of each submission until their speed is known. */
const FIRST_COMMANDS = 16;

/** Cuts long work into submissions that no watchdog ends, as few as it can: it learns from the first run of each kind. */
export class Pacer {
  readonly #commandsPerSubmission = new Map<string, number>();

  constructor(private readonly gpu: Gpu) {}

  /**
   * Submits commands; the first time that a `kind` of work is seen, waits for each submission and times it.
   *
   * @throws {DeviceLostError}; `signal.reason` on abort, between submissions.
   */
  async run(program: Program, kind: string, commands: readonly ReadyCommand[], signal?: AbortSignal): Promise<void> {
    const known = this.#commandsPerSubmission.get(kind);
    const size = known ?? FIRST_COMMANDS;
    let slowest = 0;
    if (known === undefined) await this.gpu.idle();
    for (let first = 0; first < commands.length; first += size) {
      signal?.throwIfAborted();
      const start = performance.now();
      program.submit(commands.slice(first, first + size));
      if (known !== undefined) continue;
      await this.gpu.idle();
      slowest = Math.max(slowest, (performance.now() - start) / 1000);
    }
    if (known === undefined) {
      const fitting = slowest > 0 ? (size * TARGET_SECONDS) / slowest : commands.length;
      this.#commandsPerSubmission.set(kind, Math.max(1, Math.min(commands.length, Math.floor(fitting))));
    }
  }
}
