import type { Scheduler } from '../../src/cache/scheduler.ts';
import type { Gpu } from '../../src/gpu/gpu.ts';
import type { Pacer } from '../../src/gpu/pacer.ts';
import { Readback } from '../../src/gpu/readback.ts';
import type { Tensor } from '../../src/gpu/tensor.ts';
import { knownScore } from '../../src/ops/block-diff.ts';
import type { WithinForward, WithinStep } from '../../src/pipeline/within-forward.ts';
import type { WithinSections } from '../../src/pipeline/within-sections.ts';

/**
 * Decides on the host: reads the score, waits for it, and submits either what computes or what reuses. A round trip
 * for each forward; the reference for what decides on the GPU.
 */
export class HostDecidedForward implements WithinForward {
  readonly recordings = [];
  #readback: Readback | undefined;

  /** @param scores Whose first value is the score. */
  constructor(
    private readonly sections: WithinSections,
    private readonly scores: Tensor,
  ) {}

  get plannedBytes(): number {
    return this.scores.bytes;
  }

  async start(gpu: Gpu): Promise<void> {
    this.#readback = await Readback.create(gpu, this.scores);
  }

  async submit(
    pacer: Pacer,
    scheduler: Scheduler,
    { step, isForced }: WithinStep,
    signal?: AbortSignal,
  ): Promise<void> {
    const { sections } = this;
    const { program } = sections.run;
    await pacer.run(program, 'opening', sections.opening, signal);
    const [score] = (await this.#readback?.read()) ?? [];
    signal?.throwIfAborted();
    const computes = scheduler.decide(step, sections.branch, knownScore(score as number), isForced);
    const rest = computes ? sections.computing : sections.reusing;
    await pacer.run(program, computes ? 'compute' : 'reuse', [...rest, ...sections.head], signal);
  }

  async finish(): Promise<void> {}

  stop(): void {
    this.#readback?.dispose();
    this.#readback = undefined;
  }
}
