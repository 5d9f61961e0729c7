import { OutOfMemoryError } from '../errors.ts';
import { checkBufferSize } from './limits.ts';

/** A buffer to make. */
export interface BufferRequest {
  readonly label: string;
  readonly bytes: number;
  /** Default: storage that can be copied to and from. */
  readonly usage?: GPUBufferUsageFlags;
}

/** Storage that can be copied to and from (`GPUBufferUsage`'s numbers: the global is absent outside browsers). */
const STORAGE = 0x80 | 0x4 | 0x8;

/** Makes and frees every buffer of a device, and counts their bytes. */
export class GpuMemory {
  #current = 0;
  #peak = 0;
  readonly #live = new Map<GPUBuffer, number>();

  /** @param orLost Waits for something of the device's, or rejects when it is lost. */
  constructor(
    private readonly device: GPUDevice,
    private readonly orLost: <T>(work: Promise<T>) => Promise<T>,
  ) {}

  /** Bytes held now. */
  get currentBytes(): number {
    return this.#current;
  }

  /** The most held at once since the last `resetPeak`. */
  get peakBytes(): number {
    return this.#peak;
  }

  /** Starts a new measurement of the peak. */
  resetPeak(): void {
    this.#peak = this.#current;
  }

  /**
   * Makes all of the buffers, or none.
   *
   * @throws {LimitError} when one is larger than the device allows.
   * @throws {OutOfMemoryError} when the GPU has no room for them. @throws {DeviceLostError}
   */
  async allocate(requests: readonly BufferRequest[]): Promise<GPUBuffer[]> {
    for (const { label, bytes } of requests) checkBufferSize(this.device.limits, label, bytes);
    this.device.pushErrorScope('out-of-memory');
    const buffers = requests.map(({ label, bytes, usage }) => this.#create(label, bytes, usage ?? STORAGE));
    const error = await this.orLost(this.device.popErrorScope()).catch((lost) => {
      this.free(buffers);
      throw lost;
    });
    if (error) {
      this.free(buffers);
      const bytes = requests.reduce((sum, request) => sum + request.bytes, 0);
      throw new OutOfMemoryError(
        `The GPU has no room for ${bytes} bytes more (${this.#current} are held): ${error.message.split('\n')[0]}.`,
        'Use a smaller size or fewer frames, or close other tabs that use the GPU.',
      );
    }
    return buffers;
  }

  /** Whether it made a buffer and has not freed it. */
  holds(buffer: GPUBuffer): boolean {
    return this.#live.has(buffer);
  }

  /** Frees buffers that this object made. */
  free(buffers: Iterable<GPUBuffer>): void {
    for (const buffer of buffers) {
      const bytes = this.#live.get(buffer);
      if (bytes === undefined) continue;
      this.#live.delete(buffer);
      this.#current -= bytes;
      buffer.destroy();
    }
  }

  /** Frees everything. */
  freeAll(): void {
    this.free([...this.#live.keys()]);
  }

  #create(label: string, bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const buffer = this.device.createBuffer({ label, size: bytes, usage });
    this.#live.set(buffer, bytes);
    this.#current += bytes;
    this.#peak = Math.max(this.#peak, this.#current);
    return buffer;
  }
}
