import type { Command, Workgroups } from './command.ts';
import type { ReadyCommand } from './encode.ts';
import type { Gpu } from './gpu.ts';
import { Tensor } from './tensor.ts';

/** Usage of `args`: storage that can be copied to and from, and launched with (`GPUBufferUsage`'s numbers). */
const USAGE = 0x80 | 0x4 | 0x8 | 0x100;

/**
 * Workgroup counts of two lists of dispatches, of which the GPU runs one and skips the other: a row for each count
 * that occurs. A kernel writes `args`, counts or zeros; every dispatch is encoded, and launches what its row says.
 * `args` are in a buffer of their own, so that nothing else waits for what drivers do to check them.
 */
export class DispatchTable {
  /** [rows, 3] u32: what dispatches are launched with. Written by a kernel. */
  readonly args: Tensor;
  /** As many: what they would be launched with if they were not skipped. */
  readonly counts: Uint32Array<ArrayBuffer>;
  /** The first row of the second list. */
  readonly second: number;
  readonly #rows: readonly [ReadonlyMap<string, number>, ReadonlyMap<string, number>];
  #gpu: Gpu | undefined;

  /** @throws when a command is no dispatch: the GPU cannot skip it. */
  constructor(label: string, first: readonly Command[], second: readonly Command[]) {
    const [ofFirst, ofSecond] = [distinct(first), distinct(second)];
    const counts = [...ofFirst.values(), ...ofSecond.values()];
    this.second = ofFirst.size;
    this.#rows = [places(ofFirst, 0), places(ofSecond, this.second)];
    this.counts = Uint32Array.from(counts.flat());
    this.args = new Tensor(`${label}/args`, 'u32', [counts.length, 3]);
  }

  /** GPU bytes that `start` allocates. */
  get plannedBytes(): number {
    return this.args.bytes;
  }

  /** Allocates `args`. @throws {LimitError | OutOfMemoryError | DeviceLostError} */
  async start(gpu: Gpu): Promise<void> {
    const { label, bytes } = this.args;
    const [buffer] = await gpu.memory.allocate([{ label, bytes, usage: USAGE }]);
    this.args.bind(buffer);
    this.#gpu = gpu;
  }

  /** Commands of the first list (0) or the second (1), launched with what `args` says then. */
  commands(list: 0 | 1, commands: readonly ReadyCommand[]): ReadyCommand[] {
    return commands.map((command) => {
      const row = command.kind === 'dispatch' ? this.#rows[list].get(command.workgroups.join()) : undefined;
      if (command.kind !== 'dispatch' || row === undefined) throw new Error('a command that the table does not list');
      return { ...command, indirect: { args: this.args, offset: 12 * row } };
    });
  }

  /** Frees `args`. */
  stop(): void {
    if (!this.#gpu) return;
    this.#gpu.memory.free([this.args.buffer]);
    this.args.bind(undefined);
    this.#gpu = undefined;
  }
}

function distinct(commands: readonly Command[]): Map<string, Workgroups> {
  return new Map(
    commands.map((command) => {
      if (command.kind !== 'dispatch') throw new Error(`the GPU cannot skip a ${command.kind}`);
      return [command.workgroups.join(), command.workgroups];
    }),
  );
}

function places(counts: ReadonlyMap<string, Workgroups>, first: number): Map<string, number> {
  return new Map([...counts.keys()].map((key, i) => [key, first + i]));
}
