import type { Gpu } from '../gpu/gpu.ts';
import { Program, plannedBytes } from '../gpu/program.ts';
import { Readback } from '../gpu/readback.ts';
import type { Recording } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { type Piece, piece } from './piece.ts';

/** What a part has once it has memory. */
interface Allocated {
  readonly gpu: Gpu;
  readonly program: Program;
  readonly readbacks: ReadonlyMap<Tensor, Readback>;
}

/** What is recorded beside a run, on tensors of the run: its own memory comes with `start`, and goes with `stop`. */
export abstract class RecordedPart {
  #allocated: Allocated | undefined;

  /** @param told Tensors that come back to the host, each in one read at a time. */
  protected constructor(
    readonly recording: Recording,
    private readonly told: readonly Tensor[] = [],
  ) {}

  /** GPU bytes that `start` allocates. */
  get plannedBytes(): number {
    return this.told.reduce((sum, { bytes }) => sum + bytes, plannedBytes(this.recording));
  }

  /**
   * Allocates it; the run and the weights must have their buffers.
   *
   * @throws {LimitError | OutOfMemoryError | KernelError | DeviceLostError}
   */
  async start(gpu: Gpu): Promise<void> {
    const program = await Program.create(gpu, this.recording);
    const readbacks = new Map<Tensor, Readback>();
    this.#allocated = { gpu, program, readbacks };
    try {
      for (const tensor of this.told) readbacks.set(tensor, await Readback.create(gpu, tensor));
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** Frees it. */
  stop(): void {
    this.#allocated?.program.dispose();
    for (const readback of this.#allocated?.readbacks.values() ?? []) readback.dispose();
    this.#allocated = undefined;
  }

  /** A section of it. */
  protected piece(section: string): Piece {
    return piece(this.recording, section, () => this.allocated.program);
  }

  /** What it is allocated on, and its program. */
  protected get allocated(): Pick<Allocated, 'gpu' | 'program'> {
    if (!this.#allocated) throw new Error(`${this.recording.label} has not been allocated`);
    return this.#allocated;
  }

  /** What brings one of the tensors back. */
  protected readback(tensor: Tensor): Readback {
    const readback = this.#allocated?.readbacks.get(tensor);
    if (!readback) throw new Error(`${this.recording.label} does not read ${tensor.label} back now`);
    return readback;
  }
}
