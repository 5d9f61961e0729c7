import type { ReadyCommand } from '../gpu/encode.ts';
import { Recorder } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { addScaled } from '../ops/add-scaled.ts';
import { assign } from '../ops/assign.ts';
import type { OpContext } from '../ops/context.ts';
import { RecordedPart } from './recorded-part.ts';

/**
 * What the blocks of a forward that may be skipped add to the residual stream, kept for steps that skip them: one tensor
 * stands for the residuals of all of them, as their sum.
 */
export class StackResidual extends RecordedPart {
  /** [tokens, width] f32: output of the last block minus input of the first that may be skipped. */
  readonly residual: Tensor;

  /** @param hiddenStates The residual stream, [tokens, width] f32. */
  constructor(label: string, ops: Omit<OpContext, 'recorder'>, hiddenStates: Tensor) {
    const recorder = new Recorder(label);
    const context = { ...ops, recorder };
    const residual = recorder.persistent('residual', hiddenStates.shape);
    // The stream itself is never written here: blocks run as they would without a policy, bit for bit.
    recorder.section('keep', () => assign(context, { x: hiddenStates, out: residual }));
    recorder.section('refresh', () => addScaled(context, { x: hiddenStates, out: residual, factor: -1 }));
    recorder.section('add', () => addScaled(context, { x: residual, out: hiddenStates, factor: 1 }));
    super(recorder.finish());
    this.residual = residual;
  }

  /** `keep` the blocks' input, then `refresh` the residual with their output; or `add` it to the stream instead. */
  section(name: 'keep' | 'refresh' | 'add'): readonly ReadyCommand[] {
    return this.allocated.program.section(name);
  }
}
