import { scaleShift } from '../../ops/scale-shift.ts';
import type { How } from './how.ts';

/** Each channel by a scale and a shift of its own (Block Caching, arXiv 2312.03209). */
export const scaledShifted: How = (ops, { tensors, scaleShift: channels }, { out, first = 0, base, adds = false }) => {
  const [x] = tensors;
  const isPlain = x?.dtype === 'f32' && first === 0 && !base;
  if (!x || !channels || tensors.length > 1 || !isPlain) throw new Error(`${x?.label} is not scaled and shifted`);
  scaleShift(ops, { x, scaleShift: channels, out, adds });
};
