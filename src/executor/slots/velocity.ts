import type { Tensor } from '../../gpu/tensor.ts';
import type { TensorPart } from '../../models/forward-sites.ts';
import { addScaled } from '../../ops/add-scaled.ts';
import type { OpContext } from '../../ops/context.ts';
import { weightedSum } from '../../ops/weighted-sum.ts';
import { comeTo } from '../hows/index.ts';
import { type KeptSlot, places, type SlotContext } from './kept-slot.ts';

/** A forward's prediction, or its difference to another branch's, which is added when it is restored. */
export function velocitySlot(context: SlotContext): KeptSlot {
  const { ops, slot, forward, base } = context;
  const { recorder } = ops;
  const { velocity } = forward;
  if (!velocity || (base && !base.velocity)) throw new Error(`slot ${slot.name}: this forward's velocity is in pieces`);
  const shape = [1, velocity.count];
  const kept = places(context, shape);
  const keep = kept.tensors.map((place, i) => {
    const section = `${slot.name}/keep.${i}`;
    recorder.section(section, () => {
      const now = copied(ops, velocity);
      if (base?.velocity) {
        const difference = copied(ops, base.velocity);
        addScaled(ops, { x: now, out: difference, factor: -1 });
        weightedSum(ops, { inputs: [difference], out: place });
      } else weightedSum(ops, { inputs: [now], out: place });
    });
    return { before: [], after: [section] };
  });
  const restore = `${slot.name}/restore`;
  recorder.section(restore, () => {
    // Both branches' predictions lie in one buffer, of which a dispatch may not read a part and write another.
    const added = base?.velocity && { base: copied(ops, base.velocity) };
    const { tensor: out, offset: first } = velocity;
    comeTo(ops, kept, { ...added, out, first });
  });
  return { ...kept, keep, restore: [restore] };
}

/** A copy of a part of a tensor, for as long as its section runs. */
export function copied({ recorder }: Pick<OpContext, 'recorder'>, { tensor, offset, count }: TensorPart): Tensor {
  const copy = recorder.temporary(`${tensor.label}.copy`, [count]);
  recorder.copy(tensor, copy, 4 * count, 4 * offset);
  return copy;
}
