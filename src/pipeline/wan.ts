/**
 * diffusers' `WanPipeline`: the module that a build keeps apart, with all that only this class needs.
 *
 * @module
 */
import type { ModelPipeline, PipelineSource } from './model-pipeline.ts';
import { openWanComponents } from './wan-components.ts';
import { WanPipeline } from './wan-pipeline.ts';

/** Opens a folder with a `WanPipeline`. @throws {UnsupportedModelError | WeightsError | SourceError} */
export async function openPipeline(source: PipelineSource): Promise<ModelPipeline> {
  const { gpu, model, index, precision, operands, store, signal } = source;
  const { capabilities } = gpu;
  const components = await openWanComponents(model, index, { precision, capabilities, store, signal });
  return new WanPipeline(gpu, model, components, operands);
}
