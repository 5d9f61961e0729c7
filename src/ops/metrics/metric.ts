import type { Defines } from '../../gpu/shader.ts';

/** How a metric is computed: what its kernels are specialised with. */
export interface MetricKernel {
  /** Its WGSL, of shaders/metrics. */
  readonly source: string;
  /** Flags that the source asks for. */
  readonly flags: Defines;
  /** Sums that a share of the values comes to. */
  readonly sums: 2 | 3;
  /** Whether each row comes to a score of its own, of which the sums are. */
  readonly byRow: boolean;
  /** Of a row, the share of its values that count, from the first on; 1 for all. */
  readonly share: number;
  /** Frames between the two values that are compared, both of the same tensor; 0 where the other is an earlier one. */
  readonly framesAhead: number;
}

/** A way to compare two tensors: its file says what is declared, and which kernel carries it out. */
export interface MetricKind<M> {
  /** The kernel of what is declared. */
  readonly kernel: (metric: M) => MetricKernel;
  /** Its name in reports, with what is declared: `relativeL1/older`. */
  readonly label: (metric: M) => string;
}
