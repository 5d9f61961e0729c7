import type { Branch, Policy, RunShape, Scores } from './policy.ts';
import type { StepPlan } from './step-plan.ts';
import { blocksComputed, SubLayerRecord, type SubLayerSchedule } from './sub-layer-record.ts';

/** A policy's scores of a step. */
export interface BlockScores extends Scores {
  /** From 0. */
  readonly step: number;
  /** The forward's side of guidance. */
  readonly branch: Branch;
}

/** Block forwards of a run: of a block that ran in part, each of its three sub-layers counts a third. */
export interface BlockCounts {
  /** Dispatched. */
  readonly computed: number;
  /** Replaced by what was cached. */
  readonly reused: number;
}

/** What was done in a run. */
export interface RunRecord {
  /** By branch, a digit a step: 1 computed, at least in part, 0 reused. */
  readonly schedule: Readonly<Partial<Record<Branch, string>>>;
  /** By branch and type of sub-layer, where a policy decides these one by one. */
  readonly subLayers?: Readonly<Partial<Record<Branch, SubLayerSchedule>>>;
  /** The policy's measurements. */
  readonly scores: readonly BlockScores[];
  /** Of all steps and branches. */
  readonly blocks: BlockCounts;
}

/** Asks a policy for each step of each branch, holds it to what every policy must obey, and records what was done. */
export class Scheduler {
  readonly #schedule = new Map<Branch, string>();
  readonly #scores: BlockScores[] = [];
  readonly #subLayers = new SubLayerRecord();
  #computed = 0;

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
    const { blocks } = this.run;
    const isForced = step === 0 && blocksComputed(planned, blocks) < blocks;
    const plan = isForced ? ({ kind: 'compute', measure: false } as const) : planned;
    const computed = blocksComputed(plan, blocks);
    this.#computed += computed;
    this.#subLayers.note(branch, plan);
    this.#schedule.set(branch, done + (computed > 0 ? '1' : '0'));
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
    const planned = [...this.#schedule.values()].join('').length * this.run.blocks;
    const { schedules } = this.#subLayers;
    return {
      schedule: Object.fromEntries(this.#schedule),
      ...(schedules && { subLayers: schedules }),
      scores: this.#scores,
      blocks: { computed: this.#computed, reused: planned - this.#computed },
    };
  }
}
