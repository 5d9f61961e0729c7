import { OptionError } from '../errors.ts';
import { elements } from '../gpu/tensor.ts';
import type { LatentSize } from '../models/latent-size.ts';
import type { PromptTexts } from '../text/prompt.ts';
import type { ModelFamily, RunPlan } from './family.ts';
import type { RunSettings } from './options.ts';
import type { RunGeometry } from './run-geometry.ts';
import type { GenerateOptions } from './types.ts';

/**
 * What a run's options come to: its geometry, and what it is to show.
 *
 * @param texts Its prompts, cleaned.
 * @throws {OptionError} for what it is to show, a size that the model cannot make, and latents of another size.
 */
export function planRun<Geometry extends RunGeometry, Conditions>(
  family: ModelFamily<Geometry, Conditions>,
  settings: RunSettings,
  options: GenerateOptions,
  texts: PromptTexts,
): RunPlan<Geometry, Conditions> {
  const { steps, sampler, branches } = settings;
  const common = { latentSize: family.latentSize(settings), steps, stateRows: sampler.stateRows, branches };
  const plan = family.plan({ geometry: common, settings, options, texts });
  const count = latentCount(family, common.latentSize);
  const { latents } = options;
  if (!latents || latents.length === count) return plan;
  const shape = [family.latentChannels, ...common.latentSize].join(' x ');
  throw new OptionError(`latents holds ${latents.length} values.`, `Pass ${count}: ${shape}.`);
}

/** How many numbers a run's latents are. */
export function latentCount({ latentChannels }: { readonly latentChannels: number }, size: LatentSize): number {
  return latentChannels * elements(size);
}
