import type { Tensor } from '../../gpu/tensor.ts';
import type { OpContext } from '../../ops/context.ts';

/** What a slot keeps, and what rides on the actions that restore it. */
export interface Places {
  /** By place: values go round, so none is ever moved. */
  readonly tensors: readonly Tensor[];
  /** Of a forecast, f32: a weight for each place or, where there is one place, for each part of what it has. */
  readonly weights?: Tensor;
  /** Of a slot that says so, [2, channels] f32: a scale and a shift of each channel. */
  readonly scaleShift?: Tensor;
}

/** Where what is kept comes to. */
export interface Into {
  readonly out: Tensor;
  /** The first element of `out` that is written; 0 by default. */
  readonly first?: number;
  /** f32, added to it. */
  readonly base?: Tensor;
  /** Whether to add to what `out` has. */
  readonly adds?: boolean;
}

/** Records what kept values come to. @throws where it cannot be said of what is kept, or of where it goes. */
export type How = (ops: OpContext, kept: Places, into: Into) => void;
