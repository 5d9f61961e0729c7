import type { Metric, Slot } from './declaration.ts';
import type { RunIdentity, RunShape } from './run-shape.ts';

/** What is wanted of runs that compute everything. */
export interface CalibrationRequest {
  /** What is compared, between steps up to `distances` apart: of slots of depth 1, each with a name of its own. */
  readonly slots: readonly Slot[];
  readonly metric: Metric;
  /** From a step to the next, to the one after it, ... up to so many on; `steps - 1` for any two. */
  readonly distances: number;
}

/** Scores of a slot between two steps, as means over prompts and keys. */
export interface CalibrationScores {
  /** `of(slot, distance, step)`, `step` being the earlier one: infinite where it could not be told once. */
  of(slot: string, distance: number, step: number): number;
}

/** What an artifact is made from, besides scores. */
export interface CalibrationRun extends RunIdentity {
  readonly shape: RunShape;
  readonly prompts: readonly string[];
  readonly distances: number;
}

/** What a policy must know beforehand of a model: what it wants recorded, and what it makes of it. */
export interface Calibration {
  /** @param distances The most that was asked for; a policy may want less. */
  request(run: RunShape, distances: number): CalibrationRequest;
  /** The artifact: an object for JSON, which the policy takes as its option `artifact`. */
  artifact(scores: CalibrationScores, run: CalibrationRun): Readonly<Record<string, unknown>>;
}

/** Means of scores that come in one by one. */
export class MeanScores implements CalibrationScores {
  readonly #samples = new Map<string, { sum: number; count: number }>();

  /** Takes a score. @param step The earlier of the two. */
  add(slot: string, distance: number, step: number, score: number): void {
    const key = `${slot} ${distance} ${step}`;
    const { sum, count } = this.#samples.get(key) ?? { sum: 0, count: 0 };
    this.#samples.set(key, { sum: sum + score, count: count + 1 });
  }

  of(slot: string, distance: number, step: number): number {
    const { sum, count } = this.#samples.get(`${slot} ${distance} ${step}`) ?? {
      sum: Number.POSITIVE_INFINITY,
      count: 1,
    };
    return sum / count;
  }
}
