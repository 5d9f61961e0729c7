import type { Branch, Policy, RunShape, Scores } from './policy.ts';
import type { StepPlan } from './step-plan.ts';
import { blocksBefore, decideStep, type WithinRule } from './within-rule.ts';

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
  readonly #planned = new Map<Branch, number>();
  readonly #schedule = new Map<Branch, string>();
  readonly #scores: BlockScores[] = [];
  /** Of verdicts within steps, by branch. */
  readonly #sums = new Map<Branch, number>();
  readonly #within: WithinRule | undefined;

  /** Begins a run. */
  constructor(
    private readonly policy: Policy,
    private readonly run: RunShape,
  ) {
    policy.begin(run);
    this.#within = policy.requirements(run).within;
    for (const branch of run.branches) this.#schedule.set(branch, '');
  }

  /**
   * What a step of a branch does; asked once for each step, in order. A first step is never a reused one. The verdict
   * of a step that decides within is told by `decide` or `decided`.
   */
  plan(step: number, branch: Branch): StepPlan {
    const planned = this.#planned.get(branch) ?? 0;
    if (planned !== step) throw new Error(`step ${step} of ${branch} planned after ${planned} steps`);
    this.#planned.set(branch, planned + 1);
    const plan = this.policy.plan(step, branch);
    if (plan.kind === 'decideWithin') return { ...plan, isForced: plan.isForced || step === 0 };
    const allowed = step === 0 && plan.kind !== 'compute' ? ({ kind: 'compute', measure: false } as const) : plan;
    this.#record(branch, allowed.kind === 'compute');
    return allowed;
  }

  /** Hands over the scores of a measured step. */
  observe(step: number, branch: Branch, scores: Scores): void {
    this.#scores.push({ step, branch, ...scores });
    this.policy.observe(step, branch, scores);
  }

  /** The verdict of a step that decides within, from its score: whether it computes. */
  decide(step: number, branch: Branch, score: number, isForced: boolean): boolean {
    if (!this.#within) throw new Error('the policy has no rule to decide by');
    const { computes, sum } = decideStep(this.#within, score, this.#sums.get(branch) ?? 0, isForced);
    this.#sums.set(branch, sum);
    this.decided(step, branch, score, computes);
    return computes;
  }

  /** Takes over a verdict that fell elsewhere, on the GPU; told in the order of the steps. */
  decided(step: number, branch: Branch, score: number, computes: boolean): void {
    // Step 0 has nothing to be compared with.
    if (step > 0) this.#scores.push({ step, branch, blocks: [score], mean: score });
    this.#record(branch, computes);
  }

  /** Whether steps of a branch may still be measured. */
  isArmed(branch: Branch): boolean {
    return this.policy.isArmed(branch);
  }

  /** The run so far. */
  get record(): RunRecord {
    const digits = [...this.#schedule.values()].join('');
    const reusedSteps = digits.split('0').length - 1;
    const { blocks } = this.run;
    const reused = reusedSteps * (blocks - (this.#within ? blocksBefore(this.#within) : 0));
    return {
      schedule: Object.fromEntries(this.#schedule),
      scores: this.#scores,
      blocks: { computed: digits.length * blocks - reused, reused },
    };
  }

  #record(branch: Branch, computes: boolean): void {
    this.#schedule.set(branch, (this.#schedule.get(branch) ?? '') + (computes ? '1' : '0'));
  }
}
