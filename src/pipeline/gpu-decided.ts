import type { Scheduler } from '../cache/scheduler.ts';
import type { WithinRule } from '../cache/within-rule.ts';
import { DispatchTable } from '../gpu/dispatch-table.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Pacer } from '../gpu/pacer.ts';
import { Program, plannedBytes } from '../gpu/program.ts';
import { Readback } from '../gpu/readback.ts';
import { Recorder, type Recording } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { upload } from '../gpu/transfer.ts';
import { knownScore } from '../ops/block-diff.ts';
import type { OpContext } from '../ops/context.ts';
import { decideWithin } from '../ops/decide-within.ts';
import { STEPS_IN_FLIGHT } from './wan-generate.ts';
import type { WithinForward, WithinStep } from './within-forward.ts';
import type { WithinSections } from './within-sections.ts';

/** What is allocated. */
interface Allocated {
  readonly gpu: Gpu;
  readonly program: Program;
  readonly readback: Readback;
  /** Verdicts on their way to the scheduler, earlier steps first. */
  readonly telling: Promise<void>[];
}

/**
 * Decides on the GPU: a kernel turns the score into a verdict and writes the workgroup counts of all that follows, those
 * of the outcome or zeros. Every dispatch is encoded, nothing is waited for; verdicts come back beside the next steps.
 */
export class GpuDecidedForward implements WithinForward {
  readonly recordings: readonly [Recording];
  readonly #table: DispatchTable;
  readonly #control: Tensor;
  readonly #counts: Tensor;
  readonly #verdict: Tensor;
  #allocated: Allocated | undefined;

  /** @param scores Whose first value is the score. */
  constructor(
    label: string,
    ops: Omit<OpContext, 'recorder'>,
    rule: WithinRule,
    private readonly sections: WithinSections,
    scores: Tensor,
  ) {
    const { computing, reusing } = sections.recorded;
    const table = new DispatchTable(label, computing, reusing);
    const recorder = new Recorder(label);
    this.#table = table;
    this.#control = recorder.persistent('control', [1], 'u32');
    this.#counts = recorder.persistent('counts', table.args.shape, 'u32');
    this.#verdict = recorder.persistent('verdict', [2]);
    const sum = recorder.persistent('sum', [1]);
    recorder.section('decide', () =>
      decideWithin(
        { ...ops, recorder },
        {
          rule,
          scores,
          control: this.#control,
          counts: this.#counts,
          reusing: table.second,
          sum,
          verdict: this.#verdict,
          args: table.args,
        },
      ),
    );
    this.recordings = [recorder.finish()];
  }

  get plannedBytes(): number {
    return plannedBytes(this.recordings[0]) + this.#table.plannedBytes + STEPS_IN_FLIGHT * this.#verdict.bytes;
  }

  async start(gpu: Gpu): Promise<void> {
    await this.#table.start(gpu);
    let program: Program | undefined;
    try {
      program = await Program.create(gpu, this.recordings[0]);
      const readback = await Readback.create(gpu, this.#verdict, STEPS_IN_FLIGHT);
      this.#allocated = { gpu, program, readback, telling: [] };
    } catch (error) {
      program?.dispose();
      this.#table.stop();
      throw error;
    }
    upload(gpu, this.#counts, this.#table.counts);
  }

  async submit(
    pacer: Pacer,
    scheduler: Scheduler,
    { step, isForced }: WithinStep,
    signal?: AbortSignal,
  ): Promise<void> {
    const { gpu, program, telling } = this.#ready;
    const { opening, computing, reusing, head, run } = this.sections;
    upload(gpu, this.#control, Uint32Array.of(Number(isForced)));
    const commands = [
      ...opening,
      ...program.section('decide'),
      ...this.#table.commands(0, computing),
      ...this.#table.commands(1, reusing),
      ...head,
    ];
    await pacer.run(run.program, 'decideWithin', commands, signal);
    // No wait: with so many steps in flight, the oldest has run and its verdict has come.
    if (telling.length === STEPS_IN_FLIGHT) await telling.shift();
    const told = this.#tell(scheduler, step, telling.at(-1));
    // Awaited later: until then nobody handles a rejection.
    told.catch(() => {});
    telling.push(told);
  }

  async finish(): Promise<void> {
    await Promise.all(this.#ready.telling);
  }

  stop(): void {
    this.#allocated?.program.dispose();
    this.#allocated?.readback.dispose();
    this.#allocated = undefined;
    this.#table.stop();
  }

  /** @param before The verdict of the step before, which is told first. */
  async #tell(scheduler: Scheduler, step: number, before: Promise<void> | undefined): Promise<void> {
    const [score, computes] = await this.#ready.readback.read();
    await before;
    scheduler.decided(step, this.sections.branch, knownScore(score as number), computes === 1);
  }

  get #ready(): Allocated {
    if (!this.#allocated) throw new Error('what decides has not been allocated');
    return this.#allocated;
  }
}
