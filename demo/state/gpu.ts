import { computed, signal } from '@preact/signals';
import { loaded } from './model.ts';

/** Where a run would go: a real GPU, the CPU that stands in for one, or nowhere. */
export type Machine = 'unknown' | 'gpu' | 'software' | 'none';

/** What the page itself finds, before the worker has a device. */
const probed = signal<Machine>('unknown');

/** Where a run would go, as far as is known. */
export const machine = computed<Machine>(() => {
  const capabilities = loaded.value?.gpu.capabilities;
  if (!capabilities) return probed.value;
  return capabilities.software ? 'software' : 'gpu';
});

/** Adapters that are a CPU, which not every browser says by itself. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i;

/** Asks the browser for an adapter, so that what a run will be like is said before anyone presses a button. */
export async function probeGpu(): Promise<void> {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  probed.value = adapter ? kindOf(adapter.info) : 'none';
}

/** @param info Absent in Chrome before 127. */
function kindOf(info: GPUAdapterInfo | undefined): Machine {
  if (!info) return 'gpu';
  const { isFallbackAdapter, vendor, architecture, description } = info;
  return isFallbackAdapter || SOFTWARE.test(`${vendor} ${architecture} ${description}`) ? 'software' : 'gpu';
}
