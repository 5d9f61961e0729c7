import { type Clip, StillframeError } from 'stillframe';

/** Clips by number: on the GPU as long as their pipeline is there, and from then on as video files. */
export class Clips {
  readonly #onGpu = new Map<number, Clip>();
  readonly #files = new Map<number, Promise<Blob>>();
  #last = 0;

  /** Gives no number up to this one, which another worker's clip has. */
  startAfter(last: number): void {
    this.#last = last;
  }

  /** Keeps a clip. @returns its number, from 1. */
  add(clip: Clip): number {
    this.#onGpu.set(++this.#last, clip);
    return this.#last;
  }

  /** @throws {StillframeError} when its pipeline is gone, or it was released. */
  get(number: number): Clip {
    const clip = this.#onGpu.get(number);
    if (clip) return clip;
    throw new StillframeError(`Clip ${number} is not on the GPU any more.`, 'Generate it again.');
  }

  /** A clip as a video file, encoded once. @throws {VideoEncoderError} and as `get`. */
  async encode(number: number): Promise<Blob> {
    const file = this.#files.get(number) ?? this.get(number).toBlob();
    this.#files.set(number, file);
    try {
      return await file;
    } catch (error) {
      this.#files.delete(number);
      throw error;
    }
  }

  /** Lets go of a clip. */
  release(number: number): void {
    this.#onGpu.get(number)?.dispose();
    this.#onGpu.delete(number);
    this.#files.delete(number);
  }

  /** Keeps what can be kept of the clips, before their pipeline goes. */
  async leaveGpu(): Promise<void> {
    for (const number of this.#onGpu.keys()) await this.encode(number).catch(() => {});
    this.#onGpu.clear();
  }
}
