import type { Gpu } from './gpu.ts';
import type { Tensor } from './tensor.ts';

/** Brings a small tensor to the host again and again, beside whatever is submitted meanwhile. */
export class Readback {
  readonly #free: GPUBuffer[];

  private constructor(
    private readonly gpu: Gpu,
    private readonly tensor: Tensor,
    private readonly staging: readonly GPUBuffer[],
  ) {
    this.#free = [...staging];
  }

  /**
   * Allocates as many bytes as the tensor has, for each of the reads that may be on their way at once.
   *
   * @throws {LimitError | OutOfMemoryError}
   */
  static async create(gpu: Gpu, tensor: Tensor, atOnce = 1): Promise<Readback> {
    const usage = 0x1 | 0x8; // GPUBufferUsage.MAP_READ | COPY_DST
    const request = { label: `${tensor.label}/readback`, bytes: tensor.bytes, usage };
    return new Readback(gpu, tensor, await gpu.memory.allocate(new Array(atOnce).fill(request)));
  }

  /**
   * The bytes of the tensor as it is after all that was submitted before; later submissions do not wait.
   *
   * @throws {DeviceLostError}; a `DOMException` when disposed of meanwhile; an `Error` when too many are on their way.
   */
  async readBytes(): Promise<ArrayBuffer> {
    const { gpu, tensor } = this;
    const staging = this.#free.pop();
    if (!staging) throw new Error(`${tensor.label}: more than ${this.staging.length} reads at once`);
    const encoder = gpu.device.createCommandEncoder({ label: 'readback' });
    encoder.copyBufferToBuffer(tensor.buffer, 0, staging, 0, tensor.bytes);
    gpu.device.queue.submit([encoder.finish()]);
    const bytes = await gpu.readMapped(staging, (mapped) => mapped.slice(0));
    this.#free.push(staging);
    return bytes;
  }

  /** As `readBytes`, of an f32 tensor: its values, padding included. */
  async read(): Promise<Float32Array<ArrayBuffer>> {
    return new Float32Array(await this.readBytes());
  }

  /** Frees the staging memory. */
  dispose(): void {
    this.gpu.memory.free(this.staging);
  }
}
