import type { Tensor } from '../../gpu/tensor.ts';
import { addScaled } from '../../ops/add-scaled.ts';
import { assign } from '../../ops/assign.ts';
import type { Matrix } from '../../ops/fourier.ts';
import { type LowPass, lowPass, lowPassMatrices } from '../../ops/low-pass.ts';
import { weightedSum } from '../../ops/weighted-sum.ts';
import type { KeptSlot, SlotContext } from './kept-slot.ts';
import { copied } from './velocity.ts';

/** The radius of the low band's disc is so many times in a frame's shorter side (FasterCache's code). */
const RADII_A_SIDE = 5;

/**
 * A forward's prediction, or its difference to another branch's, in two bands of frequencies: kept apart, so that a
 * restore is a weighted sum, whatever the weights of the step.
 */
export function bandsSlot({ ops, slot: { name }, forward: { velocity }, base }: SlotContext): KeptSlot {
  if (!velocity || (base && !base.velocity)) throw new Error(`slot ${name}: this forward's velocity is in pieces`);
  const { recorder } = ops;
  const shape = [1, velocity.count];
  const [rows = 0, columns = 0] = velocity.tensor.shape.slice(-2);
  const low = recorder.persistent(`${name}.low`, shape);
  const high = recorder.persistent(`${name}.high`, shape);
  const weights = recorder.persistent(`${name}.weights`, [2]);
  const constants = new Map<Tensor, Float32Array<ArrayBuffer>>();
  const constant = (label: string, { rows: j, columns: k, values }: Matrix) => {
    const tensor = recorder.persistent(`${name}.${label}`, [j, k]);
    constants.set(tensor, values);
    return tensor;
  };
  const matrices = lowPassMatrices(rows, columns, Math.floor(Math.min(rows, columns) / RADII_A_SIDE));
  const by: LowPass<Tensor> = {
    alongColumns: constant('alongColumns', matrices.alongColumns),
    alongRows: constant('alongRows', matrices.alongRows),
    disc: constant('disc', matrices.disc),
    backRows: constant('backRows', matrices.backRows),
    backColumns: constant('backColumns', matrices.backColumns),
  };
  const [keep, restore] = [`${name}/keep`, `${name}/restore`];
  recorder.section(keep, () => {
    const now = copied(ops, velocity);
    const value = base?.velocity ? copied(ops, base.velocity) : now;
    if (value !== now) addScaled(ops, { x: now, out: value, factor: -1 });
    lowPass(ops, { x: value, out: low, by });
    assign(ops, { x: low, out: high });
    addScaled(ops, { x: value, out: high, factor: -1 });
  });
  recorder.section(restore, () => {
    const added = base?.velocity && { base: copied(ops, base.velocity) };
    const { tensor: out, offset: first } = velocity;
    weightedSum(ops, { inputs: [low, high], weights, ...added, out, first });
  });
  return { tensors: [low, high], weights, keep: [{ before: [], after: [keep] }], restore: [restore], constants };
}
