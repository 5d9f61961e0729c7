/**
 * How kept values come back: to add a way, add its file and a line to `comeTo`.
 *
 * @module
 */
import type { How } from './how.ts';
import { scaledShifted } from './scaled-shifted.ts';
import { weighted } from './weighted.ts';

/** Records what a slot's values come to, in the way that the slot says. */
export const comeTo: How = (ops, kept, into) => (kept.scaleShift ? scaledShifted : weighted)(ops, kept, into);
