import { type KnownKeys, refuseUnknown } from '../known-keys.ts';
import { checkRecordedRun } from './check-run.ts';
import { configurePolicy } from './index.ts';
import type { PolicyUse } from './kind.ts';
import { type RecordedRun, RecordedScores } from './recorded-scores.ts';

export type { RecordedRun };

import { measuredSites } from './run-log.ts';
import type { RunRecord } from './run-record.ts';
import type { ForwardKey, RunShape } from './run-shape.ts';
import { type Forward, Scheduler } from './scheduler.ts';

/** What a policy would have done. */
export interface Prediction {
  /** By forward key, a digit a step: shorter than the run where it would have needed a score that was not recorded. */
  readonly schedule: RunRecord['schedule'];
  /** What would have become of each block and sub-layer, as far. */
  readonly sites: RunRecord['sites'];
  /** The scores that it would have seen. */
  readonly scores: RunRecord['scores'];
  /** Whether it reaches the last step of every branch. */
  readonly isComplete: boolean;
  /** Block forwards computed, of those predicted: 0 to 1. */
  readonly computedShare: number;
}

const POLICY: KnownKeys<PolicyUse> = { name: 1, options: 1 };

/**
 * Predicts what a policy would have done in a run, from the scores that the run recorded. It drives the real policy and
 * scheduler; how reusing would have changed later scores, it cannot know: it is exact up to the first reused step, and
 * for what is decided by then.
 *
 * @param run A report: its scores serve any policy that would have measured the same tensors. A run of `none` with
 * `measure` serves any threshold of `bwcache`; a run of `bwcache` goes as far as it measured, up to its own trigger.
 * @param policy Its own options, without a preset; an artifact as an object.
 * @throws {OptionError} for options that the policy does not take, for what is no report of a run, naming the field, and for a
 * run that measured something else.
 */
export function predictSchedule(run: RecordedRun, policy: PolicyUse): Prediction {
  checkRecordedRun(run);
  refuseUnknown('predictSchedule', policy, POLICY);
  const { policy: asked, limits } = configurePolicy(policy.name, policy.options);
  const { steps, keys } = run.shape;
  const shape = withSteps(run.shape, asked.steps?.(run.stepsAsked) ?? steps);
  const scheduler = new Scheduler(asked, shape, {}, limits);
  const replay = new Replay(scheduler, new RecordedScores(run));
  for (let step = 0; step < shape.steps; step++) replay.step(step, keys);
  const { schedule, sites, scores, blocks } = scheduler.record;
  return {
    schedule,
    sites,
    scores,
    isComplete: keys.every((key) => schedule[key]?.length === shape.steps),
    computedShare: blocks.computed / (blocks.computed + blocks.reused),
  };
}

/** A scheduler, driven as far as scores go. */
class Replay {
  /** Keys of which no more can be said. */
  readonly #ended = new Set<ForwardKey>();
  /** What was recorded of each of the policy's measurements. */
  readonly #recorded: ReadonlyMap<string, ReturnType<RecordedScores['of']>>;
  /** By key, the score that decided its last forward. */
  readonly #decided = new Map<ForwardKey, number | undefined>();

  constructor(
    private readonly scheduler: Scheduler,
    recorded: RecordedScores,
  ) {
    const wanted = measuredSites(scheduler.declaration);
    this.#recorded = new Map(wanted.map((measurement) => [measurement.name, recorded.of(measurement)]));
  }

  step(step: number, keys: readonly ForwardKey[]): void {
    // What a leader decides for who follows ends with it.
    const going = keys.filter((key) => !this.#ended.has(key) && !this.#ended.has(this.scheduler.leader(key)));
    for (const key of going) if (!this.#goOn(this.scheduler.plan(step, key))) this.#ended.add(key);
  }

  /** Tells the scheduler a forward's scores. @returns false where they are needed and were not recorded. */
  #goOn(forward: Forward): boolean {
    const { step, key, observes, decides } = forward;
    if (decides) {
      const decision = this.scheduler.declaration.decisions?.find(({ name }) => name === decides.decision);
      const leader = this.scheduler.leader(key);
      const isLed = leader !== key;
      const score = isLed ? this.#decided.get(leader) : this.#scores(decision?.measurement ?? '', step, key)?.mean;
      this.#decided.set(key, score);
      if (score === undefined && !decides.isForced) return false;
      this.scheduler.decide(forward, score ?? Number.POSITIVE_INFINITY);
    }
    for (const measurement of observes) {
      const isFirst = this.scheduler.reference(measurement, key) === undefined;
      const scores = this.#scores(measurement, step, key);
      if (!isFirst && !scores) return false;
      this.scheduler.observe(step, key, measurement, scores);
    }
    return true;
  }

  #scores(measurement: string, step: number, key: ForwardKey) {
    const reference = this.scheduler.reference(measurement, key);
    return reference === undefined ? undefined : this.#recorded.get(measurement)?.(step, key, reference);
  }
}

/** The run with another count of steps, spread over the same times. */
function withSteps(shape: RunShape, steps: number): RunShape {
  if (steps === shape.steps) return shape;
  const at = (values: readonly number[], i: number) => values[Math.floor((i * shape.steps) / steps)] ?? 0;
  const spread = (values: readonly number[], count: number) => Array.from({ length: count }, (_, i) => at(values, i));
  return { ...shape, steps, timesteps: spread(shape.timesteps, steps), sigmas: spread(shape.sigmas, steps + 1) };
}
