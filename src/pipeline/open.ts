import { OptionError } from '../errors.ts';
import { Gpu } from '../gpu/gpu.ts';
import { type KnownKeys, refuseUnknown } from '../known-keys.ts';
import { type ConfigJson, readConfig } from '../models/config.ts';
import { MissingFileError, type WeightSource } from '../weights/source.ts';
import { cacheStore } from '../weights/store.ts';
import { checkVariant } from '../weights/weight-names.ts';
import { pipelineModule } from './classes.ts';
import type { ModelPipeline } from './model-pipeline.ts';
import { resolveModel } from './resolve.ts';
import type { LoadOptions, ModelReference } from './types.ts';

/** A model on a device. */
export interface OpenModel {
  readonly gpu: Gpu;
  readonly model: ModelPipeline;
}

const OPTIONS: KnownKeys<LoadOptions> = {
  device: 1,
  adapter: 1,
  manifestUrl: 1,
  store: 1,
  weights: 1,
  variant: 1,
  operands: 1,
  debug: 1,
  firstRun: 1,
  signal: 1,
  onProgress: 1,
  onWarning: 1,
};

/**
 * Gets a device, and opens a model for it: configurations and the headers of its weights are read and checked.
 *
 * @throws as `loadPipeline`; then the device, if it was made here, is gone again.
 */
export async function openModel(reference: ModelReference, options: LoadOptions): Promise<OpenModel> {
  const { signal, variant, onWarning } = options;
  signal?.throwIfAborted();
  refuseUnknown('loadPipeline', options, OPTIONS);
  checkVariant(variant);
  const gpu = await Gpu.request(options);
  try {
    signal?.throwIfAborted();
    const operands = options.operands ?? (gpu.capabilities.f16 ? 'f16' : 'f32');
    if (operands === 'f16' && !gpu.capabilities.f16) {
      throw new OptionError(`operands is f16; ${gpu.adapterName} has no shader-f16.`, 'Use f32.');
    }
    const precision = options.weights ?? 'stored';
    const store = options.store ?? cacheStore(onWarning ? { onWarning } : {});
    const model = await resolveModel(reference, options.manifestUrl, signal);
    const { label } = model.source;
    // What the manifest says spares a round trip: the code is under way while the index is read, which has the last word.
    if (model.className) pipelineModule(label, model.className).catch(() => {});
    const index = await readIndex(model.source, signal);
    const { openPipeline } = await pipelineModule(label, index._class_name);
    return {
      gpu,
      model: await openPipeline({ gpu, model, index, precision, operands, store, variant, onWarning, signal }),
    };
  } catch (error) {
    gpu.dispose();
    throw error;
  }
}

/** Reads what makes a folder a model. */
async function readIndex(source: WeightSource, signal: AbortSignal | undefined): Promise<ConfigJson> {
  try {
    return await readConfig(source, 'model_index.json', signal);
  } catch (cause) {
    if (!(cause instanceof MissingFileError)) throw cause;
    throw new MissingFileError(
      `${source.label} is no model folder: ${cause.problem}`,
      "Give the folder that has model_index.json at its top, as diffusers' save_pretrained writes it: not one above it, not its transformer/, not a single file of weights.",
      { cause },
    );
  }
}
