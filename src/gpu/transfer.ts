import type { Gpu } from './gpu.ts';
import type { Tensor } from './tensor.ts';

/** Bytes that can be handed to the GPU as they are. */
export type UploadData = ArrayBufferView<ArrayBuffer>;

/** Writes host data into a tensor, in the tensor's own element type, from byte `offset` on. */
export function upload(gpu: Gpu, tensor: Tensor, data: UploadData, offset = 0): void {
  // Writes must be whole words; a tensor's buffer has room for the rest of the last one.
  const whole = data.byteLength % 4 === 0;
  const bytes = whole ? data : new Uint8Array(Math.ceil(data.byteLength / 4) * 4);
  if (!whole) (bytes as Uint8Array).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  gpu.device.queue.writeBuffer(tensor.buffer, offset, bytes);
}

/**
 * Copies a tensor's bytes back to the host: waits for all work that was submitted before.
 *
 * @throws {OutOfMemoryError | DeviceLostError | KernelError}; `signal.reason` on abort, at once.
 */
export async function download(gpu: Gpu, tensor: Tensor, signal?: AbortSignal): Promise<ArrayBuffer> {
  gpu.throwIfFaulty();
  const usage = 0x1 | 0x8; // GPUBufferUsage.MAP_READ | COPY_DST
  const [staging] = await gpu.memory.allocate([{ label: `${tensor.label}/readback`, bytes: tensor.bytes, usage }]);
  if (!staging) throw new Error('no staging buffer');
  try {
    signal?.throwIfAborted();
    const encoder = gpu.device.createCommandEncoder();
    encoder.copyBufferToBuffer(tensor.buffer, 0, staging, 0, tensor.bytes);
    gpu.device.queue.submit([encoder.finish()]);
    return await gpu.readMapped(staging, (bytes) => bytes.slice(0), signal);
  } finally {
    gpu.memory.free([staging]);
  }
}

/** Copies an f32 tensor back, without its padding. @throws as `download`. */
export async function downloadF32(gpu: Gpu, tensor: Tensor, signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
  const count = tensor.shape.reduce((product, size) => product * size, 1);
  return new Float32Array(await download(gpu, tensor, signal), 0, count);
}
