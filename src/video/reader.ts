import { anyOf } from '../abort.ts';
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
  readonly #closing = new AbortController();

  constructor(private readonly clip: ClipPixels) {
    const { ended } = clip.gpu;
    const end = () =>
      this.#end(
        'The pipeline of this clip was disposed of.',
        'Read what you need of a clip before that, or before reload().',
      );
    if (ended.aborted) end();
    else ended.addEventListener('abort', end, { signal: this.closed });
  }

  /** Aborted, with what is thrown from then on, when the clip or its pipeline is disposed of. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * Reads a frame. Reads take turns.
   *
   * @param use Gets the frame's rows, `rowBytes` apart, which are gone when it returns: it must copy what it keeps.
   * @throws {StillframeError} when the clip or its pipeline is disposed of, also while reading.
   * @throws {OutOfMemoryError | DeviceLostError | KernelError}; `signal.reason` on abort.
   */
  read<T>(frame: number, use: (rows: ArrayBuffer) => T, signal?: AbortSignal): Promise<T> {
    const stop = anyOf(this.closed, signal);
    const turn = this.#turn.then(() => this.#read(frame, use, stop));
    this.#turn = turn.catch(() => {});
    return turn.catch((error) => {
      // Whatever an abort made fail.
      stop.throwIfAborted();
      throw error;
    });
  }

  /** Frees the staging buffer; reads that wait fail. */
  close(): void {
    this.#end('This clip was disposed of.', 'Read what you need of a clip before clip.dispose().');
  }

  #end(problem: string, remedy: string): void {
    if (this.closed.aborted) return;
    this.#closing.abort(new StillframeError(problem, remedy));
    if (this.#staging) this.clip.gpu.memory.free([this.#staging]);
    this.#staging = undefined;
  }

  async #read<T>(frame: number, use: (rows: ArrayBuffer) => T, stop: AbortSignal): Promise<T> {
    const { gpu, pixels, height } = this.clip;
    const bytes = height * rowBytes(this.clip);
    const staging = await this.#stage(bytes, stop);
    gpu.throwIfFaulty();
    const encoder = gpu.device.createCommandEncoder({ label: 'clip/readback' });
    encoder.copyBufferToBuffer(pixels.buffer, frame * bytes, staging, 0, bytes);
    gpu.device.queue.submit([encoder.finish()]);
    return gpu.readMapped(staging, use, stop);
  }

  async #stage(bytes: number, stop: AbortSignal): Promise<GPUBuffer> {
    stop.throwIfAborted();
    if (this.#staging) return this.#staging;
    const { memory } = this.clip.gpu;
    const usage = 0x1 | 0x8; // GPUBufferUsage.MAP_READ | COPY_DST
    const [staging] = await memory.allocate([{ label: 'clip/readback', bytes, usage }]);
    if (this.closed.aborted) memory.free([staging as GPUBuffer]);
    else this.#staging = staging as GPUBuffer;
    stop.throwIfAborted();
    return staging as GPUBuffer;
  }
}
