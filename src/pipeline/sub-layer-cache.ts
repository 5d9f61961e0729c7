import { type BlockPlan, SUB_LAYERS, type SubLayer, type SubLayerPlan } from '../cache/step-plan.ts';
import type { ReadyCommand } from '../gpu/encode.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { Program, plannedBytes } from '../gpu/program.ts';
import { Recorder, type Recording } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import type { WanBlockInputs, WanTransformerBlock } from '../models/wan/block.ts';
import type { OpContext } from '../ops/context.ts';

/** A block's kept outputs. */
export type KeptSubLayers = Readonly<Record<SubLayer, Tensor>>;

/**
 * The outputs of every block's sub-layers of a branch, each from before its gate, and a forward's blocks put together
 * from computed and kept ones. A program of its own: what runs without it is not recorded any differently.
 */
export class SubLayerCache {
  /** By block: [tokens, width] f32 each. */
  readonly kept: readonly KeptSubLayers[];
  readonly recording: Recording;
  #program: Program | undefined;

  /** @param inputs What the blocks' forwards share. @param keysValues The branch's, by block. */
  constructor(
    label: string,
    ops: Omit<OpContext, 'recorder'>,
    blocks: readonly WanTransformerBlock[],
    inputs: WanBlockInputs,
    keysValues: readonly Tensor[],
  ) {
    const recorder = new Recorder(label);
    const context = { ...ops, recorder };
    const { shape } = inputs.hiddenStates;
    this.kept = blocks.map((block, i) => {
      const keep = (type: SubLayer) => {
        const kept = recorder.persistent(`${type}.${i}`, shape);
        recorder.section(`compute.${type}.${i}`, () =>
          block.recordSubLayer(context, inputs, keysValues[i] as Tensor, type, kept),
        );
        recorder.section(`add.${type}.${i}`, () => block.recordAdd(context, inputs, type, kept));
        return kept;
      };
      return { selfAttention: keep('selfAttention'), crossAttention: keep('crossAttention'), mlp: keep('mlp') };
    });
    this.recording = recorder.finish();
  }

  /** GPU bytes that `start` allocates. */
  get plannedBytes(): number {
    return plannedBytes(this.recording);
  }

  /** Allocates it; the run and the weights must have their buffers. */
  async start(gpu: Gpu): Promise<void> {
    this.#program = await Program.create(gpu, this.recording);
  }

  /** The blocks' commands. What is computed is kept; what is reused must have been. */
  commands(plans: readonly BlockPlan[]): ReadyCommand[] {
    return plans.flatMap((plan, i) => SUB_LAYERS.flatMap((type) => this.#subLayer(type, i, plan)));
  }

  /** Frees it. */
  stop(): void {
    this.#program?.dispose();
    this.#program = undefined;
  }

  #subLayer(type: SubLayer, block: number, plan: BlockPlan): readonly ReadyCommand[] {
    if (!this.#program) throw new Error('the sub-layers have not been allocated');
    const { kind, ...reuse }: BlockPlan | SubLayerPlan = plan.kind === 'subLayers' ? plan[type] : plan;
    const add = this.#program.section(`add.${type}.${block}`);
    if (kind === 'compute') return [...this.#program.section(`compute.${type}.${block}`), ...add];
    if ('cached' in reuse && reuse.cached === 'beforeGate' && reuse.order === 0) return add;
    throw new Error(`block ${block}: a plan to ${kind} is not built for ${type}`);
  }
}
