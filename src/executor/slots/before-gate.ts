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
  if (!kept.weights && !kept.scaleShift) return { ...kept, keep, restore: sections.map(({ add }) => add) };
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
