import type { Decision } from '../cache/declaration.ts';
import type { CacheLimits } from '../cache/limits.ts';
import { DispatchTable } from '../gpu/dispatch-table.ts';
import type { ReadyCommand } from '../gpu/encode.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { Program, plannedBytes } from '../gpu/program.ts';
import { Readback } from '../gpu/readback.ts';
import { Recorder, type Recording } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { upload } from '../gpu/transfer.ts';
import { knownScore } from '../ops/block-diff.ts';
import type { OpContext } from '../ops/context.ts';
import { decideWithin } from '../ops/decide-within.ts';
import { commandsOf, type Piece } from './piece.ts';

/** What is allocated. */
interface Allocated {
  readonly gpu: Gpu;
  readonly program: Program;
  readonly readback: Readback;
}

/** What a decision runs, either way. */
export interface Outcomes {
  readonly computes: readonly Piece[];
  readonly reuses: readonly Piece[];
}

/** A verdict as the GPU has given it. */
export interface GivenVerdict {
  readonly score: number;
  readonly computes: boolean;
}

/**
 * Decides on the GPU: a kernel turns a score into a verdict and writes the workgroup counts of all that follows, those
 * of the outcome or zeros. Every dispatch is encoded, nothing is waited for; verdicts come back beside later steps.
 */
export class DecisionPart {
  readonly recording: Recording;
  readonly #table: DispatchTable;
  readonly #control: Tensor;
  readonly #counts: Tensor;
  /** [2] f32: the score, and 1 where the forward computes. */
  readonly verdict: Tensor;
  #allocated: Allocated | undefined;

  /** @param scores Whose first value decides, times and over those of `gain`. @param verdicts How many may be on their way to the host at once. */
  constructor(
    label: string,
    ops: Omit<OpContext, 'recorder'>,
    { rule }: Pick<Decision, 'rule'>,
    limits: CacheLimits,
    { computes, reuses }: Outcomes,
    scores: Tensor,
    private readonly verdicts: number,
    gain?: { readonly times: Tensor; readonly over: Tensor },
  ) {
    const recorded = (pieces: readonly Piece[]) => pieces.flatMap((piece) => piece.recorded);
    const table = new DispatchTable(label, recorded(computes), recorded(reuses));
    const recorder = new Recorder(label);
    this.#table = table;
    this.#control = recorder.persistent('control', [1], 'u32');
    this.#counts = recorder.persistent('counts', table.args.shape, 'u32');
    this.verdict = recorder.persistent('verdict', [2]);
    const state = recorder.persistent('state', [5]);
    recorder.section('decide', () =>
      decideWithin(
        { ...ops, recorder },
        {
          rule,
          limits,
          scores,
          control: this.#control,
          counts: this.#counts,
          reusing: table.second,
          state,
          verdict: this.verdict,
          args: table.args,
          ...(gain && { gain }),
        },
      ),
    );
    this.recording = recorder.finish();
  }

  /** GPU bytes that `start` allocates. */
  get plannedBytes(): number {
    return plannedBytes(this.recording) + this.#table.plannedBytes + this.verdicts * this.verdict.bytes;
  }

  /** Allocates it, after all that it decides about. */
  async start(gpu: Gpu): Promise<void> {
    await this.#table.start(gpu);
    let program: Program | undefined;
    try {
      program = await Program.create(gpu, this.recording);
      const readback = await Readback.create(gpu, this.verdict, this.verdicts);
      this.#allocated = { gpu, program, readback };
    } catch (error) {
      program?.dispose();
      this.#table.stop();
      throw error;
    }
    upload(gpu, this.#counts, this.#table.counts);
  }

  /** Decides, and runs what follows from it: dispatches as large as those that it was recorded for. */
  commands(isForced: boolean, { computes, reuses }: Outcomes): ReadyCommand[] {
    const { gpu, program } = this.#ready;
    upload(gpu, this.#control, Uint32Array.of(Number(isForced)));
    return [
      ...program.section('decide'),
      ...this.#table.commands(0, commandsOf(computes)),
      ...this.#table.commands(1, commandsOf(reuses)),
    ];
  }

  /** The verdict of the forward that was submitted last. */
  async read(): Promise<GivenVerdict> {
    const [score, computes] = await this.#ready.readback.read();
    return { score: knownScore(score as number), computes: computes === 1 };
  }

  /** Frees it. */
  stop(): void {
    this.#allocated?.program.dispose();
    this.#allocated?.readback.dispose();
    this.#allocated = undefined;
    this.#table.stop();
  }

  get #ready(): Allocated {
    if (!this.#allocated) throw new Error('what decides has not been allocated');
    return this.#allocated;
  }
}
