import type { Filter } from '../cache/filter.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Recorder } from '../gpu/recorder.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import { upload } from '../gpu/transfer.ts';
import { axisMatmul } from '../ops/axis-matmul.ts';
import type { OpContext } from '../ops/context.ts';
import { filterMatrix } from '../ops/fourier.ts';

/**
 * A filter of tokens, which changes from step to step. Each axis is transformed, scaled and transformed back by one
 * matrix that the host makes in float64: axes are short, so that is as much arithmetic as a transform alone.
 */
export class AxisFilter {
  /** By axis, [length, length]; none where the axis is one token long. */
  readonly #matrices: readonly (Tensor | undefined)[];

  constructor(
    recorder: Recorder,
    private readonly filter: Filter,
    private readonly grid: readonly number[],
  ) {
    this.#matrices = grid.map((length, axis) =>
      length > 1 ? recorder.persistent(`filter.${axis}`, [length, length]) : undefined,
    );
  }

  /** Records it. @param x [tokens, width] f32. @returns as large, for as long as the section runs. */
  record(ops: OpContext, x: Tensor): Tensor {
    const width = elements(x.shape) / elements(this.grid);
    return this.#matrices.reduce<Tensor>((value, matrix, axis) => {
      if (!matrix) return value;
      const out = ops.recorder.temporary(`filtered.${axis}`, x.shape);
      axisMatmul(ops, { x: value, matrix, inner: width * elements(this.grid.slice(axis + 1)), out });
      return out;
    }, x);
  }

  /** Writes the matrices of a step, before it runs. */
  write(gpu: Gpu, step: number): void {
    for (const [axis, tensor] of this.#matrices.entries()) {
      const length = this.grid[axis] as number;
      if (tensor) upload(gpu, tensor, filterMatrix(length, this.filter.gains(step, length)).values);
    }
  }
}
