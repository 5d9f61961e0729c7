import type { Branch } from './policy.ts';

/** Take over what was computed at an earlier step. */
export interface Reuse {
  readonly kind: 'reuse';
  /** 0: as it was. m: continued from the last m + 1 computed values (Taylor, as in TaylorSeer, arXiv 2503.06923). */
  readonly order: number;
}

/** Compute. */
export interface Compute {
  readonly kind: 'compute';
}

/** Compute the whole stack. */
export interface ComputeStack extends Compute {
  /** Whether to compare the probe with its value at the last measured step, for `Policy.observe`. */
  readonly measure: boolean;
}

/** A sub-layer's output: computed, or a cached one, from before its gate (the current gate applies) or after it. */
export type SubLayerPlan = Compute | (Reuse & { readonly cached: 'beforeGate' | 'afterGate' });

/** A sub-layer of a block. */
export type SubLayer = 'selfAttention' | 'crossAttention' | 'mlp';

/** All of them, in the order that they run. */
export const SUB_LAYERS: readonly SubLayer[] = ['selfAttention', 'crossAttention', 'mlp'];

/**
 * The sub-layers of a block, decided each for itself (SmoothCache, arXiv 2411.10510; PAB, arXiv 2408.12588). What is
 * computed is kept for later steps.
 */
export type SubLayerPlans = { readonly kind: 'subLayers' } & Readonly<Record<SubLayer, SubLayerPlan>>;

/** A block: computed, its residual reused, or decided by sub-layer. */
export type BlockPlan = Compute | Reuse | SubLayerPlans;

/** Every block decided for itself (Block Caching, arXiv 2312.03209): per-block residuals are kept for this alone. */
export interface BlockPlans {
  readonly kind: 'blocks';
  readonly blocks: readonly BlockPlan[];
}

/**
 * Decided within the step, by the rule of `Requirements.within`: run what comes before the verdict, measure, and either
 * run the other blocks or add their cached residual (TeaCache, arXiv 2411.19108; first-block cache).
 */
export interface DecideWithin {
  readonly kind: 'decideWithin';
  /** The verdict is to compute, whatever is measured. */
  readonly isForced: boolean;
}

/** The branch's velocity is rebuilt from another branch's, without a forward (FasterCache's CFG cache, 2410.19355). */
export interface FromBranch {
  readonly kind: 'fromBranch';
  readonly branch: Branch;
}

/** What a step of a branch does. `reuse` is of the stack residual: patch embedding, one sum, head, and no block. */
export type StepPlan = ComputeStack | Reuse | BlockPlans | DecideWithin | FromBranch;
