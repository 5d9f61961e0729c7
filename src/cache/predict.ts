import { OptionError } from '../errors.ts';
import { configurePolicy } from './index.ts';
import type { PolicyUse } from './kind.ts';
import type { Branch, RunShape } from './policy.ts';
import { RecordedScores } from './recorded-scores.ts';
import type { Requirements } from './requirements.ts';
import { type RunRecord, Scheduler } from './scheduler.ts';
import type { StepPlan } from './step-plan.ts';

/** What is taken of a run's report. */
export interface RecordedRun extends Omit<RunRecord, 'subLayers'> {
  /** Steps taken. */
  readonly steps: number;
  /** The caching method and its options. */
  readonly policy: PolicyUse;
}

/** What a policy would have done. */
export interface Prediction {
  /** By branch, a digit a step: shorter than the run where it would have needed a score that was not recorded. */
  readonly schedule: Readonly<Partial<Record<Branch, string>>>;
  /** Whether it reaches the last step of every branch. */
  readonly isComplete: boolean;
  /** Block forwards computed, of those predicted: 0 to 1. */
  readonly computedShare: number;
}

/**
 * Predicts what a policy would have done in a run, from the scores that the run recorded. It drives the real policy and
 * scheduler; how reusing would have changed later scores, it cannot know: it is exact up to the first reused step, and
 * for what is decided by then.
 *
 * @param run A report: its scores serve any policy that would have measured the same tensors. A run of `none` with
 * `measure` serves any threshold of `bwcache`; a run of `bwcache` goes as far as it measured, up to its own trigger.
 * @param policy Its own options, without a preset; an artifact as an object.
 * @throws {OptionError} for options that the policy does not take, and for a run that measured something else.
 */
export function predictSchedule(run: RecordedRun, policy: PolicyUse): Prediction {
  const branches = (['cond', 'uncond'] as const).filter((branch) => run.schedule[branch] !== undefined);
  const { policy: asked } = configurePolicy(policy.name, policy.options);
  const shape = { steps: asked.steps?.(stepsAsked(run)) ?? run.steps, branches, blocks: blocksOf(run) };
  const requirements = asked.requirements(shape);
  const scheduler = new Scheduler(asked, shape);
  const replay = new Replay(scheduler, requirements, new RecordedScores(run, { ...shape, steps: run.steps }));
  for (let step = 0; step < shape.steps; step++) replay.step(step, branches);
  const { schedule, blocks } = scheduler.record;
  return {
    schedule,
    isComplete: branches.every((branch) => schedule[branch]?.length === shape.steps),
    computedShare: blocks.computed / (blocks.computed + blocks.reused),
  };
}

/** A scheduler, driven as far as scores go. */
class Replay {
  /** Branches of which no more can be said. */
  readonly #ended = new Set<Branch>();
  /** By branch, the last step that was measured for later ones. */
  readonly #measured = new Map<Branch, number>();
  readonly #probed: ReturnType<RecordedScores['of']> | undefined;
  readonly #within: ReturnType<RecordedScores['within']> | undefined;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly requirements: Requirements,
    recorded: RecordedScores,
  ) {
    const { probe, within } = requirements;
    this.#probed = probe && recorded.of(probe);
    this.#within = within && recorded.within(within);
  }

  step(step: number, branches: readonly Branch[]): void {
    const going = branches.filter((branch) => !this.#ended.has(branch));
    const missing = going.filter((branch) => !this.#goOn(step, branch, this.scheduler.plan(step, branch)));
    for (const branch of missing) this.#ended.add(branch);
    // What a measured branch decides for one that is not measured ends with it.
    const measured = this.requirements.probe?.branches;
    if (!measured || missing.length === 0) return;
    for (const branch of branches) if (!measured.includes(branch)) this.#ended.add(branch);
  }

  /** Tells the scheduler a step's score. @returns false where it is needed and was not recorded. */
  #goOn(step: number, branch: Branch, plan: StepPlan): boolean {
    if (plan.kind === 'decideWithin') {
      const score = step === 0 ? undefined : this.#within?.(step, branch, this.#reference(step, branch));
      if (score === undefined && !plan.isForced) return false;
      this.scheduler.decide(step, branch, score ?? Number.POSITIVE_INFINITY, plan.isForced);
      return true;
    }
    if (plan.kind !== 'compute' || !plan.measure) return true;
    const last = this.#measured.get(branch);
    this.#measured.set(branch, step);
    // The first has nothing to be compared with.
    if (last === undefined) return true;
    const scores = this.#probed?.(step, branch, last);
    if (scores) this.scheduler.observe(step, branch, scores);
    return scores !== undefined;
  }

  /** The step that one which decides within is compared with. */
  #reference(step: number, branch: Branch): number {
    if (this.requirements.within?.reference === 'everyStep') return step - 1;
    return (this.scheduler.record.schedule[branch] ?? '').lastIndexOf('1');
  }
}

/** Steps that the run was asked for: `fewer-steps` took a share of them. */
function stepsAsked({ steps, policy }: RecordedRun): number {
  const { share } = policy.options;
  return typeof share === 'number' ? Math.round(steps / share) : steps;
}

/** Blocks of the transformer. */
function blocksOf({ schedule, blocks }: RecordedRun): RunShape['blocks'] {
  const forwards = Object.values(schedule).join('').length;
  // Sub-layers count thirds.
  const count = Math.round((blocks.computed + blocks.reused) / forwards);
  if (count >= 1 && Number.isFinite(count)) return count;
  throw new OptionError('The recorded run has no forwards.', 'Pass the report of a finished run.');
}
