import type { Branch } from '../cache/policy.ts';
import type { SmoothCacheErrors } from '../cache/smoothcache-errors.ts';
import { SUB_LAYERS } from '../cache/step-plan.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Pacer } from '../gpu/pacer.ts';
import type { WanTransformerBlock } from '../models/wan/block.ts';
import type { OpContext } from '../ops/context.ts';
import type { Forwards } from './scheduled-forwards.ts';
import { SubLayerCache } from './sub-layer-cache.ts';
import { SubLayerErrors } from './sub-layer-errors.ts';
import type { WanRun } from './wan-run.ts';

/** Runs every forward whole, and collects how its sub-layers changed since the steps before. */
export class CalibrationForwards implements Forwards {
  readonly #branches = new Map<Branch, { readonly cache: SubLayerCache; readonly errors: SubLayerErrors }>();

  constructor(
    private readonly run: WanRun,
    private readonly blocks: readonly WanTransformerBlock[],
    ops: Omit<OpContext, 'recorder'>,
    kMax: number,
    private readonly collected: SmoothCacheErrors,
  ) {
    for (const [branch, keysValues] of run.keysValues) {
      const cache = new SubLayerCache(`calibrate.${branch}`, ops, blocks, run.blockInputs, keysValues);
      this.#branches.set(branch, { cache, errors: new SubLayerErrors(`errors.${branch}`, ops, cache.kept, kMax) });
    }
  }

  /** Allocates, after the run. @throws {LimitError | OutOfMemoryError} */
  async start(gpu: Gpu): Promise<void> {
    try {
      for (const { cache, errors } of this.#branches.values()) {
        await cache.start(gpu);
        await errors.start(gpu);
      }
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  async submit(pacer: Pacer, step: number, branch: Branch, signal?: AbortSignal): Promise<void> {
    const { program, forwards } = this.run;
    const sections = forwards.get(branch);
    const { cache, errors } = this.#branches.get(branch) ?? {};
    if (!sections || !cache || !errors) throw new Error(`the run has no branch ${branch}`);
    const commands = [
      ...program.section(sections.embed),
      ...cache.commands(this.blocks.map(() => ({ kind: 'compute' }))),
      ...errors.commands,
      ...program.section(sections.head),
    ];
    await pacer.run(program, 'calibrate', commands, signal);
    const measured = await errors.read();
    for (const type of SUB_LAYERS) {
      for (const [i, error] of measured[type].entries()) this.collected.add(type, i + 1, step, error);
    }
  }

  async finish(): Promise<void> {}

  /** Frees it. */
  stop(): void {
    for (const { cache, errors } of this.#branches.values()) {
      cache.stop();
      errors.stop();
    }
  }
}
