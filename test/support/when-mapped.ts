import { vi } from 'vitest';

/** Resolves as soon as someone waits for the GPU to hand over a buffer, before it can have done so. */
export function whenMapped(): Promise<void> {
  const { mapAsync } = GPUBuffer.prototype;
  return new Promise((resolve) => {
    const spy = vi.spyOn(GPUBuffer.prototype, 'mapAsync').mockImplementation(function (this: GPUBuffer, ...words) {
      spy.mockRestore();
      resolve();
      return mapAsync.apply(this, words);
    });
  });
}
