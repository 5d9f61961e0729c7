/** Limits of {@link fakeDevice}: WebGPU's defaults, unless told. */
export type FakeLimits = Partial<Record<'maxBufferSize' | 'maxStorageBufferBindingSize', number>>;

/**
 * A device that makes nothing: enough to open, inspect and plan a model in Node, up to its first buffer. Kernels never
 * finish compiling; `destroy` is noted.
 */
export function fakeDevice(limits: FakeLimits = {}): GPUDevice & { readonly isDestroyed: boolean } {
  const pending = new Promise<never>(() => {});
  const device = {
    isDestroyed: false,
    features: new Set<string>(),
    adapterInfo: { vendor: 'test', architecture: 'fake', device: '', description: '' },
    limits: { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27, ...limits },
    lost: pending,
    addEventListener() {},
    removeEventListener() {},
    createShaderModule: () => ({}),
    createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}),
    createComputePipelineAsync: () => pending,
    destroy() {
      device.isDestroyed = true;
    },
  };
  return device as unknown as GPUDevice & { readonly isDestroyed: boolean };
}

/** An adapter whose device is {@link fakeDevice}'s. */
export function fakeAdapter(device: GPUDevice): GPUAdapter {
  const limits = {
    maxStorageBuffersPerShaderStage: 8,
    maxComputeInvocationsPerWorkgroup: 256,
    maxComputeWorkgroupStorageSize: 16384,
    maxComputeWorkgroupSizeX: 256,
    maxBufferSize: device.limits.maxBufferSize,
    maxStorageBufferBindingSize: device.limits.maxStorageBufferBindingSize,
  };
  const adapter = { features: new Set(), limits, info: device.adapterInfo, requestDevice: async () => device };
  return adapter as unknown as GPUAdapter;
}
