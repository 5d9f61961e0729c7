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
import { checkFit, type Demand } from './fit.ts';
import { type RunSettings, resolveSettings } from './options.ts';
import type { GenerateOptions, Progress } from './types.ts';
import { loadWeights, type WanComponents } from './wan-components.ts';
import { denoise, encodePrompts } from './wan-generate.ts';
import { latentCount, planGeometry, sizeRules, wanDefaults } from './wan-geometry.ts';
import { WanRun } from './wan-run.ts';

/** What is calibrated. */
export interface CalibrationOptions {
  /** For which policy. */
  readonly policy: string;
  /** The model's id, and what its manifest entry says of runs. */
  readonly model: string;
  readonly defaults?: ModelEntry['defaults'] | undefined;
  /** One run each; the n-th starts from the noise of seed n. */
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
 * @param components With a text encoder; their weights are read once the options are checked.
 * @returns the policy's artifact, as JSON has it.
 * @throws {OptionError} for bad options, and a policy that needs no calibration, and {LimitError} for a size that the device
 * has no buffers for, before weights are read; as `WeightSet.load`; {OutOfMemoryError}: `distances + 1` tensors for each
 * that the policy asks for.
 */
export async function calibrate(
  gpu: Gpu,
  components: WanComponents,
  options: CalibrationOptions,
): Promise<Readonly<Record<string, unknown>>> {
  const { model, prompts, distances, operands, signal, onProgress } = options;
  refuseUnknown('calibrate', options, OPTIONS);
  refuseUnknown('calibrate.run', options.run, RUN_OPTIONS);
  const calibration = calibrationOf(options.policy);
  const { scheduler } = components;
  const ops = { capabilities: gpu.capabilities, operands };
  const defaults = { ...wanDefaults(components), ...options.defaults };
  const settingsOf = (prompt: string) =>
    resolveSettings({ ...options.run, prompt }, defaults, sizeRules(components), scheduler);
  const { steps, sampler, guidanceScale } = settingsOf('');
  const schedule = sampler.create(steps);
  const scores = new MeanScores();
  let artifact: Readonly<Record<string, unknown>> = {};
  const fit = (size: string) => `Calibrate in a smaller size: ${size} fits.`;
  checkFit(gpu, demandOf(gpu, components, settingsOf(''), operands), fit);
  await loadWeights(gpu, components, signal, onProgress);
  for (const [seed, prompt] of prompts.entries()) {
    const settings = settingsOf(prompt);
    const { geometry, tokens } = planGeometry(components, settings, { prompt }, await cleanPrompts(settings));
    const run = new WanRun(gpu, components, geometry, operands);
    const shape = run.shape(schedule, guidanceScale, seed);
    const request = calibration.request(shape, distances);
    const forwards = new CalibrationForwards(run, shape, request, ops, scores);
    try {
      await run.start();
      await forwards.start(gpu);
      const context = { gpu, run, signal };
      await encodePrompts(context, { prompt }, tokens);
      await denoise(context, {
        sampler: schedule,
        guidanceScale,
        latents: randn(latentCount(components.vaeConfig, geometry.latentSize), seed),
        forwards,
        onStep: (step) =>
          onProgress?.({ phase: 'denoise', loaded: seed * steps + step + 1, total: prompts.length * steps }),
      });
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
function demandOf(gpu: Gpu, components: WanComponents, settings: RunSettings, operands: OpContext['operands']): Demand {
  const { width, height, frames } = settings;
  const at = (size: ClipSize) => {
    const { geometry } = planGeometry(components, { ...settings, ...size }, { prompt: '' }, tidyPrompts(settings));
    return plannedBuffers(new WanRun(gpu, components, geometry, operands).recording);
  };
  const size = { width, height, frames };
  const weights = components.weights.flatMap(({ tensors }) => tensors);
  return { weights, run: at(size), size, rules: sizeRules(components), at };
}
