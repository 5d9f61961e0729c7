import { anyOf } from '../abort.ts';
import { StillframeError } from '../errors.ts';
import type { Capabilities } from '../gpu/capabilities.ts';
import { type KnownKeys, refuseUnknown } from '../known-keys.ts';
import type { Clip } from '../video/clip.ts';
import type { ModelDefaults, PresetOptions } from '../weights/manifest.ts';
import type { ModelInfo } from './model-info.ts';
import type { OpenModel } from './open.ts';
import { openModel } from './opening.ts';
import { originOf } from './origin.ts';
import type { GenerateOptions, LoadOptions, MemoryPlan, ModelReference, ReloadOptions } from './types.ts';

/**
 * Loads a model for text to video.
 *
 * @param model What a package such as `stillframe-shapes` exports, the URL of a folder in diffusers' layout, files, a
 * directory, or an id of a manifest.
 * @throws {OptionError} naming an option, or an address that is none; {NoWebGpuError | LimitError} before anything is
 * downloaded; {SourceError | IntegrityError | WeightsError | UnsupportedModelError} when the model cannot be read or is of
 * another kind; {OutOfMemoryError | DeviceLostError | KernelError}; `signal.reason` on abort. Whatever goes wrong, no GPU
 * memory is left behind.
 *
 * @example
 * ```ts
 * import shapes from 'stillframe-shapes';
 *
 * const pipeline = await loadPipeline(shapes, { onProgress: console.log });
 * const clip = await pipeline.generate({ prompt: 'a red circle moving left on a sky background', seed: 7 });
 * for await (const frame of clip.frames()) frame.close();
 * await pipeline.dispose();
 * ```
 */
export async function loadPipeline(model: ModelReference, options: LoadOptions = {}): Promise<Pipeline> {
  const loaded = await load(model, options);
  return new Pipeline(model, options, loaded);
}

/**
 * What a pipeline is doing, and with it what it refuses:
 *
 * | state | `generate` | `reload` | `dispose` | the rest |
 * |---|---|---|---|---|
 * | `ready` | yes | yes | yes | yes |
 * | `generating` | refused | refused | stops the generation | yes |
 * | `loading`: `reload` is under way | refused | refused | stops the load | refused |
 * | `lost`: the device is gone | rejects with `DeviceLostError` | yes | yes | yes |
 * | `disposed` | refused | yes | does nothing | refused |
 *
 * What is refused is so by a `StillframeError`. Clips live as long as the device that they were made on: those made
 * before `reload` or `dispose` refuse to be read, compared or encoded.
 */
export type PipelineState = 'ready' | 'generating' | 'loading' | 'lost' | 'disposed';

const RELOAD_OPTIONS: KnownKeys<ReloadOptions> = { device: 1, adapter: 1, signal: 1, onProgress: 1 };

/** What goes on, one thing at a time. */
interface Underway {
  readonly state: 'generating' | 'loading';
  readonly stop: AbortController;
}

/** A loaded model that makes clips, one at a time. */
export class Pipeline {
  #loaded: OpenModel | undefined;
  #options: LoadOptions;
  #underway: Underway | undefined;
  /** Resolves when what goes on, or went on until `dispose` stopped it, has let go of everything. */
  #settled: Promise<unknown> = Promise.resolve();

  /** @internal Pipelines come from `loadPipeline`. */
  constructor(
    private readonly model: ModelReference,
    options: LoadOptions,
    loaded: OpenModel,
  ) {
    // What stopped the first load does not stop others.
    const { signal: _, ...kept } = options;
    this.#options = kept;
    this.#loaded = loaded;
  }

