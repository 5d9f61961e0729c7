import type { Gpu } from './gpu.ts';
import type { Tensor } from './tensor.ts';

/** Brings a small f32 tensor to the host again and again, beside whatever is submitted meanwhile. */
export class Readback {
  private constructor(
    private readonly gpu: Gpu,
    private readonly tensor: Tensor,
    private readonly staging: GPUBuffer,
  ) {}

  /** Allocates as many bytes as the tensor has. @throws {LimitError | OutOfMemoryError} */
  static async create(gpu: Gpu, tensor: Tensor): Promise<Readback> {
    const usage = 0x1 | 0x8; // GPUBufferUsage.MAP_READ | COPY_DST
    const label = `${tensor.label}/readback`;
    const [staging] = await gpu.memory.allocate([{ label, bytes: tensor.bytes, usage }]);
    return new Readback(gpu, tensor, staging as GPUBuffer);
  }

  /**
   * The tensor as it is after all that was submitted before; later submissions do not wait. One read at a time.
   *
   * @throws {DeviceLostError}; an `AbortError` when disposed of meanwhile.
   */
  async read(): Promise<Float32Array<ArrayBuffer>> {
    const { gpu, staging, tensor } = this;
    const encoder = gpu.device.createCommandEncoder({ label: 'readback' });
    encoder.copyBufferToBuffer(tensor.buffer, 0, staging, 0, tensor.bytes);
    gpu.device.queue.submit([encoder.finish()]);
    await gpu.orLost(staging.mapAsync(1)); // GPUMapMode.READ
    const values = new Float32Array(staging.getMappedRange().slice(0));
    staging.unmap();
    return values;
  }

  /** Frees the staging memory. */
  dispose(): void {
    this.gpu.memory.free([this.staging]);
  }
}
