import type { Branch, Policy, RunShape, Scores } from './policy.ts';
import type { StepPlan } from './step-plan.ts';
import { blocksComputed, SubLayerRecord, type SubLayerSchedule } from './sub-layer-record.ts';
import { blocksBefore, decideStep, type WithinRule } from './within-rule.ts';

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

/** A branch's forward of a denoising step. */
export interface ForwardEvent {
  /** From 0. */
  readonly step: number;
  /** The forward's side of guidance. */
  readonly branch: Branch;
  /** Its digit in the schedule: false where all that may be skipped is. */
  readonly computes: boolean;
  /** Blocks that are dispatched; of a block that runs in part, each of its three sub-layers counts a third. */
  readonly computed: number;
  /** Blocks of the transformer. */
  readonly blocks: number;
}

/** Whoever is told what a run does while it does it. */
export interface RunListener {
  /** When it is known what a forward computes: once for each, in the order of the steps within a branch. */
  readonly onForward?: (forward: ForwardEvent) => void;
  /** When the scores of a step have come back. */
  readonly onScores?: (scores: BlockScores) => void;
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
  readonly #planned = new Map<Branch, number>();
  readonly #schedule = new Map<Branch, string>();
  readonly #scores: BlockScores[] = [];
  readonly #subLayers = new SubLayerRecord();
  #computed = 0;
  /** Of verdicts within steps, by branch. */
  readonly #sums = new Map<Branch, number>();
  readonly #within: WithinRule | undefined;

  /** Begins a run. */
  constructor(
    private readonly policy: Policy,
    private readonly run: RunShape,
    private readonly listener: RunListener = {},
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
    const asked = this.policy.plan(step, branch);
    if (asked.kind === 'decideWithin') return { ...asked, isForced: asked.isForced || step === 0 };
    const { blocks } = this.run;
    const isForced = step === 0 && blocksComputed(asked, blocks) < blocks;
    const plan = isForced ? ({ kind: 'compute', measure: false } as const) : asked;
    const computed = blocksComputed(plan, blocks);
    this.#subLayers.note(branch, plan);
    this.#record(step, branch, computed > 0, computed);
    return plan;
  }

  /** Hands over the scores of a measured step. */
  observe(step: number, branch: Branch, scores: Scores): void {
    this.#recordScores({ step, branch, ...scores });
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
    if (step > 0) this.#recordScores({ step, branch, blocks: [score], mean: score });
    const { blocks } = this.run;
    const skipping = this.#within ? blocksBefore(this.#within) : 0;
    this.#record(step, branch, computes, computes ? blocks : skipping);
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

  /** @param computed Block forwards that the step takes, also where it reuses. */
  #record(step: number, branch: Branch, computes: boolean, computed: number): void {
    this.#computed += computed;
    this.#schedule.set(branch, (this.#schedule.get(branch) ?? '') + (computes ? '1' : '0'));
    this.listener.onForward?.({ step, branch, computes, computed, blocks: this.run.blocks });
  }

  #recordScores(scores: BlockScores): void {
    this.#scores.push(scores);
    this.listener.onScores?.(scores);
  }
}
