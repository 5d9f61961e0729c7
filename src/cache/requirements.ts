import type { Branch } from './policy.ts';
import type { WithinRule } from './within-rule.ts';

/** Which tensor of a block is compared between steps. */
export type ProbeTensor =
  /** The block's output: BWCache's Eq. 5. */
  | 'feature'
  /** `LN(x) (1 + scale) + shift`, the modulated input of self-attention: BWCache's published code, TeaCache. */
  | 'modulated';

/** What is compared between steps. */
export interface Probe {
  readonly tensor: ProbeTensor;
  /** Indices of the blocks that are measured, ascending. */
  readonly blocks: readonly number[];
  /** The branches that are measured; absent: all. */
  readonly branches?: readonly Branch[];
  /** Every how many-th token is compared: 1 for all. */
  readonly every: number;
  /** The GPU compares the mean with it, too. */
  readonly threshold: number;
}

/** What a run must keep for a policy. Its bytes follow from the run's sizes, and are known before any is allocated. */
export interface Requirements {
  /**
   * `stack`: output of the last block minus input of the first that may be skipped, one tensor a branch. `none`:
   * nothing is reused.
   */
  readonly residual: 'none' | 'stack';
  /** Whether every block's sub-layers are kept: three tensors a block and branch, as before their gates. */
  readonly subLayers?: boolean;
  /** Absent when nothing is measured for later steps. */
  readonly probe?: Probe;
  /** How steps decide for themselves; absent when none does. */
  readonly within?: WithinRule;
  /** A sentence that names the options that make all this smaller: what to do where it does not fit. */
  readonly remedy: string;
}
