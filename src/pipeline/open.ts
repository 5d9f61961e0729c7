import { OptionError, UnsupportedModelError } from '../errors.ts';
import { Gpu } from '../gpu/gpu.ts';
import { type ConfigJson, readConfig } from '../models/config.ts';
import { cacheStore } from '../weights/store.ts';
import { type ResolvedModel, resolveModel } from './resolve.ts';
import type { LoadOptions, ModelReference } from './types.ts';
import { openWanComponents } from './wan-components.ts';
import { WanPipeline } from './wan-pipeline.ts';

/** A model on a device. */
export interface OpenModel {
  readonly gpu: Gpu;
  readonly model: WanPipeline;
}

/**
 * Gets a device, and opens a model for it: configurations and the headers of its weights are read and checked.
 *
 * @throws as `loadPipeline`; then the device, if it was made here, is gone again.
 */
export async function openModel(reference: ModelReference, options: LoadOptions): Promise<OpenModel> {
  const { signal } = options;
  signal?.throwIfAborted();
  const gpu = await Gpu.request(options);
  try {
    const operands = options.operands ?? (gpu.capabilities.f16 ? 'f16' : 'f32');
    if (operands === 'f16' && !gpu.capabilities.f16) {
      throw new OptionError(`operands is f16; ${gpu.adapterName} has no shader-f16.`, 'Use f32.');
    }
    const store = options.store ?? cacheStore(options.onWarning ? { onWarning: options.onWarning } : {});
    const resolved = await resolveModel(reference, options.manifestUrl, signal);
    const index = await readIndex(resolved, signal);
    const precision = options.weights ?? 'stored';
    const components = await openWanComponents(resolved, index, {
      precision,
      capabilities: gpu.capabilities,
      store,
      signal,
    });
    return { gpu, model: new WanPipeline(gpu, resolved, components, operands) };
  } catch (error) {
    gpu.dispose();
    throw error;
  }
}

async function readIndex({ source }: ResolvedModel, signal?: AbortSignal): Promise<ConfigJson> {
  const index = await readConfig(source, 'model_index.json', signal);
  if (index._class_name === 'WanPipeline') return index;
  throw new UnsupportedModelError(
    `${source.label} is a ${JSON.stringify(index._class_name)}, which is not built.`,
    'Use a folder of a WanPipeline in diffusers layout.',
  );
}
