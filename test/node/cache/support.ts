import { configurePolicy } from '../../../src/cache/index.ts';
import type { OptionValue } from '../../../src/cache/options.ts';
import type { RecordedRun } from '../../../src/cache/predict.ts';
import type { RunRecord } from '../../../src/cache/run-record.ts';
import { type Branch, branchOf, type RunShape } from '../../../src/cache/run-shape.ts';
import { Scheduler } from '../../../src/cache/scheduler.ts';
import { runShape } from '../../support/run-shape.ts';

/** The mean score of a step of a branch, by script; `computed` is the last step that computed. */
export type Script = (step: number, branch: Branch, computed: number) => number;

/** A mean that falls below any threshold at one step only. */
export const firesAt =
  (trigger: number): Script =>
  (step) =>
    step === trigger ? 0 : 9;

/** Scores of a signal that grows to 1 + `growth` times its first value each step, against the last computed step's. */
export const drift =
  (growth: number): Script =>
  (step, _, computed) =>
    ((step - computed) * growth) / (1 + computed * growth);

/** Runs the real scheduler on scripted scores, step by step, up to `until`. */
export function runScript(scheduler: Scheduler, run: RunShape, script: Script, until = run.steps): RunRecord {
  for (let step = 0; step < until; step++) {
    for (const key of run.keys) {
      const computed = Math.max(0, scheduler.record.schedule[key]?.lastIndexOf('1') ?? 0);
      const forward = scheduler.plan(step, key);
      const { decides, observes } = forward;
      const score = () => script(step, branchOf(scheduler.leader(key)), computed);
      if (decides) scheduler.decide(forward, step === 0 ? Number.POSITIVE_INFINITY : score());
      for (const measurement of observes) {
        // As on the GPU, the first measurement has nothing to be compared with.
        const mean = score();
        const blocks = new Array<number>(run.blocks).fill(mean);
        scheduler.observe(step, key, measurement, step === 0 ? undefined : { mean, blocks });
      }
    }
  }
  return scheduler.record;
}

/** A scheduler of a policy, with its limits. */
export function schedulerOf(policy: string, options: Readonly<Record<string, unknown>>, run: RunShape): Scheduler {
  const configured = configurePolicy(policy, options);
  return new Scheduler(configured.policy, run, {}, configured.limits);
}

/** What a policy's options decide on a script, in one branch if no more are named. */
export function decide(
  policy: string,
  options: Readonly<Record<string, unknown>>,
  steps: number,
  script: Script,
  branches: readonly Branch[] = ['cond'],
): RunRecord {
  const run = runShape(steps, branches);
  return runScript(schedulerOf(policy, options, run), run, script);
}

/** A run on a script, with the policy's options as a report has them. */
export function recorded(
  name: string,
  options: Readonly<Record<string, OptionValue>>,
  steps: number,
  script: Script,
  branches: readonly Branch[] = ['cond', 'uncond'],
): RecordedRun & RunRecord {
  const configured = configurePolicy(name, options);
  const taken = configured.policy.steps?.(steps) ?? steps;
  const record = decide(name, options, taken, script, branches);
  return { ...record, stepsAsked: steps, policy: { name, options: configured.options } };
}
