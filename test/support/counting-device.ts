import { requestTestAdapter } from './gpu.ts';

/**
 * A device that counts the bytes of its live buffers, to see what is left behind. It keeps its compiled kernels: a CPU
 * driver takes seconds for them, and an equal one that is still there is taken again.
 */
export async function countingDevice() {
  const adapter = (await requestTestAdapter()) as GPUAdapter;
  const device = await adapter.requestDevice();
  const live = new Map<GPUBuffer, number>();
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    live.set(buffer, descriptor.size);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      live.delete(buffer);
      return destroy();
    };
    return buffer;
  };
  const kernels = new Set<GPUComputePipeline>();
  const compile = device.createComputePipelineAsync.bind(device);
  device.createComputePipelineAsync = async (descriptor) => {
    const kernel = await compile(descriptor);
    kernels.add(kernel);
    return kernel;
  };
  return {
    device,
    buffers: () => [...live.keys()],
    liveBytes: () => [...live.values()].reduce((sum, bytes) => sum + bytes, 0),
  };
}

/** Whether a device is gone: its promise tells, a turn later. */
export async function isLost({ lost }: GPUDevice): Promise<boolean> {
  let isGone = false;
  void lost.then(() => {
    isGone = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 0));
  return isGone;
}
