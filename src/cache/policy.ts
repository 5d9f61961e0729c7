import type { Action } from './action.ts';
import type { Declaration } from './declaration.ts';
import type { ForwardKey, RunIdentity, RunShape } from './run-shape.ts';

/** A forward that is to be planned. */
export interface PlannedForward {
  /** From 0. */
  readonly step: number;
  readonly key: ForwardKey;
  /** Whether it must compute everything: what reuses is then replaced, by what computes and keeps all that is kept. */
  readonly isForced: boolean;
}

/** Scores of a measurement, one for each of its slots, in their order. */
export interface Scores {
  /** Infinite where nothing can be compared (a zero denominator, NaN). */
  readonly blocks: readonly number[];
  /** Their mean; infinite if one of them is. */
  readonly mean: number;
}

/** A measured forward's scores. */
export interface Observation extends Scores {
  readonly step: number;
  readonly key: ForwardKey;
  readonly measurement: string;
}

/**
 * A caching method: it says what to keep and to measure, and from that what each forward computes and what it reuses.
 * Numbers in, actions out: it never sees a GPU object. Its state is kept by forward key, never in a counter that all
 * share.
 */
export interface Policy {
  /** What it may keep, measure and decide in a run. */
  declare(run: RunShape): Declaration;
  /** Clears all state: a policy carries nothing from one run to the next. */
  begin(run: RunShape): void;
  /** What a forward does. Called once for each, in the order that they run. */
  plan(forward: PlannedForward): readonly Action[];
  /** After a measured forward, before the next `plan` of its key; may change what later plans say. */
  observe?(observation: Observation): void;
  /** Measurements that a key will not take again: what is kept for them is freed. */
  isDone?(measurement: string, key: ForwardKey): boolean;
  /** Refuses a run that the policy's artifact was not made for. Absent: it takes any. @throws {OptionError} */
  check?(run: RunIdentity): void;
  /** The steps of a run that was asked for `steps`, for a policy that takes fewer. Absent: as many. */
  steps?(steps: number): number;
}
