/**
 * diffusers' `WanPipeline`: the module that a build keeps apart, with all that only this class needs.
 *
 * @module
 */
import type { ConfigJson } from '../models/config.ts';
import { DiffusionPipeline } from './diffusion-pipeline.ts';
import type { ModelPipeline, PipelineSource } from './model-pipeline.ts';
import type { OpenOptions, PartsSource } from './parts.ts';
import { openWanComponents } from './wan/components.ts';
import { WanFamily } from './wan/family.ts';

/** Opens a folder with a `WanPipeline`. @throws {UnsupportedModelError | WeightsError | SourceError | OptionError} */
export async function openFamily(model: PartsSource, index: ConfigJson, options: OpenOptions): Promise<WanFamily> {
  return new WanFamily(await openWanComponents(model, index, options));
}

/** The same, to make clips with. */
export async function openPipeline(source: PipelineSource): Promise<ModelPipeline> {
  const { gpu, model, index, operands } = source;
  const family = await openFamily(model, index, { ...source, capabilities: gpu.capabilities });
  return new DiffusionPipeline(gpu, model, family, operands);
}
