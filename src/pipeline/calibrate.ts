import { parseSmoothCacheArtifact, type SmoothCacheArtifact } from '../cache/smoothcache-artifact.ts';
import { SmoothCacheErrors } from '../cache/smoothcache-errors.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { Pacer } from '../gpu/pacer.ts';
import type { OpContext } from '../ops/context.ts';
import { randn } from '../samplers/noise.ts';
import type { ModelDefaults } from '../weights/manifest.ts';
import { CalibrationForwards } from './calibration-forwards.ts';
import { resolveSettings } from './options.ts';
import type { GenerateOptions, Progress } from './types.ts';
import { loadWeights, type WanComponents } from './wan-components.ts';
import { denoise, encodePrompts } from './wan-generate.ts';
import { latentCount, planGeometry, sizeRules, wanDefaults } from './wan-geometry.ts';
import { WanRun } from './wan-run.ts';

/** What is calibrated. */
export interface CalibrationOptions {
  /** The model's id, and what its manifest entry says of runs. */
  readonly model: string;
  readonly defaults?: ModelDefaults | undefined;
  /** One run each; the n-th starts from the noise of seed n. */
  readonly prompts: readonly string[];
  /** Largest distance in steps that is measured. */
  readonly kMax: number;
  readonly run: Pick<GenerateOptions, 'steps' | 'sampler' | 'guidanceScale' | 'width' | 'height' | 'frames'>;
  readonly operands: OpContext['operands'];
  readonly signal?: AbortSignal;
  /** Called with bytes of weights, then with denoising steps of all runs. */
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Measures, on runs without caching, how a model's sub-layers change from step to step: an artifact for `smoothcache`.
 *
 * @param components With a text encoder; their weights are read once the options are checked.
 * @throws {OptionError} for bad options; as `WeightSet.load`; {LimitError | OutOfMemoryError}: `3 (kMax + 1)` tensors a block and branch.
 */
export async function calibrateSmoothCache(
  gpu: Gpu,
  components: WanComponents,
  options: CalibrationOptions,
): Promise<SmoothCacheArtifact> {
  const { model, prompts, kMax, operands, signal, onProgress } = options;
  const { transformer, sampler } = components;
  const pacer = new Pacer(gpu);
  const ops = { capabilities: gpu.capabilities, operands };
  const defaults = options.defaults ?? wanDefaults(sampler.kind);
  const settingsOf = (prompt: string) => resolveSettings({ ...options.run, prompt }, defaults, sizeRules(components));
  const { steps, branches, sampler: kind } = settingsOf('');
  const errors = new SmoothCacheErrors(steps, kMax);
  await loadWeights(gpu, components, signal, onProgress);
  for (const [i, prompt] of prompts.entries()) {
    const settings = settingsOf(prompt);
    const { geometry, tokens } = planGeometry(components, settings, { prompt });
    const run = new WanRun(gpu, components, geometry, operands);
    const forwards = new CalibrationForwards(run, transformer.blocks, ops, kMax, errors);
    try {
      await run.start();
      await forwards.start(gpu);
      const context = { gpu, pacer, run, signal };
      await encodePrompts(context, { prompt }, tokens);
      await denoise(context, {
        sampler: kind.create(steps, sampler.shift),
        guidanceScale: settings.guidanceScale,
        latents: randn(latentCount(components.vaeConfig, geometry.latentSize), i),
        forwards,
        onStep: (step) =>
          onProgress?.({ phase: 'denoise', loaded: i * steps + step + 1, total: prompts.length * steps }),
      });
    } finally {
      await gpu.idle().catch(() => {});
      forwards.stop();
      run.stop();
    }
  }
  const artifact = { policy: 'smoothcache', model, sampler: kind.name, steps, kMax, branches, prompts };
  return parseSmoothCacheArtifact({ ...artifact, errors: errors.means });
}
