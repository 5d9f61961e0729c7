import type { Tensor } from '../../gpu/tensor.ts';
import type { SubLayerSite } from '../../models/forward-sites.ts';
import { weightedSum } from '../../ops/weighted-sum.ts';
import { comeTo } from '../hows/index.ts';
import { type KeptSlot, places, type SlotContext } from './kept-slot.ts';

/** A sub-layer's output before its gate: computed into the slot, and added from there. */
export function beforeGateSlot(context: SlotContext, subLayer: SubLayerSite): KeptSlot {
  const { ops, slot, forward } = context;
  const { recorder } = ops;
  const { shape } = forward.stream;
  const kept = places(context, shape);
  const { tensors } = kept;
  const sections = tensors.map((place, i) => {
    const [compute, add] = [`${slot.name}/compute.${i}`, `${slot.name}/add.${i}`];
    recorder.section(compute, () => subLayer.record(ops, place));
    recorder.section(add, () => subLayer.recordAdd(ops, place));
    return { compute, add };
  });
  const keep = sections.map(({ compute, add }) => ({ instead: [compute, add] }));
  if (!kept.weights && !kept.scaleShift) {
    const restore = sections.map(({ add }) => add);
    return { ...kept, keep, restore, ...someTokens(context, subLayer, kept.tensors) };
  }
  const addForecast = () => {
    const forecast = recorder.temporary('forecast', shape);
    comeTo(ops, kept, { out: forecast });
    subLayer.recordAdd(ops, forecast);
    return forecast;
  };
  const restore = `${slot.name}/restore`;
  recorder.section(restore, addForecast);
  const keepRestored = tensors.map((place, i) => {
    const section = `${slot.name}/keepRestored.${i}`;
    recorder.section(section, () => weightedSum(ops, { inputs: [addForecast()], out: place }));
    return [section];
  });
  return { ...kept, keep, restore: [restore], keepRestored };
}

/** Computes some tokens of what is kept anew, and adds all: a list of them for each number that may be asked for. */
function someTokens(
  { ops, slot }: SlotContext,
  subLayer: SubLayerSite,
  [kept]: readonly Tensor[],
): Pick<KeptSlot, 'some'> {
  const { name, tokenCounts = [] } = slot;
  if (!kept || tokenCounts.length === 0) return {};
  const list = ops.recorder.persistent(`${name}.tokens`, [Math.max(...tokenCounts)], 'u32');
  const sections = new Map(
    [...new Set(tokenCounts)].map((count) => {
      const section = `${name}/tokens.${count}`;
      ops.recorder.section(section, () => {
        if (!subLayer.recordTokens) throw new Error(`slot ${name}: tokens of its site need each other`);
        subLayer.recordTokens(ops, list, count, kept);
      });
      return [count, [section, `${name}/add.0`]];
    }),
  );
  return { some: { list, sections } };
}
