import type { Metric } from '../ops/metrics/index.ts';
import type { ScaleShift } from './action.ts';
import { ChannelFit, MOMENTS } from './channel-fit.ts';
import type { Slot } from './declaration.ts';
import type { RunIdentity, RunShape } from './run-shape.ts';

/** What is wanted of runs that compute everything. */
export interface CalibrationRequest {
  /** What is compared, between steps up to `distances` apart: of slots of depth 1, each with a name of its own. */
  readonly slots: readonly Slot[];
  readonly metric: Metric;
  /** Other metrics by which the same is compared, by name. */
  readonly others?: Readonly<Record<string, Metric>>;
  /** Whether lines are fitted, too: from each channel's older values to its newer ones. */
  readonly fits?: boolean;
  /** From a step to the next, to the one after it, ... up to so many on; `steps - 1` for any two. */
  readonly distances: number;
}

/** Scores of a slot between two steps, as means over prompts and keys. */
export interface CalibrationScores {
  /** `step` is the earlier one; by one of the request's `others`, or its metric. Infinite where it could not be told once. */
  of(slot: string, distance: number, step: number, metric?: string): number;
  /** The line of each channel, over all prompts and keys; undefined where there is none. */
  line(slot: string, distance: number, step: number): ScaleShift | undefined;
}

/** What an artifact is made from, besides scores. */
export interface CalibrationRun extends RunIdentity {
  readonly shape: RunShape;
  readonly prompts: readonly string[];
  readonly distances: number;
}

/** What a policy must know beforehand of a model: what it wants recorded, and what it makes of it. */
export interface Calibration {
  /** @param distances The most that was asked for; a policy may want others. */
  request(run: RunShape, distances: number): CalibrationRequest;
  /** The artifact: an object for JSON, which the policy takes as its option `artifact`. */
  artifact(scores: CalibrationScores, run: CalibrationRun): Readonly<Record<string, unknown>>;
}

/** Means of scores that come in one by one. */
export class MeanScores implements CalibrationScores {
  readonly #samples = new Map<string, { sum: number; count: number }>();
  readonly #fits = new Map<string, ChannelFit>();

  /** Takes a score. @param step The earlier of the two. @param metric One of the request's others. */
  add(slot: string, distance: number, step: number, score: number, metric = ''): void {
    const key = `${slot} ${distance} ${step} ${metric}`;
    const { sum, count } = this.#samples.get(key) ?? { sum: 0, count: 0 };
    this.#samples.set(key, { sum: sum + score, count: count + 1 });
  }

  /** Takes what a fit needs of so many rows. @param sums [MOMENTS, channels]. */
  addMoments(slot: string, distance: number, step: number, rows: number, sums: ArrayLike<number>): void {
    const key = `${slot} ${distance} ${step}`;
    const fit = this.#fits.get(key) ?? new ChannelFit(sums.length / MOMENTS);
    this.#fits.set(key, fit);
    fit.add(rows, sums);
  }

  line(slot: string, distance: number, step: number): ScaleShift | undefined {
    return this.#fits.get(`${slot} ${distance} ${step}`)?.line;
  }

  of(slot: string, distance: number, step: number, metric = ''): number {
    const { sum, count } = this.#samples.get(`${slot} ${distance} ${step} ${metric}`) ?? {
      sum: Number.POSITIVE_INFINITY,
      count: 1,
    };
    return sum / count;
  }
}
