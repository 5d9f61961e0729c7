import { type Action, forward, keep, measure as measured, run as ran, restore } from '../../src/cache/action.ts';
import type { ForwardKey, RunShape } from '../../src/cache/run-shape.ts';
import { blockSites } from '../../src/cache/site.ts';
import type { Executor } from '../../src/executor/executor.ts';
import type { ReadyCommand } from '../../src/gpu/encode.ts';
import type { Gpu } from '../../src/gpu/gpu.ts';
import { profile } from '../../src/gpu/timing.ts';
import type { Run } from '../../src/pipeline/model-run.ts';
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

/** What the forwards of a step of each kind do. */
function kinds(shape: RunShape): Readonly<Record<'computed' | 'computed and measured' | 'reused', readonly Action[]>> {
  const blocks = blockSites(shape).map((site) => ran(site));
  return {
    computed: forward(keep('stack', ...blocks)),
    'computed and measured': forward(keep('stack', measured('probe', ...blocks))),
    reused: forward(restore('stack')),
  };
}

/**
 * Times the steps that a policy plans, in turns; scores are not read back.
 *
 * @param executor Started, of `bwcache`.
 */
export async function benchSteps(gpu: Gpu, run: Run, shape: RunShape, executor: Executor): Promise<StepCosts> {
  const commands = (key: ForwardKey, actions: readonly Action[]) =>
    executor.commands({ step: 0, key, actions, weights: new Map() });
  const plans = kinds(shape);
  const arms = Object.entries(plans).map(([name, actions]) => {
    const forwards = shape.keys.flatMap((key) => commands(key, actions));
    return commandsArm(gpu, name, [...forwards, ...run.program.section('update')]);
  });
  const timings = await measure(arms, { batches: BATCHES });
  const [computed] = timings;
  const steps = timings.map((timing, i) => {
    return { step: arms[i]?.name ?? '', ...timing, share: timing.median / (computed?.median ?? 0) };
  });
  const shares = [];
  const [key = 'cond'] = shape.keys;
  for (let i = 0; i < PROFILES; i++)
    shares.push(await measuringShare(gpu, commands(key, plans['computed and measured'])));
  return { steps, measuringShare: shares.sort((a, b) => a - b)[Math.floor(PROFILES / 2)] as number };
}

async function measuringShare(gpu: Gpu, commands: readonly ReadyCommand[]): Promise<number> {
  let [measuring, others] = [0, 0];
  for (const { kernel, seconds } of await profile(gpu, commands)) {
    if (MEASURING.test(kernel)) measuring += seconds;
    else others += seconds;
  }
  return measuring / others;
}
