import { NoWebGpuError } from '../../src/errors.ts';
import { describeAdapter } from '../../src/gpu/capabilities.ts';

/** What the browser offers. */
export interface AdapterFacts {
  /** E.g. `google swiftshader`. */
  readonly name: string;
  readonly features: readonly string[];
}

/** The adapter that the library will get. @throws {NoWebGpuError} */
export async function adapterFacts(): Promise<AdapterFacts> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new NoWebGpuError(
      'The browser offers no WebGPU adapter.',
      'Set CHROME_PATH to a Chrome or Chromium from 121 on; with STILLFRAME_GPU=1 check the GPU driver too.',
    );
  }
  return { name: describeAdapter(adapter.info), features: [...adapter.features] };
}
