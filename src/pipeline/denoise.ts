import { STEPS_IN_FLIGHT } from '../executor/executor.ts';
import type { Forwards } from '../executor/scheduled-forwards.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { StepClock } from '../gpu/step-clock.ts';
import type { Sampler } from '../samplers/sampler.ts';
import type { Run } from './model-run.ts';
import type { RunPreview } from './preview.ts';
import type { Progress } from './types.ts';

/** What the phases of a generation need. */
export interface PhaseContext {
  readonly gpu: Gpu;
  readonly run: Run;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What the denoising loop goes through. */
export interface Denoising {
  readonly sampler: Sampler;
  readonly guidanceScale: number;
  /** The noise that it starts from. */
  readonly latents: Float32Array;
  readonly forwards: Forwards;
  /** Pictures while it goes on. */
  readonly preview?: RunPreview | undefined;
  /** Times each step's forwards. */
  readonly clock?: StepClock | undefined;
  /** Called when a step has run, with its wall-clock seconds. */
  readonly onStep?: (step: number, seconds: number) => void | Promise<void>;
}

/**
 * The denoising loop. It waits for nothing to be read back but what the policy measures: the sampler's factors are known
 * beforehand, and two steps are in flight.
 */
export async function denoise(
  { gpu, run, signal, onProgress }: PhaseContext,
  { sampler, guidanceScale, latents, forwards, preview, clock, onStep }: Denoising,
): Promise<void> {
  const { steps } = run.geometry;
  onProgress?.({ phase: 'denoise', loaded: 0, total: steps });
  await run.prepare(sampler, latents, signal);
  await gpu.idle();
  let last = performance.now();
  const inFlight: Promise<void>[] = [];
  const finish = async (step: number) => {
    await inFlight.shift();
    const now = performance.now();
    await onStep?.(step, (now - last) / 1000);
    last = now;
    onProgress?.({ phase: 'denoise', loaded: step + 1, total: steps });
  };
  for (let step = 0; step < steps; step++) {
    run.beginStep(step, sampler, guidanceScale);
    // Waiting for a verdict is no step's work.
    await forwards.ready?.();
    clock?.begin(step);
    for (const branch of run.sites.keys()) await forwards.submit(gpu.pacer, step, branch, signal);
    clock?.end(step);
    await preview?.submit(gpu.pacer, step, sampler, guidanceScale, signal);
    await gpu.pacer.run('update', run.program.section('update'), signal);
    inFlight.push(settled(gpu.idle()));
    if (inFlight.length === STEPS_IN_FLIGHT) await finish(step - STEPS_IN_FLIGHT + 1);
  }
  while (inFlight.length > 0) await finish(steps - inFlight.length);
  await forwards.finish();
  await preview?.finish();
}

/** A promise that may be left waiting: whoever awaits it still sees its rejection. */
function settled(promise: Promise<void>): Promise<void> {
  promise.catch(() => {});
  return promise;
}
