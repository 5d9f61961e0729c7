import { OptionError } from '../../src/errors.ts';
import { Gpu } from '../../src/gpu/gpu.ts';
import type { ConfigJson } from '../../src/models/config.ts';
import { calibrate as calibrateModel } from '../../src/pipeline/calibrate.ts';
import { resolveModel } from '../../src/pipeline/resolve.ts';
import { openWanComponents } from '../../src/pipeline/wan-components.ts';
import { readJson } from '../../src/weights/source.ts';
import type { HarnessApi, HarnessEvent } from './api.ts';
import { emit } from './expose.ts';

/** Calibrates a model, on a device of its own and with operands in f32: the same artifact serves f16. */
export const calibrate: HarnessApi['calibrate'] = async ({ model, variant, ...options }) => {
  const gpu = await Gpu.request();
  try {
    const resolved = await resolveModel(model, '/weights-manifest.json');
    const { source, id, defaults } = resolved;
    const index = (await readJson(source, 'model_index.json')) as ConfigJson;
    const components = await openWanComponents(resolved, index, {
      precision: 'stored',
      capabilities: gpu.capabilities,
      variant,
    });
    if (!components.text) throw new OptionError(`${id} has no text encoder.`, 'Calibrate a model with one.');
    return await calibrateModel(gpu, components, {
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
