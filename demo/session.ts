import { type Clip, DeviceLostError, loadPipeline, type Pipeline, type Progress } from '../src/index.ts';
import type { Settings } from './settings.ts';

/** The pipeline, loaded once, and again after it failed or its device was lost. */
export class Session {
  #pipeline: Promise<Pipeline> | undefined;

  constructor(private readonly onProgress: (progress: Progress) => void) {}

  /** The pipeline; the first call begins to load it. */
  load(): Promise<Pipeline> {
    this.#pipeline ??= loadPipeline('shapes', { onProgress: this.onProgress }).catch((error) => {
      this.#pipeline = undefined;
      throw error;
    });
    return this.#pipeline;
  }

  /** Generates a clip, which is the caller's to dispose of. */
  async generate(settings: Settings, signal: AbortSignal): Promise<Clip> {
    const pipeline = await abortable(this.load(), signal);
    try {
      return await pipeline.generate({ ...settings, signal, onProgress: this.onProgress });
    } catch (error) {
      if (error instanceof DeviceLostError) {
        this.#pipeline = undefined;
        await pipeline.dispose();
      }
      throw error;
    }
  }
}

/** Gives up waiting when the signal says so; the work itself goes on. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}
