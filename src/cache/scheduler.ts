import type { Branch, Policy, RunShape, Scores } from './policy.ts';
import type { StepPlan } from './step-plan.ts';

/** A policy's scores of a step. */
export interface BlockScores extends Scores {
  /** From 0. */
  readonly step: number;
  /** The forward's side of guidance. */
  readonly branch: Branch;
}

/** Block forwards of a run. */
export interface BlockCounts {
  /** Dispatched. */
  readonly computed: number;
  /** Replaced by what was cached. */
  readonly reused: number;
}

/** What was done in a run. */
export interface RunRecord {
  /** By branch, a digit a step: 1 computed, 0 reused. */
  readonly schedule: Readonly<Partial<Record<Branch, string>>>;
  /** The policy's measurements. */
  readonly scores: readonly BlockScores[];
  /** Of all steps and branches. */
  readonly blocks: BlockCounts;
}

/** Asks a policy for each step of each branch, holds it to what every policy must obey, and records what was done. */
export class Scheduler {
  readonly #schedule = new Map<Branch, string>();
  readonly #scores: BlockScores[] = [];

  /** Begins a run. */
  constructor(
    private readonly policy: Policy,
    private readonly run: RunShape,
  ) {
    policy.begin(run);
    for (const branch of run.branches) this.#schedule.set(branch, '');
  }

  /** What a step of a branch does; asked once for each step, in order. A first step is never a reused one. */
  plan(step: number, branch: Branch): StepPlan {
    const done = this.#schedule.get(branch);
    if (done?.length !== step) throw new Error(`step ${step} of ${branch} planned after ${done?.length} steps`);
    const planned = this.policy.plan(step, branch);
    const plan = step === 0 && planned.kind !== 'compute' ? ({ kind: 'compute', measure: false } as const) : planned;
    this.#schedule.set(branch, done + (plan.kind === 'compute' ? '1' : '0'));
    return plan;
  }

  /** Hands over the scores of a measured step. */
  observe(step: number, branch: Branch, scores: Scores): void {
    this.#scores.push({ step, branch, ...scores });
    this.policy.observe(step, branch, scores);
  }

  /** Whether steps of a branch may still be measured. */
  isArmed(branch: Branch): boolean {
    return this.policy.isArmed(branch);
  }

  /** The run so far. */
  get record(): RunRecord {
    const digits = [...this.#schedule.values()].join('');
    const computedSteps = digits.split('1').length - 1;
    const { blocks } = this.run;
    return {
      schedule: Object.fromEntries(this.#schedule),
      scores: this.#scores,
      blocks: { computed: computedSteps * blocks, reused: (digits.length - computedSteps) * blocks },
    };
  }
}
