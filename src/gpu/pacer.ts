import type { ReadyCommand } from './encode.ts';
import { KernelSpeeds, Workload } from './kernel-speeds.ts';

/** What a submission should take at most: systems reset a GPU that is busy with one for two seconds, browsers soon sooner. */
export const TARGET_SECONDS = 0.25;

/** Expected seconds of submissions on their way: so many that the GPU never waits, so few that an abort hardly does. */
const MOST_UNDERWAY = 4 * TARGET_SECONDS;

/** What is timed should take at least so long: the end of work is told late, and in some browsers every few milliseconds. */
const LEAST_TIMED = 0.02;

/** What the pacer submits to. */
export interface PacedQueue {
  /** Submits commands at once, under a name for errors. */
  submit(label: string, commands: readonly ReadyCommand[]): void;
  /** Resolves when everything submitted so far has run. */
  idle(): Promise<void>;
  /** Seconds, from any beginning. */
  now(): number;
}

/** Submissions that are timed together. */
interface Batch {
  readonly load: Workload;
  /** Expected. */
  seconds: number;
  /** When the first was submitted. */
  readonly start: number;
}

/** A dispatch that takes longer than a submission should. */
export interface LongDispatch {
  /** The kernel's name, such as `attention.tiled.128`. */
  readonly kernel: string;
  /** Expected. */
  readonly seconds: number;
}

/**
 * Cuts work into submissions that no watchdog ends, by what their kernels are known to take, and learns that beside the
 * work. It waits only where more would be on its way than the GPU has use for. One for each device: everything that
 * is submitted of a program goes through it.
 */
export class Pacer {
  readonly #speeds = new KernelSpeeds();
  /** Batches on their way, the oldest first, with their expected seconds. */
  readonly #underway = new Map<Promise<void>, number>();
  /** Done, but too short to be learned from alone. */
  #timed = { load: new Workload(), seconds: 0 };
  #lastDone = Number.NEGATIVE_INFINITY;

  constructor(private readonly queue: PacedQueue) {}

  /**
   * Submits commands in order. Resolves when the last is submitted, not when it has run.
   *
   * @param label Names them in errors.
   * @throws {DeviceLostError | KernelError}; `signal.reason` on abort, between submissions.
   */
  async run(label: string, commands: readonly ReadyCommand[], signal?: AbortSignal): Promise<void> {
    let batch: Batch | undefined;
    for (let first = 0; first < commands.length; ) {
      signal?.throwIfAborted();
      const { end, seconds } = this.#cut(commands, first);
      const [oldest] = this.#underway.keys();
      if (oldest && this.#secondsUnderway + (batch?.seconds ?? 0) + seconds > MOST_UNDERWAY) {
        // What it took may change the cut.
        await oldest;
        continue;
      }
      const part = commands.slice(first, end);
      this.queue.submit(label, part);
      batch ??= { load: new Workload(), seconds: 0, start: this.queue.now() };
      for (const command of part) batch.load.add(command);
      batch.seconds += seconds;
      first = end;
      // A rest that is too short for the clock is timed with what follows it.
      if (batch.seconds < LEAST_TIMED) continue;
      this.#time(batch);
      batch = undefined;
    }
  }

  /** Of these commands the one that takes longest, where that is longer than a submission should and has been timed. */
  longest(commands: Iterable<ReadyCommand>): LongDispatch | undefined {
    let longest: LongDispatch | undefined;
    for (const command of commands) {
      if (command.kind !== 'dispatch' || !this.#speeds.isKnown(command)) continue;
      const seconds = this.#speeds.secondsOf(command);
      if (seconds > (longest?.seconds ?? TARGET_SECONDS)) longest = { kernel: command.kernel.name, seconds };
    }
    return longest;
  }

  /** As many commands as one submission has time for, at least one. */
  #cut(commands: readonly ReadyCommand[], first: number): { readonly end: number; readonly seconds: number } {
    let seconds = 0;
    let end = first;
    while (end < commands.length) {
      const more = this.#speeds.secondsOf(commands[end] as ReadyCommand);
      if (end > first && seconds + more > TARGET_SECONDS) break;
      seconds += more;
      end++;
    }
    return { end, seconds };
  }

  get #secondsUnderway(): number {
    return [...this.#underway.values()].reduce((sum, seconds) => sum + seconds, 0);
  }

  #time({ load, seconds, start }: Batch): void {
    const done: Promise<void> = this.queue
      .idle()
      .finally(() => this.#underway.delete(done))
      .then(() => this.#learn(load, start));
    // Whoever waits for it sees that the device is lost.
    done.catch(() => {});
    this.#underway.set(done, seconds);
  }

  #learn(load: Workload, start: number): void {
    const now = this.queue.now();
    this.#timed.load.merge(load);
    this.#timed.seconds += now - Math.max(start, this.#lastDone);
    this.#lastDone = now;
    if (this.#timed.seconds < LEAST_TIMED / 2) return;
    this.#speeds.learn(this.#timed.load, this.#timed.seconds);
    this.#timed = { load: new Workload(), seconds: 0 };
  }
}
