import { anyOf } from '../abort.ts';
import { OptionError } from '../errors.ts';
import type { Report } from '../report.ts';
import { type EncodeOptions, encode } from './encode.ts';
import { packRows, toImageBitmap, toTexture, toVideoFrame } from './frames.ts';
import { type ClipComparison, compareClips } from './metrics.ts';
import { type ClipPixels, FrameReader } from './reader.ts';

/** What a clip is made of. */
export interface ClipInit extends ClipPixels {
  /** Frames a second. */
  readonly fps: number;
  readonly report: Report;
  /** Frees the pixels. */
  readonly release: () => void;
}

/** How a clip is read. */
export interface ReadOptions {
  /** Aborts: what is read rejects with `signal.reason`, and nothing of it is left on the GPU. */
  readonly signal?: AbortSignal;
}

/** A generated video: its pixels stay on the GPU until they are asked for, and until `dispose`. */
export class Clip {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** How many frames there are. */
  readonly frameCount: number;
  /** Frames a second. */
  readonly fps: number;
  /** What the run did: the contents of `report.json`. */
  readonly report: Report;
  readonly #init: ClipInit;
  readonly #reader: FrameReader;
  #isDisposed = false;

  /** @internal Clips come from `pipeline.generate`. */
  constructor(init: ClipInit) {
    this.#init = init;
    this.#reader = new FrameReader(init);
    this.width = init.width;
    this.height = init.height;
    this.frameCount = init.frameCount;
    this.fps = init.fps;
    this.report = init.report;
  }

  /**
   * The frames in order, read from the GPU one at a time; close each when done with it.
   *
   * @returns `VideoFrame`s with times in microseconds, or `ImageBitmap`s in a browser without WebCodecs.
   * @throws {StillframeError} when the clip or its pipeline is disposed of, also between two frames.
   * @throws {DeviceLostError | KernelError}; `signal.reason` on abort.
   */
  async *frames({ signal }: ReadOptions = {}): AsyncIterableIterator<VideoFrame | ImageBitmap> {
    const hasWebCodecs = typeof VideoFrame !== 'undefined';
    for (let frame = 0; frame < this.frameCount; frame++) {
      yield await (hasWebCodecs
        ? this.#videoFrame(frame, signal)
        : this.#reader.read(frame, (rows) => toImageBitmap(this.#init, rows), signal));
    }
  }

  /**
   * A frame as a texture on the pipeline's device, for those who render themselves.
   *
   * @param frame From 0.
   * @returns rgba8unorm with all usages but storage; the caller destroys it.
   * @throws {OptionError} when there is no such frame.
   * @throws {StillframeError} when the clip or its pipeline is disposed of.
   * @throws {DeviceLostError | KernelError}
   */
  texture(frame: number): GPUTexture {
    this.#reader.closed.throwIfAborted();
    if (!Number.isInteger(frame) || frame < 0 || frame >= this.frameCount) {
      throw new OptionError(`Frame ${frame} was asked for.`, `Frames go from 0 to ${this.frameCount - 1}.`);
    }
    this.#init.gpu.throwIfFaulty();
    return toTexture(this.#init, frame);
  }

  /**
   * All pixels: frame by frame, row by row, 4 bytes a pixel (red, green, blue, 255).
   *
   * @throws {StillframeError} when the clip or its pipeline is disposed of, also meanwhile.
   * @throws {DeviceLostError | KernelError}; `signal.reason` on abort.
   */
  async rgba({ signal }: ReadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = 4 * this.width * this.height;
    const all = new Uint8Array(this.frameCount * bytes);
    for (let frame = 0; frame < this.frameCount; frame++) {
      await this.#reader.read(frame, (rows) => all.set(packRows(this.#init, rows), frame * bytes), signal);
    }
    return all;
  }

  /**
   * The clip as a video file, encoded by the browser (WebCodecs).
   *
   * @returns MP4 where the browser has an H.264 encoder for this size, else WebM, unless `type` says which.
   * @throws {OptionError} for another container, an impossible bitrate, or an option that there is not.
   * @throws {VideoEncoderError} listing what was tried, when no encoder takes the clip.
   * @throws {SourceError} when the encoder's code, which is loaded for it, does not come.
   * @throws {StillframeError} when the clip or its pipeline is disposed of, also meanwhile.
   * @throws {DeviceLostError | KernelError}; `options.signal.reason` on abort.
   */
  async toBlob(options: EncodeOptions = {}): Promise<Blob> {
    const signal = anyOf(this.#reader.closed, options.signal);
    const { width, height, frameCount, fps } = this;
    const read = (frame: number) => this.#videoFrame(frame, signal);
    return encode({ width, height, frameCount, fps, read }, { ...options, signal });
  }

  /**
   * Measures on the GPU how near this clip is to another of the same pipeline, such as the same seed's without a policy.
   *
   * @param baseline The measures are the same the other way round.
   * @throws {OptionError} when the clips' sizes or devices differ.
   * @throws {StillframeError} when either clip or its pipeline is disposed of, also meanwhile.
   * @throws {LimitError | OutOfMemoryError | KernelError | DeviceLostError}; `signal.reason` on abort.
   */
  async compare(baseline: Clip, { signal }: ReadOptions = {}): Promise<ClipComparison> {
    const stop = anyOf(this.#reader.closed, baseline.#reader.closed, signal);
    stop.throwIfAborted();
    if (this.#init.gpu !== baseline.#init.gpu) {
      throw new OptionError('The clips are on different devices.', 'Compare clips of one pipeline.');
    }
    return compareClips(this.#init.gpu, this.#init, baseline.#init, stop);
  }

  /** Frees the clip's GPU memory; a second time it does nothing. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#reader.close();
    this.#init.release();
  }

  #videoFrame(frame: number, signal?: AbortSignal): Promise<VideoFrame> {
    return this.#reader.read(frame, (rows) => toVideoFrame(this.#init, rows, frame, this.fps), signal);
  }
}
