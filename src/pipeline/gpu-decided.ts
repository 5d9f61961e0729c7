import type { Scheduler } from '../cache/scheduler.ts';
import type { WithinRule } from '../cache/within-rule.ts';
import { DispatchTable } from '../gpu/dispatch-table.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Pacer } from '../gpu/pacer.ts';
import { Program, plannedBytes } from '../gpu/program.ts';
import { Recorder, type Recording } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { downloadF32, upload } from '../gpu/transfer.ts';
import { knownScore } from '../ops/block-diff.ts';
import type { OpContext } from '../ops/context.ts';
import { decideWithin } from '../ops/decide-within.ts';
import type { WithinForward, WithinStep } from './within-forward.ts';
import type { WithinSections } from './within-sections.ts';

/**
 * Decides on the GPU: a kernel turns the score into a verdict and writes the workgroup counts of all that follows, those
 * of the outcome or zeros. Every dispatch is encoded, nothing is waited for; verdicts are read once, after the last step.
 */
export class GpuDecidedForward implements WithinForward {
  readonly recordings: readonly [Recording];
  readonly #table: DispatchTable;
  readonly #control: Tensor;
  readonly #counts: Tensor;
  readonly #history: Tensor;
  #allocated: { readonly gpu: Gpu; readonly program: Program } | undefined;

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
    this.#control = recorder.persistent('control', [2], 'u32');
    this.#counts = recorder.persistent('counts', table.args.shape, 'u32');
    this.#history = recorder.persistent('history', [sections.run.geometry.steps, 2]);
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
          history: this.#history,
          args: table.args,
        },
      ),
    );
    this.recordings = [recorder.finish()];
  }

  get plannedBytes(): number {
    return plannedBytes(this.recordings[0]) + this.#table.plannedBytes;
  }

  async start(gpu: Gpu): Promise<void> {
    await this.#table.start(gpu);
    const program = await Program.create(gpu, this.recordings[0]).catch((error) => {
      this.#table.stop();
      throw error;
    });
    upload(gpu, this.#counts, this.#table.counts);
    this.#allocated = { gpu, program };
  }

  async submit(pacer: Pacer, _: Scheduler, { step, isForced }: WithinStep, signal?: AbortSignal): Promise<void> {
    const { gpu, program } = this.#ready;
    const { opening, computing, reusing, head, run } = this.sections;
    upload(gpu, this.#control, Uint32Array.of(step, Number(isForced)));
    const commands = [
      ...opening,
      ...program.section('decide'),
      ...this.#table.commands(0, computing),
      ...this.#table.commands(1, reusing),
      ...head,
    ];
    await pacer.run(run.program, 'decideWithin', commands, signal);
  }

  async finish(scheduler: Scheduler): Promise<void> {
    const history = await downloadF32(this.#ready.gpu, this.#history);
    for (let step = 0; step < history.length / 2; step++) {
      const [score, computes] = history.slice(2 * step);
      scheduler.decided(step, this.sections.branch, knownScore(score as number), computes === 1);
    }
  }

  stop(): void {
    this.#allocated?.program.dispose();
    this.#allocated = undefined;
    this.#table.stop();
  }

  get #ready() {
    if (!this.#allocated) throw new Error('what decides has not been allocated');
    return this.#allocated;
  }
}