  /** What it is doing. */
  get state(): PipelineState {
    if (this.#underway) return this.#underway.state;
    if (!this.#loaded) return 'disposed';
    return this.#loaded.gpu.isLost ? 'lost' : 'ready';
  }

  /**
   * The device, for those who draw on it too.
   *
   * @throws {StillframeError} while it loads again, or when it was disposed of.
   */
  get device(): GPUDevice {
    return this.#ready.gpu.device;
  }

  /**
   * The adapter in a few words, e.g. `google swiftshader`.
   *
   * @throws {StillframeError} while it loads again, or when it was disposed of.
   */
  get adapter(): string {
    return this.#ready.gpu.adapterName;
  }

  /**
   * What the device can do, and whether it is a CPU in disguise.
   *
   * @throws {StillframeError} while it loads again, or when it was disposed of.
   */
  get capabilities(): Capabilities {
    return this.#ready.gpu.capabilities;
  }

  /**
   * What `generate` takes where it is not told.
   *
   * @throws {StillframeError} while it loads again, or when it was disposed of.
   */
  get defaults(): ModelDefaults {
    return this.#ready.model.defaults;
  }

  /**
   * The model's tuned options, by policy and name: what `policyOptions.preset` may say. None in a folder of one's own.
   *
   * @throws {StillframeError} while it loads again, or when it was disposed of.
   */
  get presets(): Readonly<Record<string, Readonly<Record<string, PresetOptions>>>> {
    return this.#ready.model.presets;
  }

  /**
   * What the model is, and what running it takes.
   *
   * @throws {StillframeError} while it loads again, or when it was disposed of.
   */
  get info(): ModelInfo {
    return this.#ready.model.info;
  }

  /**
   * GPU bytes held now: weights, a kept run, clips that were not disposed of.
   *
   * @throws {StillframeError} while it loads again, or when it was disposed of.
   */
  get currentBytes(): number {
    return this.#ready.gpu.memory.currentBytes;
  }

  /**
   * Bytes that a generation would hold, without allocating any. A prompt with `&` or other than plain ASCII is counted as
   * it is written: `generate` cleans it first, after which it may have a few tokens more or less.
   *
   * @throws {OptionError} naming the option; {UnsupportedModelError} for a sampler that is not built; {StillframeError} while
   * it loads again, or when it was disposed of.
   */
  plan(options: GenerateOptions): MemoryPlan {
    return this.#ready.model.plan(options);
  }

  /**
   * Makes a clip: the same for the same options on the same adapter.
   *
   * @throws {OptionError} naming the option; {UnsupportedModelError} for a sampler that is not built; {LimitError |
   * OutOfMemoryError} when the run does not fit; {SourceError} when code for the prompt, or a policy's artifact, cannot be
   * loaded; {DeviceLostError}, after which `reload` gets a new device; {KernelError};
   * `signal.reason` on abort, which frees the run's memory; {StillframeError} when the pipeline generates already, or is
   * disposed of, also meanwhile.
   */
  async generate(options: GenerateOptions): Promise<Clip> {
    const { gpu, model } = this.#ready;
    return this.#alone('generating', options.signal, async (signal) => {
      gpu.throwIfFaulty();
      const clip = await model.generate({ ...options, signal });
      gpu.ended.throwIfAborted();
      return clip;
    });
  }

  /**
   * Loads the model again on a new device, after a `DeviceLostError` or `dispose`. Weights come from the store where it
   * has them. What the pipeline holds is freed first, its clips included.
   *
   * @throws {OptionError} when a device or an adapter is needed, and nothing has changed then; as `loadPipeline`, and
   * then the pipeline is disposed of; {StillframeError} when it generates or loads already, or is disposed of meanwhile.
   */
  async reload(options: ReloadOptions = {}): Promise<void> {
    refuseUnknown('reload', options, RELOAD_OPTIONS);
    await this.#alone('loading', options.signal, async (signal) => {
      const origin = await originOf(this.#options, options);
      signal.throwIfAborted();
      free(this.#loaded, disposed());
      this.#loaded = undefined;
      const { onProgress = this.#options.onProgress } = options;
      this.#options = { ...this.#options, ...origin };
      const loaded = await load(this.model, { ...this.#options, onProgress, signal });
      if (signal.aborted) free(loaded, disposed());
      signal.throwIfAborted();
      this.#loaded = loaded;
    });
  }

  /**
   * Frees all GPU memory, clips included, and the device if it was made here. What goes on is stopped, and rejects.
   * Resolves when all is free.
   */
  async dispose(): Promise<void> {
    const loaded = this.#loaded;
    const reason = disposed();
    this.#loaded = undefined;
    this.#underway?.stop.abort(reason);
    this.#underway = undefined;
    loaded?.gpu.end(reason);
    await this.#settled;
    free(loaded, reason);
  }

  get #ready(): OpenModel {
    if (this.#underway?.state === 'loading') throw busy('loading');
    if (this.#loaded) return this.#loaded;
    throw disposed();
  }

  /** Does one thing at a time. @param given The caller's signal. */
  async #alone<T>(
    state: Underway['state'],
    given: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (this.#underway) throw busy(this.#underway.state);
    given?.throwIfAborted();
    const underway = { state, stop: new AbortController() };
    const signal = anyOf(underway.stop.signal, given);
    this.#underway = underway;
    const result = this.#settled
      .then(() => {
        signal.throwIfAborted();
        return work(signal);
      })
      .finally(() => {
        if (this.#underway === underway) this.#underway = undefined;
      });
    this.#settled = result.catch(() => {});
    return result;
  }
}

function busy(state: Underway['state']): StillframeError {
  const words = state === 'generating' ? 'generating already' : 'loading its model again';
  return new StillframeError(`This pipeline is ${words}.`, 'Wait for it, or abort it with its signal, first.');
}

function disposed(): StillframeError {
  return new StillframeError('This pipeline was disposed of.', 'Load it again, with loadPipeline or reload().');
}

/** Frees a model and its device's memory, and the device if it was made here. */
function free(opened: OpenModel | undefined, reason: StillframeError): void {
  opened?.gpu.end(reason);
  opened?.model.dispose();
  opened?.gpu.dispose();
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
