import { blocksBefore, type WithinRule } from '../cache/within-rule.ts';
import type { ReadyCommand } from '../gpu/encode.ts';
import { Recorder } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import type { WanBlockInputs, WanTransformerBlock } from '../models/wan/block.ts';
import { addScaled } from '../ops/add-scaled.ts';
import { assign } from '../ops/assign.ts';
import { blockDiff, blockDiffShares, blockDiffVariant, blockScores } from '../ops/block-diff.ts';
import type { OpContext } from '../ops/context.ts';
import { RecordedPart } from './recorded-part.ts';

/**
 * Measures a step's signal against a reference, within the step. Sections, in the order that a forward runs them:
 *
 * - `keep`: the first block's input, where the signal is what that block adds;
 * - `measure`: signal and score, after the blocks that run before the verdict;
 * - `refresh`: the signal becomes the reference. Empty where measuring does that, on every step.
 */
export class WithinProbe extends RecordedPart {
  /** [3] f32: the score, it again as the mean of one, and a verdict that nobody reads. */
  readonly scores: Tensor;

  /** @param blocks All of the transformer's. @param inputs What their forwards share. */
  constructor(
    label: string,
    ops: Omit<OpContext, 'recorder'>,
    rule: WithinRule,
    blocks: readonly WanTransformerBlock[],
    inputs: WanBlockInputs,
  ) {
    const recorder = new Recorder(label);
    const context = { ...ops, recorder };
    const { hiddenStates } = inputs;
    const [rows = 0, width = 0] = hiddenStates.shape;
    const shares = blockDiffShares(blockDiffVariant(ops.capabilities), rows * width);
    const reference = recorder.persistent('reference', hiddenStates.shape);
    const partials = recorder.persistent('partials', [1, shares, 2]);
    const signal = recorder.temporary('signal', hiddenStates.shape);
    const scores = recorder.persistent('scores', [3]);
    const updates = rule.reference === 'everyStep';
    recorder.section('keep', () => {
      if (rule.signal === 'firstBlock') assign(context, { x: hiddenStates, out: signal });
    });
    recorder.section('measure', () => {
      if (rule.signal === 'firstBlock') addScaled(context, { x: hiddenStates, out: signal, factor: -1 });
      else blocks[blocksBefore(rule)]?.recordModulatedInput(context, inputs, signal);
      blockDiff(context, { feature: signal, cached: reference, partials, block: 0, updates });
      blockScores(context, { partials, scores, threshold: 0 });
    });
    recorder.section('refresh', () => {
      if (!updates) assign(context, { x: signal, out: reference });
    });
    super(recorder.finish());
    this.scores = scores;
  }

  /** Commands of a section. */
  section(name: 'keep' | 'measure' | 'refresh'): readonly ReadyCommand[] {
    return this.allocated.program.section(name);
  }
}
