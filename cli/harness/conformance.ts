import { conformance } from '../../src/conformance/index.ts';
import { LimitError } from '../../src/errors.ts';
import { Gpu } from '../../src/gpu/gpu.ts';
import { sourceFromUrl } from '../../src/weights/source.ts';
import type { HarnessApi } from './api.ts';

/** Repeats the recorded run of a folder, on a device of its own. */
export const runConformance: HarnessApi['conformance'] = async ({ url, operands }) => {
  const gpu = await Gpu.request();
  try {
    if (operands === 'f16' && !gpu.capabilities.f16) {
      throw new LimitError(`${gpu.adapterName} has no shader-f16.`, 'Run with --operands f32, or on another GPU.');
    }
    return await conformance(gpu, sourceFromUrl(url), { precision: { weights: 'stored', operands } });
  } finally {
    gpu.dispose();
  }
};
