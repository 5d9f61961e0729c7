import type { Scores } from '../cache/policy.ts';
import type { Probe } from '../cache/requirements.ts';
import type { ReadyCommand } from '../gpu/encode.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { Recorder } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import type { WanBlockInputs, WanTransformerBlock } from '../models/wan/block.ts';
import {
  blockDiff,
  blockDiffShares,
  blockDiffVariant,
  blockScores,
  cachedShape,
  knownScore,
} from '../ops/block-diff.ts';
import type { OpContext } from '../ops/context.ts';
import { RecordedPart } from './recorded-part.ts';

/** Compares blocks' tensors of a branch between measured steps, and keeps the last ones for that. */
export class BlockProbe extends RecordedPart {
  readonly #scores: Tensor;
  #hasPrevious = false;

  /** @param blocks All of the transformer's. @param inputs What their forwards share. */
  constructor(
    label: string,
    ops: Omit<OpContext, 'recorder'>,
    private readonly probe: Probe,
    blocks: readonly WanTransformerBlock[],
    inputs: WanBlockInputs,
  ) {
    const { tensor, every, threshold } = probe;
    const recorder = new Recorder(label);
    const context = { ...ops, recorder };
    const { shape } = inputs.hiddenStates;
    const [rows, width] = cachedShape(shape, every);
    const shares = blockDiffShares(blockDiffVariant(ops.capabilities), rows * width);
    const partials = recorder.persistent('partials', [probe.blocks.length, shares, 2]);
    const scores = recorder.persistent('scores', [probe.blocks.length + 2]);
    for (const [place, index] of probe.blocks.entries()) {
      const cached = recorder.persistent(`previous.${index}`, [rows, width]);
      recorder.section(`block.${index}`, () => {
        let feature = inputs.hiddenStates;
        if (tensor === 'modulated') {
          feature = recorder.temporary('modulated', shape);
          blocks[index]?.recordModulatedInput(context, inputs, feature);
        }
        blockDiff(context, { feature, cached, every, partials, block: place });
      });
    }
    recorder.section('scores', () => blockScores(context, { partials, scores, threshold }));
    super(recorder.finish(), [scores]);
    this.#scores = scores;
  }

  override async start(gpu: Gpu): Promise<void> {
    await super.start(gpu);
    this.#hasPrevious = false;
  }

  /** The blocks' commands, each with its measurement where its tensor has its value, and what makes scores of them. */
  measured(blocks: readonly (readonly ReadyCommand[])[]): ReadyCommand[] {
    const { program } = this.allocated;
    const { tensor, blocks: probed } = this.probe;
    const commands = blocks.flatMap((block, index) => {
      if (!probed.includes(index)) return block;
      const measure = program.section(`block.${index}`);
      return tensor === 'feature' ? [...block, ...measure] : [...measure, ...block];
    });
    return [...commands, ...program.section('scores')];
  }

  /**
   * Scores of the measured forward that was submitted last, as soon as the GPU has them; undefined after the first,
   * which has nothing to be compared with.
   */
  async read(): Promise<Scores | undefined> {
    const isFirst = !this.#hasPrevious;
    this.#hasPrevious = true;
    if (isFirst) return undefined;
    const values = Array.from(await this.readback(this.#scores).read(), knownScore);
    const count = this.probe.blocks.length;
    return { blocks: values.slice(0, count), mean: values[count] as number };
  }
}
