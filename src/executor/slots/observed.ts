import { assign } from '../../ops/assign.ts';
import { weightedSum } from '../../ops/weighted-sum.ts';
import { comeTo } from '../hows/index.ts';
import { type KeptSlot, places, type SlotContext } from './kept-slot.ts';

/** The stream after a block: restored, it takes the place of all that came before. */
export function outputSlot(context: SlotContext): KeptSlot {
  const { ops, slot, forward } = context;
  const { recorder } = ops;
  const { stream } = forward;
  const kept = places(context, stream.shape);
  const keep = kept.tensors.map((place, i) => {
    const section = `${slot.name}/keep.${i}`;
    recorder.section(section, () => weightedSum(ops, { inputs: [stream], out: place }));
    return { before: [], after: [section] };
  });
  const restore = `${slot.name}/restore`;
  recorder.section(restore, () => comeTo(ops, kept, { out: stream }));
  return { ...kept, keep, restore: [restore] };
}

/** A block's modulated input: for calibration, which compares it; nothing restores it. */
export function modulatedInputSlot(context: SlotContext, block: number): KeptSlot {
  const { ops, slot, forward } = context;
  const { recorder } = ops;
  const { tensors } = places(context, forward.stream.shape);
  const keep = tensors.map((kept, i) => {
    const section = `${slot.name}/keep.${i}`;
    recorder.section(section, () => {
      const input = recorder.temporary('modulatedInput', forward.stream.shape);
      forward.blocks[block]?.recordModulatedInput(ops, input);
      assign(ops, { x: input, out: kept });
    });
    return { before: [section], after: [] };
  });
  return { tensors, keep, restore: [] };
}
