import type { Kernel, Param } from './kernel.ts';
import type { Tensor } from './tensor.ts';

/** Workgroups in x, y and z. */
export type Workgroups = readonly [number, number, number];

/** Work of moving a value: about as many multiply-adds. */
export const VALUE_WORK = 8;

/** One kernel launch. `tensors` fill the kernel's storage bindings in order. */
export interface Dispatch {
  readonly kind: 'dispatch';
  readonly kernel: Kernel;
  readonly tensors: readonly Tensor[];
  readonly params: readonly Param[];
  readonly workgroups: Workgroups;
  /** How much there is to do, in units that are the kernel's own: what it takes grows with it. */
  readonly work: number;
}

/** A copy between two tensors' buffers; offsets and length in bytes. */
export interface Copy {
  readonly kind: 'copy';
  readonly tensors: readonly [from: Tensor, to: Tensor];
  readonly fromOffset: number;
  readonly toOffset: number;
  readonly bytes: number;
}

/** Fills a tensor with zeros. */
export interface Clear {
  readonly kind: 'clear';
  readonly tensors: readonly [Tensor];
}

/** Something that a program does. */
export type Command = Dispatch | Copy | Clear;
