import type { Tensor } from '../gpu/tensor.ts';

/**
 * The adaLN vectors of a block: part j (shift, scale, gate, ...) of a row is `table[j] + conditioning[group][j]`, where
 * `groups` tells each row's timestep apart.
 */
export interface Modulation {
  /** A block's learned `scale_shift_table`, [parts, width]. */
  readonly table: Tensor;
  /** What the timesteps add, [timesteps, parts or 1, width]; a single part is added to all. */
  readonly conditioning: Tensor;
  /** Row of `conditioning` for each token, [tokens], or [1] when all share one. */
  readonly groups: Tensor;
}

/** The parameters that lib/modulation.wgsl reads: group_stride, conditioning_parts. */
export function modulationParams({ conditioning, groups }: Modulation): [groupStride: number, parts: number] {
  return [groups.shape[0] === 1 ? 0 : 1, conditioning.shape[1] ?? 1];
}
