import type { Branch } from '../../src/cache/policy.ts';
import type { StepPlan } from '../../src/cache/step-plan.ts';
import type { ReadyCommand } from '../../src/gpu/encode.ts';
import type { Gpu } from '../../src/gpu/gpu.ts';
import { profile } from '../../src/gpu/timing.ts';
import type { WanCache } from '../../src/pipeline/wan-cache.ts';
import type { WanRun } from '../../src/pipeline/wan-run.ts';
import { commandsArm, measure, type Timing } from './measure.ts';

/** Batches of each kind of step: what measuring costs is small beside what one batch differs from the next. */
const BATCHES = 15;

/** Profiles, of which the median counts. */
const PROFILES = 5;

/** Kernels that only measuring dispatches. */
const MEASURING = /^block_(diff|scores)/;

/** A denoising step of one kind, all branches and the sampler's update. */
export interface StepTiming extends Timing {
  readonly step: string;
  /** Its median over that of a computed step. */
  readonly share: number;
}

/** What the steps of a policy cost beside each other. */
export interface StepCosts {
  readonly steps: readonly StepTiming[];
  /** Time of the kernels that measure over that of all others in the same forward, each timed by itself. */
  readonly measuringShare: number;
}

const KINDS: Readonly<Record<string, StepPlan>> = {
  computed: { kind: 'compute', measure: false },
  'computed and measured': { kind: 'compute', measure: true },
  reused: { kind: 'reuse', order: 0 },
};

/**
 * Times the steps that a policy plans, in turns; scores are not read back.
 *
 * @param cache Started, of a policy that measures and keeps the stack's residual.
 */
export async function benchSteps(gpu: Gpu, run: WanRun, cache: WanCache): Promise<StepCosts> {
  const branches = [...run.forwards.keys()];
  const arms = Object.entries(KINDS).map(([name, plan]) => {
    const forwards = branches.flatMap((branch) => cache.commands(branch, plan));
    return commandsArm(gpu, name, run.program, [...forwards, ...run.program.section('update')]);
  });
  const timings = await measure(arms, { batches: BATCHES });
  const [computed] = timings;
  const steps = timings.map((timing, i) => {
    return { step: arms[i]?.name ?? '', ...timing, share: timing.median / (computed?.median ?? 0) };
  });
  const shares = [];
  for (let i = 0; i < PROFILES; i++) shares.push(await measuringShare(gpu, measured(cache, branches)));
  return { steps, measuringShare: shares.sort((a, b) => a - b)[Math.floor(PROFILES / 2)] as number };
}

function measured(cache: WanCache, [branch = 'cond']: readonly Branch[]): ReadyCommand[] {
  return cache.commands(branch, { kind: 'compute', measure: true });
}

async function measuringShare(gpu: Gpu, commands: readonly ReadyCommand[]): Promise<number> {
  let [measuring, others] = [0, 0];
  for (const { kernel, seconds } of await profile(gpu, commands)) {
    if (MEASURING.test(kernel)) measuring += seconds;
    else others += seconds;
  }
  return measuring / others;
}
