import { type CachingRow, cachingConformance } from '../../src/conformance/caching.ts';
import { type HookRow, hookConformance } from '../../src/conformance/hooks.ts';
import { conformance } from '../../src/conformance/index.ts';
import { LimitError } from '../../src/errors.ts';
import { Gpu } from '../../src/gpu/gpu.ts';
import { resolveModel } from '../../src/pipeline/resolve.ts';
import { sourceFromUrl } from '../../src/weights/source.ts';
import type { HarnessApi } from './api.ts';

/** Repeats the recorded run of a folder, on a device of its own. */
export const runConformance: HarnessApi['conformance'] = ({ url, operands }) =>
  withGpu(operands, (gpu) => conformance(gpu, sourceFromUrl(url), { precision: { weights: 'stored', operands } }));

/** Repeats a folder's recorded runs of caching, on a device of its own. */
export const runCaching: HarnessApi['caching'] = ({ url, model, files, operands }) =>
  withGpu(operands, async (gpu) => {
    const { source } = await resolveModel(model, '/weights-manifest.json');
    const rows: CachingRow[] = [];
    const options = { precision: { weights: 'stored', operands }, files } as const;
    for await (const row of cachingConformance(gpu, source, sourceFromUrl(url), options)) rows.push(row);
    return rows;
  });

/** Repeats a folder's runs under caching hooks with our policies, on a device of its own. */
export const runHooks: HarnessApi['hooks'] = ({ url, model, files, operands }) =>
  withGpu(operands, async (gpu) => {
    const { source } = await resolveModel(model, '/weights-manifest.json');
    const rows: HookRow[] = [];
    const options = { precision: { weights: 'stored', operands }, files } as const;
    for await (const row of hookConformance(gpu, source, sourceFromUrl(url), options)) rows.push(row);
    return rows;
  });

async function withGpu<T>(operands: 'f32' | 'f16', work: (gpu: Gpu) => Promise<T>): Promise<T> {
  const gpu = await Gpu.request();
  try {
    if (operands === 'f16' && !gpu.capabilities.f16) {
      throw new LimitError(`${gpu.adapterName} has no shader-f16.`, 'Run with --operands f32, or on another GPU.');
    }
    return await work(gpu);
  } finally {
    gpu.dispose();
  }
}
