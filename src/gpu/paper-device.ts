/** A device as it is described, for what is told of a GPU that is not here. */
export interface DeviceDescription {
  /** Bytes of the largest buffer. Default: WebGPU's, 256 MiB. */
  readonly maxBufferSize?: number;
  /** Bytes of the largest binding. Default: WebGPU's, 128 MiB. */
  readonly maxStorageBufferBindingSize?: number;
  /** Such as `shader-f16`. Default: none. */
  readonly features?: readonly string[];
}

/** A device on which a model is recorded, and nothing is made: it has limits and features, and nothing else. */
export function paperDevice({
  maxBufferSize = 2 ** 28,
  maxStorageBufferBindingSize = 2 ** 27,
  features = [],
}: DeviceDescription): GPUDevice {
  const device = {
    features: new Set(features),
    adapterInfo: { vendor: 'described', architecture: '', device: '', description: '' },
    limits: { maxBufferSize, maxStorageBufferBindingSize },
    lost: new Promise<never>(() => {}),
    addEventListener() {},
    removeEventListener() {},
  };
  return device as unknown as GPUDevice;
}
