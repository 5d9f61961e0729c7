import type { ReadyCommand, ReadyDispatch } from '../../src/gpu/encode.ts';
import type { Kernel } from '../../src/gpu/kernel.ts';
import type { PacedQueue } from '../../src/gpu/pacer.ts';
import type { Tensor } from '../../src/gpu/tensor.ts';

/** What was submitted at once. */
export interface Submission {
  readonly label: string;
  readonly commands: readonly ReadyCommand[];
  /** When it was submitted, and from when to when it ran. */
  readonly at: number;
  readonly begin: number;
  readonly end: number;
}

/**
 * A GPU that takes as long as a script says, on a clock of its own: time passes only in `pass`, and in `settle` when
 * nothing else is left to do.
 */
export class ScriptedGpu implements PacedQueue {
  readonly submissions: Submission[] = [];
  #now = 0;
  readonly #waiting: { readonly at: number; readonly resolve: () => void }[] = [];

  /** @param secondsOf What a command takes. @param latency From the end of work until it is told. */
  constructor(
    public secondsOf: (command: ReadyCommand) => number,
    private readonly latency = 0.002,
  ) {}

  submit(label: string, commands: readonly ReadyCommand[]): void {
    const begin = Math.max(this.#now, this.submissions.at(-1)?.end ?? 0);
    const end = begin + commands.reduce((sum, command) => sum + this.secondsOf(command), 0);
    this.submissions.push({ label, commands, at: this.#now, begin, end });
  }

  idle(): Promise<void> {
    const at = Math.max(this.#now, this.submissions.at(-1)?.end ?? 0) + this.latency;
    return new Promise((resolve) => this.#waiting.push({ at, resolve }));
  }

  now(): number {
    return this.#now;
  }

  /** Lets time pass, with all that ends in it. */
  async pass(seconds: number): Promise<void> {
    const end = this.#now + seconds;
    await turns();
    while (this.#waiting[0] && this.#waiting[0].at <= end) await this.#tell();
    this.#now = end;
  }

  /** Waits for work, letting time pass to the next end whenever it waits itself. */
  async settle<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const settled = work.finally(() => {
      isDone = true;
    });
    settled.catch(() => {});
    await turns();
    while (!isDone) {
      if (!this.#waiting[0]) throw new Error('it waits for nothing');
      await this.#tell();
    }
    return settled;
  }

  async #tell(): Promise<void> {
    const next = this.#waiting.shift();
    this.#now = Math.max(this.#now, next?.at ?? 0);
    next?.resolve();
    await turns();
  }
}

/** A dispatch of so much work. */
export function dispatchOf(kernel: Kernel, work: number, indirect?: ReadyDispatch['indirect']): ReadyDispatch {
  const pipeline = {} as GPUComputePipeline;
  const bindGroup = {} as GPUBindGroup;
  const command = { kind: 'dispatch', kernel, tensors: [], params: [], workgroups: [1, 1, 1], work } as const;
  return { ...command, pipeline, bindGroup, ...(indirect && { indirect }) };
}

/** A kernel that is only told apart. */
export function kernelOf(name: string): Kernel {
  return { name, source: '', access: [] };
}

/** Where a verdict writes whether a dispatch is skipped. */
export const SKIPPABLE = { args: {} as Tensor, offset: 0 };

async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
