import { OptionError, StillframeError } from '../errors.ts';
import type { Capabilities } from '../gpu/capabilities.ts';
import type { Clip } from '../video/clip.ts';
import type { ModelDefaults, PresetOptions } from '../weights/manifest.ts';
import type { ModelInfo } from './model-info.ts';
import { type OpenModel, openModel } from './open.ts';
import type { GenerateOptions, LoadOptions, MemoryPlan, ModelReference } from './types.ts';

/**
 * Loads a model for text to video.
 *
 * @param model An id of the manifest such as `shapes`, the URL of a folder in diffusers' layout, files, or a directory.
 * @throws {NoWebGpuError | LimitError} before anything is downloaded; {SourceError | IntegrityError | WeightsError |
 * UnsupportedModelError} when the model cannot be read or is of another kind; {OutOfMemoryError | DeviceLostError};
 * `signal.reason` on abort. Whatever goes wrong, no GPU memory is left behind.
 *
 * @example
 * ```ts
 * const pipeline = await loadPipeline('shapes', { onProgress: console.log });
 * const clip = await pipeline.generate({ prompt: 'a red circle moving left on a sky background', seed: 7 });
 * for await (const frame of clip.frames()) frame.close();
 * await pipeline.dispose();
 * ```
 */
export async function loadPipeline(model: ModelReference, options: LoadOptions = {}): Promise<Pipeline> {
  const loaded = await load(model, options);
  return new Pipeline(model, options, loaded);
}

/** A loaded model that makes clips, one at a time. */
export class Pipeline {
  #loaded: OpenModel | undefined;
  #isBusy = false;

  /** @internal Pipelines come from `loadPipeline`. */
  constructor(
    private readonly model: ModelReference,
    private readonly options: LoadOptions,
    loaded: OpenModel,
  ) {
    this.#loaded = loaded;
  }

  /** The device, for those who draw on it too. */
  get device(): GPUDevice {
    return this.#ready.gpu.device;
  }

  /** The adapter in a few words, e.g. `google swiftshader`. */
  get adapter(): string {
    return this.#ready.gpu.adapterName;
  }

  /** What the device can do, and whether it is a CPU in disguise. */
  get capabilities(): Capabilities {
    return this.#ready.gpu.capabilities;
  }

  /** What `generate` takes where it is not told. */
  get defaults(): ModelDefaults {
    return this.#ready.model.defaults;
  }

  /** The model's tuned options, by policy and name: what `policyOptions.preset` may say. None in a folder of one's own. */
  get presets(): Readonly<Record<string, Readonly<Record<string, PresetOptions>>>> {
    return this.#ready.model.presets;
  }

  /** What the model is, and what running it takes. */
  get info(): ModelInfo {
    return this.#ready.model.info;
  }

  /** GPU bytes held now: weights, a kept run, clips that were not disposed of. */
  get currentBytes(): number {
    return this.#ready.gpu.memory.currentBytes;
  }

  /**
   * Bytes that a generation would hold, without allocating any. A prompt with `&` or other than plain ASCII is counted as
   * it is written: `generate` cleans it first, after which it may have a few tokens more or less.
   *
   * @throws {OptionError}
   */
  plan(options: GenerateOptions): MemoryPlan {
    return this.#ready.model.plan(options);
  }

  /**
   * Makes a clip: the same for the same options on the same adapter.
   *
   * @throws {OptionError} naming the option; {LimitError | OutOfMemoryError} when the run does not fit; {SourceError}
   * when code for the prompt cannot be loaded; {DeviceLostError}, after which `reload` gets a new device;
   * `signal.reason` on abort, which frees the run's memory.
   */
  async generate(options: GenerateOptions): Promise<Clip> {
    const { gpu, model } = this.#ready;
    if (this.#isBusy) {
      throw new OptionError('This pipeline is generating already.', 'Wait for it, or abort it with its signal, first.');
    }
    this.#isBusy = true;
    try {
      gpu.throwIfLost();
      return await model.generate(options);
    } finally {
      this.#isBusy = false;
    }
  }

  /**
   * Loads the model again on a new device, after a `DeviceLostError`. Weights come from the store where it has them.
   *
   * @param device Needed when the lost one was the caller's own.
   * @throws as `loadPipeline`.
   */
  async reload(device?: GPUDevice): Promise<void> {
    if (this.options.device && !device) {
      throw new OptionError('The lost device was yours.', 'Pass a new one: pipeline.reload(device).');
    }
    await this.dispose();
    this.#loaded = await load(this.model, { ...this.options, ...(device ? { device } : {}) });
  }

  /** Frees all GPU memory, clips included, and the device if it was made here. A pipeline disposed of can only reload. */
  async dispose(): Promise<void> {
    this.#loaded?.model.dispose();
    this.#loaded?.gpu.dispose();
    this.#loaded = undefined;
  }

  get #ready(): OpenModel {
    if (this.#loaded) return this.#loaded;
    throw new StillframeError('This pipeline was disposed of.', 'Load it again, with loadPipeline or reload().');
  }
}

async function load(reference: ModelReference, options: LoadOptions): Promise<OpenModel> {
  const opened = await openModel(reference, options);
  try {
    await opened.model.load(options);
    return opened;
  } catch (error) {
    opened.gpu.dispose();
    throw error;
  }
}
