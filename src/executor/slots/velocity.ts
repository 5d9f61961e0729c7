import type { Tensor } from '../../gpu/tensor.ts';
import type { TensorPart } from '../../models/forward-sites.ts';
import { addScaled } from '../../ops/add-scaled.ts';
import { assign } from '../../ops/assign.ts';
import type { OpContext } from '../../ops/context.ts';
import { weightedSum } from '../../ops/weighted-sum.ts';
import { comeTo } from '../hows/index.ts';
import { type KeptSlot, places, type SlotContext } from './kept-slot.ts';

/** A forward's prediction, or its difference to another branch's or to the latents, which is added when it is restored. */
export function velocitySlot(context: SlotContext): KeptSlot {
  const { ops, slot, forward, base } = context;
  const { recorder } = ops;
  const { velocity } = forward;
  const added = slot.relativeTo === 'latents' ? forward.latents : base?.velocity;
  if (!velocity || (slot.relativeTo && added?.count !== velocity.count)) {
    throw new Error(
      `slot ${slot.name}: this forward's velocity is in pieces, or not as large as what it is relative to`,
    );
  }
  const shape = [1, velocity.count];
  const kept = places(context, shape);
  const keep = kept.tensors.map((place, i) => {
    const section = `${slot.name}/keep.${i}`;
    recorder.section(section, () => {
      const now = copied(ops, velocity);
      if (added) {
        const difference = copied(ops, added);
        addScaled(ops, { x: now, out: difference, factor: -1 });
        weightedSum(ops, { inputs: [difference], out: place });
      } else weightedSum(ops, { inputs: [now], out: place });
    });
    return { before: [], after: [section] };
  });
  const restore = `${slot.name}/restore`;
  recorder.section(restore, () => {
    // Both branches' predictions lie in one buffer, of which a dispatch may not read a part and write another.
    const base = added && { base: copied(ops, added) };
    const { tensor: out, offset: first } = velocity;
    comeTo(ops, kept, { ...base, out, first });
  });
  return { ...kept, keep, restore: [restore] };
}

/** A copy of a part of a tensor, for as long as its section runs. */
export function copied(ops: OpContext, { tensor, offset, count }: TensorPart): Tensor {
  const copy = ops.recorder.temporary(`${tensor.label}.copy`, [1, count]);
  // A dispatch, which may be one that the GPU skips.
  if (offset % 4 === 0) assign(ops, { x: tensor, first: offset, out: copy });
  else ops.recorder.copy(tensor, copy, 4 * count, 4 * offset);
  return copy;
}
