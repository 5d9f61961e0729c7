import type { HeadsSite } from '../../models/forward-sites.ts';
import type { KeptSlot, SlotContext } from './kept-slot.ts';

/** An attention's output by heads: those that are computed write their part of the slot, the others are what it has. */
export function headsSlot({ ops, slot, shared }: SlotContext, heads: HeadsSite): KeptSlot {
  const { recorder, operands } = ops;
  const attended = shared?.[0] ?? recorder.persistent(slot.name, heads.shape, operands);
  const mask = recorder.persistent(`${slot.name}.mask`, [heads.count], 'u32');
  const section = `${slot.name}/run`;
  recorder.section(section, () => heads.record(ops, { attended, mask }));
  return { tensors: [attended], mask, keep: [{ instead: [section] }], restore: [] };
}
