import type { Requirements } from './requirements.ts';
import type { StepPlan } from './step-plan.ts';

/** A side of classifier-free guidance. */
export type Branch = 'cond' | 'uncond';

/** What a policy knows of a run. */
export interface RunShape {
  readonly steps: number;
  readonly branches: readonly Branch[];
  /** Blocks of the transformer. */
  readonly blocks: number;
}

/** What an artifact is made for: one that was made for another run is refused. */
export interface RunIdentity {
  /** The model's id. */
  readonly model: string;
  /** The sampler's name. */
  readonly sampler: string;
  readonly steps: number;
}

/** How far each probed block's tensor is from its value at an earlier step: relative L1, `sum |a - b| / sum |b|`. */
export interface Scores {
  /** In the order of `Probe.blocks`; infinite where nothing can be compared (a zero denominator, NaN). */
  readonly blocks: readonly number[];
  /** Their mean; infinite if one of them is. */
  readonly mean: number;
}

/**
 * A caching method: it says what to measure, and from that what to compute and what to reuse. Numbers in, plans out:
 * it never sees a GPU object. Its state is kept by branch (and by block where it decides block by block), never in a
 * counter that all share.
 */
export interface Policy {
  /** What the run must keep and measure for it. */
  requirements(run: RunShape): Requirements;
  /** Clears all state: a policy carries nothing from one run to the next. */
  begin(run: RunShape): void;
  /** Before a step of a branch: what to do in it. Called once for each, in order. */
  plan(step: number, branch: Branch): StepPlan;
  /** After a measured step, before the branch's next `plan`; may change what later plans say. */
  observe(step: number, branch: Branch, scores: Scores): void;
  /** Whether it may still measure: what is kept to measure a branch is freed as soon as it will not. */
  isArmed(branch: Branch): boolean;
  /** Refuses a run that the policy's artifact was not made for. Absent: it takes any. @throws {OptionError} */
  check?(run: RunIdentity): void;
  /** The steps of a run that was asked for `steps`, for a policy that takes fewer. Absent: as many. */
  steps?(steps: number): number;
}
