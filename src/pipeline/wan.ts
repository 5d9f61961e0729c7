/**
 * diffusers' `WanPipeline`: the module that a build keeps apart, with all that only this class needs.
 *
 * @module
 */
import type { ModelPipeline, PipelineSource } from './model-pipeline.ts';
import { openWanComponents } from './wan-components.ts';
import { WanPipeline } from './wan-pipeline.ts';

/** Opens a folder with a `WanPipeline`. @throws {UnsupportedModelError | WeightsError | SourceError | OptionError} */
export async function openPipeline(source: PipelineSource): Promise<ModelPipeline> {
  const { gpu, model, index, operands } = source;
  const components = await openWanComponents(model, index, { ...source, capabilities: gpu.capabilities });
  return new WanPipeline(gpu, model, components, operands);
}
