import { configurePolicy } from '../../../src/cache/index.ts';
import type { Branch, RunShape } from '../../../src/cache/policy.ts';
import { type RunRecord, Scheduler } from '../../../src/cache/scheduler.ts';

/** The mean score of a step of a branch, by script. */
export type Script = (step: number, branch: Branch) => number;

/** A mean that falls below any threshold at one step only. */
export const firesAt =
  (trigger: number): Script =>
  (step) =>
    step === trigger ? 0 : 9;

/** Runs the real scheduler on scripted scores, step by step, up to `until`. */
export function runScript(scheduler: Scheduler, run: RunShape, script: Script, until = run.steps): RunRecord {
  for (let step = 0; step < until; step++) {
    for (const branch of run.branches) {
      const plan = scheduler.plan(step, branch);
      // As on the GPU, the first measurement has nothing to be compared with.
      if (plan.kind !== 'compute' || !plan.measure || step === 0) continue;
      const mean = script(step, branch);
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
