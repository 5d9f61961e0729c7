import { Gpu } from '../../src/gpu/gpu.ts';
import { readConfig } from '../../src/models/config.ts';
import { calibrate as calibrateModel } from '../../src/pipeline/calibrate.ts';
import { pipelineModule } from '../../src/pipeline/classes.ts';
import { resolveModel } from '../../src/pipeline/resolve.ts';
import type { HarnessApi, HarnessEvent } from './api.ts';
import { emit } from './expose.ts';

/** Calibrates a model, on a device of its own and with operands in f32: the same artifact serves f16. */
export const calibrate: HarnessApi['calibrate'] = async ({ model, variant, ...options }) => {
  const gpu = await Gpu.request();
  try {
    const resolved = await resolveModel(model, '/weights-manifest.json');
    const { source, id, defaults } = resolved;
    const index = await readConfig(source, 'model_index.json');
    const { openFamily } = await pipelineModule(source.label, index._class_name);
    const { capabilities } = gpu;
    const family = await openFamily(resolved, index, { precision: 'stored', capabilities, variant });
    return await calibrateModel(gpu, family, {
      ...options,
      model: id,
      defaults,
      operands: 'f32',
      onProgress: (progress) => emit({ kind: 'progress', progress } satisfies HarnessEvent),
    });
  } finally {
    gpu.dispose();
  }
};
