import type { CalibrationRequest, MeanScores } from '../cache/calibration.ts';
import { computeAll } from '../cache/compute-all.ts';
import { NO_LIMITS } from '../cache/limits.ts';
import type { Policy } from '../cache/policy.ts';
import type { ForwardKey, RunShape } from '../cache/run-shape.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Pacer } from '../gpu/pacer.ts';
import type { Tensor } from '../gpu/tensor.ts';
import type { OpContext } from '../ops/context.ts';
import { Distances } from './distances.ts';
import { Executor } from './executor.ts';
import type { SitedRun } from './key-parts.ts';
import type { Forwards } from './scheduled-forwards.ts';

/** Runs every forward whole, and collects how what a calibration asks for has changed since the steps before. */
export class CalibrationForwards implements Forwards {
  readonly #executor: Executor;
  readonly #distances: ReadonlyMap<ForwardKey, Distances>;
  readonly #actions: ReturnType<typeof computeAll>;

  constructor(
    run: SitedRun,
    shape: RunShape,
    private readonly request: CalibrationRequest,
    ops: Omit<OpContext, 'recorder'>,
    private readonly collected: MeanScores,
  ) {
    const { slots, metric, others = {}, distances, fits = false } = request;
    const declaration = { slots, remedy: 'Calibrate a smaller clip, or over smaller distances.' };
    const actions = computeAll(declaration, shape);
    const policy: Policy = { declare: () => declaration, begin() {}, plan: () => actions };
    this.#actions = actions;
    this.#executor = new Executor(
      run,
      { name: 'calibration', group: 'control' as const, options: {}, policy, limits: NO_LIMITS },
      shape,
      ops,
    );
    this.#distances = new Map(
      shape.keys.map((key) => {
        const kept = this.#executor.parts(key).slots;
        const tensors = slots.map(({ name }) => kept?.tensors(name)[0] as Tensor);
        const compared = { metrics: [metric, ...Object.values(others)], most: distances, fits };
        return [key, new Distances(`distances.${key}`, ops, tensors, compared)];
      }),
    );
  }

  /** Allocates, after the run. @throws {LimitError | OutOfMemoryError} */
  async start(gpu: Gpu): Promise<void> {
    try {
      await this.#executor.start(gpu);
      for (const distances of this.#distances.values()) await distances.start(gpu);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  async submit(pacer: Pacer, step: number, key: ForwardKey, signal?: AbortSignal): Promise<void> {
    const distances = this.#distances.get(key);
    if (!distances) throw new Error(`the run has no forward ${key}`);
    const forward = { step, key, actions: this.#actions, weights: new Map() };
    const commands = [...this.#executor.commands(forward), ...distances.measure.ready()];
    await pacer.run('calibrate', commands, signal);
    const names = ['', ...Object.keys(this.request.others ?? {})];
    const nameOf = (slot: number) => this.request.slots[slot]?.name ?? '';
    for (const { metric, distance, scores } of await distances.read()) {
      if (distance > step) continue;
      for (const [slot, score] of scores.entries()) {
        this.collected.add(nameOf(slot), distance, step - distance, score, names[metric]);
      }
    }
    for (const { distance, slot, rows, sums } of await distances.readMoments()) {
      if (distance <= step) this.collected.addMoments(nameOf(slot), distance, step - distance, rows, sums);
    }
  }

  async finish(): Promise<void> {}

  /** Frees it. */
  stop(): void {
    this.#executor.stop();
    for (const distances of this.#distances.values()) distances.stop();
  }
}
