import { MeanScores } from '../cache/calibration.ts';
import { calibrationOf } from '../cache/index.ts';
import { CalibrationForwards } from '../executor/calibration-forwards.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { plannedBuffers } from '../gpu/program.ts';
import { type KnownKeys, refuseUnknown } from '../known-keys.ts';
import type { OpContext } from '../ops/context.ts';
import { randn } from '../samplers/noise.ts';
import { cleanPrompts, tidyPrompts } from '../text/prompt.ts';
import type { ModelEntry } from '../weights/manifest.ts';
import type { ClipSize } from './clip-size.ts';
import { denoise } from './denoise.ts';
import type { ModelFamily } from './family.ts';
import { checkFit, type Demand } from './fit.ts';
import { ModelRun } from './model-run.ts';
import { type RunSettings, resolveSettings } from './options.ts';
import { loadWeights } from './parts.ts';
import { latentCount, planRun } from './plan-run.ts';
import type { RunGeometry } from './run-geometry.ts';
import type { GenerateOptions, Progress } from './types.ts';

/** What is calibrated. */
export interface CalibrationOptions {
  /** For which policy. */
  readonly policy: string;
  /** The model's id, and what its manifest entry says of runs. */
  readonly model: string;
  readonly defaults?: Partial<ModelEntry['defaults']> | undefined;
  /** Of one run each; the n-th starts from the noise of seed n. */
  readonly prompts: readonly string[];
  /** Largest distance in steps that is measured. */
  readonly distances: number;
  readonly run: Pick<GenerateOptions, 'steps' | 'sampler' | 'guidanceScale' | 'width' | 'height' | 'frames'>;
  readonly operands: OpContext['operands'];
  readonly signal?: AbortSignal;
  /** Called with bytes of weights, then with denoising steps of all runs. */
  readonly onProgress?: (progress: Progress) => void;
}

const OPTIONS: KnownKeys<CalibrationOptions> = {
  policy: 1,
  model: 1,
  defaults: 1,
  prompts: 1,
  distances: 1,
  run: 1,
  operands: 1,
  signal: 1,
  onProgress: 1,
};
const RUN_OPTIONS: KnownKeys<CalibrationOptions['run']> = {
  steps: 1,
  sampler: 1,
  guidanceScale: 1,
  width: 1,
  height: 1,
  frames: 1,
};

/**
 * Measures, on runs without caching, what a policy must know of a model beforehand.
 *
 * @param family Its weights are read once the options are checked.
 * @returns the policy's artifact, as JSON has it.
 * @throws {OptionError} for bad options, and a policy that needs no calibration, and {LimitError} for a size that the device
 * has no buffers for, before weights are read; as `WeightSet.load`; {OutOfMemoryError}: `distances + 1` tensors for each
 * that the policy asks for.
 */
export async function calibrate<Geometry extends RunGeometry, Conditions>(
  gpu: Gpu,
  family: ModelFamily<Geometry, Conditions>,
  options: CalibrationOptions,
): Promise<Readonly<Record<string, unknown>>> {
  const { model, prompts, distances, operands, signal, onProgress } = options;
  refuseUnknown('calibrate', options, OPTIONS);
  refuseUnknown('calibrate.run', options.run, RUN_OPTIONS);
  const calibration = calibrationOf(options.policy);
  const ops = { capabilities: gpu.capabilities, operands };
  const defaults = { ...family.defaults, ...options.defaults };
  const settingsOf = (prompt: string) =>
    resolveSettings({ ...options.run, prompt }, defaults, family.sizes, family.scheduler);
  const first = settingsOf(prompts[0] ?? '');
  const { steps, sampler, guidanceScale } = first;
  const schedule = sampler.create(steps);
  const scores = new MeanScores();
  let artifact: Readonly<Record<string, unknown>> = {};
  const fit = (size: string) => `Calibrate in a smaller size: ${size} fits.`;
  checkFit(gpu, demandOf(gpu, family, first, operands), fit);
  await loadWeights(gpu, family, signal, onProgress);
  for (const [seed, prompt] of prompts.entries()) {
    const settings = settingsOf(prompt);
    const { geometry, conditions } = planRun(family, settings, { prompt }, await cleanPrompts(settings));
    const run = new ModelRun(gpu, family, geometry, operands);
    const shape = run.shape(schedule, guidanceScale, seed);
    const request = calibration.request(shape, distances);
    const forwards = new CalibrationForwards(run, shape, request, ops, scores);
    try {
      await run.start();
      await forwards.start(gpu);
      await run.condition(conditions, { signal });
      await denoise(
        { gpu, run, signal },
        {
          sampler: schedule,
          guidanceScale,
          latents: randn(latentCount(family, geometry.latentSize), seed),
          forwards,
          onStep: (step) =>
            onProgress?.({ phase: 'denoise', loaded: seed * steps + step + 1, total: prompts.length * steps }),
        },
      );
    } finally {
      await gpu.quiet();
      forwards.stop();
      run.stop();
    }
    const made = { model, sampler: sampler.name, steps, shape, prompts, distances: request.distances };
    artifact = calibration.artifact(scores, made);
  }
  return artifact;
}

/** What the device must have a buffer for. What is kept of the sub-layers is no larger than the run's own tensors. */
function demandOf<Geometry extends RunGeometry, Conditions>(
  gpu: Gpu,
  family: ModelFamily<Geometry, Conditions>,
  settings: RunSettings,
  operands: OpContext['operands'],
): Demand {
  const { width, height, frames, prompt } = settings;
  const at = (size: ClipSize) => {
    const { geometry } = planRun(family, { ...settings, ...size }, { prompt }, tidyPrompts(settings));
    return plannedBuffers(new ModelRun(gpu, family, geometry, operands).recording);
  };
  const size = { width, height, frames };
  const weights = family.parts.flatMap(({ weights: { tensors } }) => tensors);
  return { weights, run: at(size), size, rules: family.sizes, at };
}
