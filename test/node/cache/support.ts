import { configurePolicy } from '../../../src/cache/index.ts';
import type { Branch, RunShape } from '../../../src/cache/policy.ts';
import { type RunRecord, Scheduler } from '../../../src/cache/scheduler.ts';

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
    for (const branch of run.branches) {
      const plan = scheduler.plan(step, branch);
      const computed = scheduler.record.schedule[branch]?.lastIndexOf('1') ?? 0;
      if (plan.kind === 'decideWithin') {
        const score = step === 0 ? Number.POSITIVE_INFINITY : script(step, branch, computed);
        scheduler.decide(step, branch, score, plan.isForced);
      }
      // As on the GPU, the first measurement has nothing to be compared with.
      if (plan.kind !== 'compute' || !plan.measure || step === 0) continue;
      const mean = script(step, branch, computed);
      scheduler.observe(step, branch, { mean, blocks: new Array<number>(run.blocks).fill(mean) });
    }
  }
  return scheduler.record;
}

/** What a policy's options decide on a script, in one branch if no more are named. */
export function decide(
  policy: string,
  options: Readonly<Record<string, unknown>>,
  steps: number,
  script: Script,
  branches: readonly Branch[] = ['cond'],
): RunRecord {
  const run: RunShape = { steps, branches, blocks: 4 };
  return runScript(new Scheduler(configurePolicy(policy, options).policy, run), run, script);
}
