import { StillframeError } from '../errors.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Tensor } from '../gpu/tensor.ts';

/** A clip's pixels on the GPU. */
export interface ClipPixels {
  readonly gpu: Gpu;
  /** [frames, height, rowStride] u32, rowStride >= width: red, green, blue, alpha from the lowest byte up. */
  readonly pixels: Tensor;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly frameCount: number;
}

/** Bytes from one row of pixels to the next. */
export function rowBytes({ pixels }: Pick<ClipPixels, 'pixels'>): number {
  return 4 * (pixels.shape[2] as number);
}

/** Reads frames back one at a time, all through one staging buffer, so that no clip is on the host as a whole. */
export class FrameReader {
  #staging: GPUBuffer | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(private readonly clip: ClipPixels) {}

  /**
   * Reads a frame. Reads take turns.
   *
   * @param use Gets the frame's rows, `rowBytes` apart, which are gone when it returns: it must copy what it keeps.
   * @throws {StillframeError} when the clip is disposed of, also while reading.
   * @throws {OutOfMemoryError | DeviceLostError}
   */
  read<T>(frame: number, use: (rows: ArrayBuffer) => T): Promise<T> {
    const turn = this.#turn.then(() => this.#read(frame, use));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** @throws {StillframeError} when the clip is disposed of. */
  throwIfClosed(): void {
    if (this.#closed) {
      throw new StillframeError('This clip was disposed of.', 'Read what you need of a clip before clip.dispose().');
    }
  }

  /** Frees the staging buffer; reads that wait fail. */
  close(): void {
    this.#closed = true;
    if (this.#staging) this.clip.gpu.memory.free([this.#staging]);
    this.#staging = undefined;
  }

  async #read<T>(frame: number, use: (rows: ArrayBuffer) => T): Promise<T> {
    const { gpu, pixels, height } = this.clip;
    const bytes = height * rowBytes(this.clip);
    const staging = await this.#stage(bytes);
    gpu.throwIfLost();
    const encoder = gpu.device.createCommandEncoder({ label: 'clip/readback' });
    encoder.copyBufferToBuffer(pixels.buffer, frame * bytes, staging, 0, bytes);
    gpu.device.queue.submit([encoder.finish()]);
    try {
      return await gpu.readMapped(staging, use);
    } catch (error) {
      this.throwIfClosed();
      throw error;
    }
  }

  async #stage(bytes: number): Promise<GPUBuffer> {
    this.throwIfClosed();
    if (this.#staging) return this.#staging;
    const usage = 0x1 | 0x8; // GPUBufferUsage.MAP_READ | COPY_DST
    const [staging] = await this.clip.gpu.memory.allocate([{ label: 'clip/readback', bytes, usage }]);
    this.#staging = staging as GPUBuffer;
    if (this.#closed) this.close();
    this.throwIfClosed();
    return this.#staging;
  }
}
