import { VALUE_WORK } from './command.ts';
import type { ReadyCommand } from './encode.ts';
import type { Kernel } from './kernel.ts';

/** Seconds that a unit of work takes until its kernel has been timed: on two cores that stand in for a GPU, an eighth of it. */
const UNKNOWN_SECONDS = 1 / 5e8;

/** Work that is added for every command, however small: launching it takes time, too. */
const LAUNCH_WORK = 1e4;

/** The most that one measurement changes what is known of a kernel, either way: clocks are late when a page is busy. */
const MOST_CHANGE = 4;

/** What is timed: a kernel, or what is not one. */
type Timed = Kernel | 'copy' | 'clear';

/** Work of several commands that are timed together, by what does it. */
export class Workload {
  readonly work = new Map<Timed, number>();
  #isSkippable = false;

  /** Whether the GPU may have skipped some of it. */
  get isSkippable(): boolean {
    return this.#isSkippable;
  }

  /** Adds a command. */
  add(command: ReadyCommand): void {
    const timed = timedAs(command);
    this.work.set(timed, (this.work.get(timed) ?? 0) + workOf(command));
    if (command.kind === 'dispatch' && command.indirect) this.#isSkippable = true;
  }

  /** Adds all of another one. */
  merge(other: Workload): void {
    for (const [timed, work] of other.work) this.work.set(timed, (this.work.get(timed) ?? 0) + work);
    this.#isSkippable ||= other.isSkippable;
  }
}

/**
 * How fast kernels run on a device, from what submissions of them took together. Units of work are each kernel's own:
 * an op says how its kernel's work grows with sizes, and what a unit takes is learned.
 */
export class KernelSpeeds {
  readonly #secondsPerUnit = new Map<Timed, number>();

  /** Whether a command's kernel has been timed. */
  isKnown(command: ReadyCommand): boolean {
    return this.#secondsPerUnit.has(timedAs(command));
  }

  /** Seconds that a command is expected to take. */
  secondsOf(command: ReadyCommand): number {
    return workOf(command) * this.#perUnit(timedAs(command));
  }

  /**
   * Takes in what commands took together. Who was slower or faster than expected cannot be seen: whoever was expected
   * to take most is changed by all of the difference, the others by less, so that the sum is never below the measured
   * one. What may have been skipped teaches nothing of a kernel's speed but that it is lower, unless it is the first
   * seen of it: a first step skips nothing.
   */
  learn({ work, isSkippable }: Workload, seconds: number): void {
    const expected = [...work].map(([timed, units]) => ({ timed, seconds: units * this.#perUnit(timed) }));
    const most = Math.max(...expected.map((part) => part.seconds));
    const ratio = seconds / expected.reduce((sum, part) => sum + part.seconds, 0);
    for (const { timed, seconds: part } of expected) {
      const isKnown = this.#secondsPerUnit.has(timed);
      if (isKnown && isSkippable && ratio < 1) continue;
      const change = ratio ** (part / most);
      const allowed = isKnown ? Math.min(MOST_CHANGE, Math.max(1 / MOST_CHANGE, change)) : change;
      this.#secondsPerUnit.set(timed, this.#perUnit(timed) * allowed);
    }
  }

  #perUnit(timed: Timed): number {
    return this.#secondsPerUnit.get(timed) ?? UNKNOWN_SECONDS;
  }
}

function timedAs(command: ReadyCommand): Timed {
  return command.kind === 'dispatch' ? command.kernel : command.kind;
}

function workOf(command: ReadyCommand): number {
  if (command.kind === 'dispatch') return LAUNCH_WORK + command.work;
  const bytes = command.kind === 'copy' ? command.bytes : command.tensors[0].bytes;
  return LAUNCH_WORK + (VALUE_WORK * bytes) / 4;
}
