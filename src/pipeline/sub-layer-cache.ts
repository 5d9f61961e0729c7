import { type BlockPlan, SUB_LAYERS, type SubLayer, type SubLayerPlan } from '../cache/step-plan.ts';
import type { ReadyCommand } from '../gpu/encode.ts';
import { Recorder } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import type { WanBlockInputs, WanTransformerBlock } from '../models/wan/block.ts';
import type { OpContext } from '../ops/context.ts';
import { RecordedPart } from './recorded-part.ts';

/** A block's kept outputs. */
export type KeptSubLayers = Readonly<Record<SubLayer, Tensor>>;

/**
 * The outputs of every block's sub-layers of a branch, each from before its gate, and a forward's blocks put together
 * from computed and kept ones. A program of its own: what runs without it is not recorded any differently.
 */
export class SubLayerCache extends RecordedPart {
  /** By block: [tokens, width] f32 each. */
  readonly kept: readonly KeptSubLayers[];

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
    const kept = blocks.map((block, i) => {
      const keep = (type: SubLayer) => {
        const output = recorder.persistent(`${type}.${i}`, shape);
        recorder.section(`compute.${type}.${i}`, () =>
          block.recordSubLayer(context, inputs, keysValues[i] as Tensor, type, output),
        );
        recorder.section(`add.${type}.${i}`, () => block.recordAdd(context, inputs, type, output));
        return output;
      };
      return { selfAttention: keep('selfAttention'), crossAttention: keep('crossAttention'), mlp: keep('mlp') };
    });
    super(recorder.finish());
    this.kept = kept;
  }

  /** The blocks' commands. What is computed is kept; what is reused must have been. */
  commands(plans: readonly BlockPlan[]): ReadyCommand[] {
    return plans.flatMap((plan, i) => SUB_LAYERS.flatMap((type) => this.#subLayer(type, i, plan)));
  }

  #subLayer(type: SubLayer, block: number, plan: BlockPlan): readonly ReadyCommand[] {
    const { kind, ...reuse }: BlockPlan | SubLayerPlan = plan.kind === 'subLayers' ? plan[type] : plan;
    const { program } = this.allocated;
    const add = program.section(`add.${type}.${block}`);
    if (kind === 'compute') return [...program.section(`compute.${type}.${block}`), ...add];
    if ('cached' in reuse && reuse.cached === 'beforeGate' && reuse.order === 0) return add;
    throw new Error(`block ${block}: a plan to ${kind} is not built for ${type}`);
  }
}
