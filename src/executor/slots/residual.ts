import { addScaled } from '../../ops/add-scaled.ts';
import { assign } from '../../ops/assign.ts';
import { weightedSum } from '../../ops/weighted-sum.ts';
import { comeTo } from '../hows/index.ts';
import { type KeptSlot, places, type SlotContext } from './kept-slot.ts';

/** What a site adds to the stream: the stream after it less the stream before, which waits in the slot itself. */
export function residualSlot(context: SlotContext): KeptSlot {
  const { ops, slot, forward } = context;
  const { recorder } = ops;
  const { stream } = forward;
  const kept = places(context, stream.shape);
  const { tensors } = kept;
  const isPlain = slot.precision !== 'f16';
  const before = isPlain ? undefined : recorder.persistent(`${slot.name}.before`, stream.shape);
  const keep = tensors.map((place, i) => {
    const [begin, end] = [`${slot.name}/begin.${i}`, `${slot.name}/end.${i}`];
    const scratch = before ?? place;
    // The stream itself is never written here: blocks run as they would without a policy, bit for bit.
    recorder.section(begin, () => assign(ops, { x: stream, out: scratch }));
    recorder.section(end, () => {
      addScaled(ops, { x: stream, out: scratch, factor: -1 });
      if (before) weightedSum(ops, { inputs: [before], out: place });
    });
    return { before: [begin], after: [end] };
  });
  const restore = `${slot.name}/restore`;
  const [only] = tensors;
  recorder.section(restore, () => {
    if (only && !kept.weights && !kept.scaleShift && isPlain) addScaled(ops, { x: only, out: stream, factor: 1 });
    else comeTo(ops, kept, { out: stream, adds: true });
  });
  return { ...kept, keep, restore: [restore] };
}
