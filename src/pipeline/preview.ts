import { RecordedPart } from '../executor/recorded-part.ts';
import type { Pacer } from '../gpu/pacer.ts';
import { Recorder } from '../gpu/recorder.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import { upload } from '../gpu/transfer.ts';
import type { OpContext } from '../ops/context.ts';
import { linearCombination } from '../ops/linear-combination.ts';
import { guidedEstimate, type Sampler } from '../samplers/sampler.ts';
import { packRows } from '../video/frames.ts';
import type { Run } from './model-run.ts';
import type { PreviewOptions } from './types.ts';

/**
 * Pictures of a run under way: its first frame, decoded from what a step takes the clean latents to be. A program of its
 * own that borrows the run's decoder between steps: it writes nothing that the run has not read or will not write anew,
 * so a run's bits are those of one without.
 */
export class RunPreview extends RecordedPart {
  readonly #coefficients: Tensor;
  /** The picture on its way, or one that failed. */
  #pending: Promise<void> | undefined;

  constructor(
    private readonly run: Run,
    ops: Omit<OpContext, 'recorder'>,
    private readonly options: PreviewOptions,
  ) {
    const { state, velocity, decoding } = run;
    const [branches = 0] = velocity.shape;
    const recorder = new Recorder('preview');
    const context = { ...ops, recorder };
    const coefficients = recorder.persistent('coefficients', [1, 1 + branches]);
    recorder.section('estimate', () => {
      const estimate = recorder.temporary('estimate', [1, ...state.shape.slice(1)]);
      recorder.copy(state, estimate, elements(estimate.shape) * 4);
      linearCombination(context, { state: estimate, velocity, coefficients });
      decoding.recordInput(context, estimate);
    });
    super(recorder.finish(), [decoding.firstFrame.pixels]);
    this.#coefficients = coefficients;
  }

  /**
   * After a step's forwards and before its update: makes a picture where one is due, unless one is still on its way.
   * It comes back beside the next steps.
   *
   * @throws {DeviceLostError}; `signal.reason` on abort.
   */
  async submit(
    pacer: Pacer,
    step: number,
    sampler: Sampler,
    guidanceScale: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const { run, options } = this;
    const isDue = (step + 1) % options.every === 0 && step + 1 < run.geometry.steps;
    if (!isDue || this.#pending) return;
    const { gpu, program } = this.allocated;
    const branches = run.velocity.shape[0] === 2 ? 2 : 1;
    upload(gpu, this.#coefficients, guidedEstimate(sampler, step, guidanceScale, branches));
    const { sections } = run.decoding.firstFrame;
    const commands = [...program.section('estimate'), ...run.program.commands(sections)];
    await pacer.run('preview', commands, signal);
    this.#pending = this.#deliver(step, signal);
    // Awaited later: until then nobody handles a rejection.
    this.#pending.catch(() => {});
  }

  /** Waits for the picture that is on its way. @throws what its receiver threw. */
  async finish(): Promise<void> {
    await this.#pending;
  }

  async #deliver(step: number, signal?: AbortSignal): Promise<void> {
    const { width, height, firstFrame } = this.run.decoding;
    const rows = await this.readback(firstFrame.pixels).readBytes();
    if (signal?.aborted) return;
    const { buffer } = packRows({ width, height, pixels: firstFrame.pixels }, rows);
    this.options.onPreview({ step, width, height, rgba: new Uint8ClampedArray(buffer) });
    this.#pending = undefined;
  }
}
