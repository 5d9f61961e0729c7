import type { ModelInfo } from './model-info.ts';
import { openModel } from './opening.ts';
import type { LoadOptions, ModelReference } from './types.ts';

/**
 * Says what a model is, and whether it fits this device, from its configurations and the headers of its weights.
 *
 * @param model As `loadPipeline` takes it. @param options Those of loading it; `signal` stops it wherever it is.
 * @throws as `loadPipeline` does for a model that cannot be loaded; `signal.reason` on abort. Whatever goes wrong, the
 * device is let go of.
 */
export async function inspectModel(
  model: ModelReference,
  options: Omit<LoadOptions, 'firstRun' | 'onProgress'> = {},
): Promise<ModelInfo> {
  const { gpu, model: opened } = await openModel(model, options);
  try {
    options.signal?.throwIfAborted();
    return opened.info;
  } finally {
    gpu.dispose();
  }
}
