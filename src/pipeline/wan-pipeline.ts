import { Scheduler } from '../cache/scheduler.ts';
import { OptionError } from '../errors.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { Pacer } from '../gpu/pacer.ts';
import { compile, plannedBuffers } from '../gpu/program.ts';
import type { Recording } from '../gpu/recorder.ts';
import { StepClock } from '../gpu/step-clock.ts';
import { elements, Tensor } from '../gpu/tensor.ts';
import type { OpContext } from '../ops/context.ts';
import { randn } from '../samplers/noise.ts';
import { Clip } from '../video/clip.ts';
import type { ModelDefaults } from '../weights/manifest.ts';
import { describeModel, type ModelInfo } from './model-info.ts';
import type { ModelPipeline } from './model-pipeline.ts';
import { type RunSettings, resolveSettings, wanDefaults } from './options.ts';
import { withArtifact, withPreset } from './policy-presets.ts';
import { makeReport } from './report.ts';
import type { ResolvedModel } from './resolve.ts';
import { ScheduledForwards } from './scheduled-forwards.ts';
import { Stopwatch } from './stopwatch.ts';
import type { GenerateOptions, LoadOptions, MemoryPlan, Progress } from './types.ts';
import { runShape, WanCache } from './wan-cache.ts';
import type { WanComponents } from './wan-components.ts';
import { rowStride } from './wan-decoding.ts';
import { decode, denoise, encodePrompts, type PhaseContext } from './wan-generate.ts';
import { latentSize, planGeometry, sizeRules } from './wan-geometry.ts';
import { WanPreview } from './wan-preview.ts';
import { type RunGeometry, WanRun } from './wan-run.ts';

/** A `WanPipeline` on one device: text to video. */
export class WanPipeline implements ModelPipeline {
  /** What `generate` takes where it is not told. */
  readonly defaults: ModelDefaults;
  readonly #pacer: Pacer;
  readonly #seconds = new Stopwatch();
  #run: WanRun | undefined;

  constructor(
    private readonly gpu: Gpu,
    private readonly model: ResolvedModel,
    private readonly components: WanComponents,
    private readonly operands: OpContext['operands'],
  ) {
    this.defaults = model.defaults ?? wanDefaults(components.sampler.kind);
    this.#pacer = new Pacer(gpu);
  }

  /** The manifest's tuned options, by policy and name. */
  get presets(): NonNullable<ResolvedModel['presets']> {
    return this.model.presets ?? {};
  }

  /** What the model is, and what a run with its defaults takes. */
  get info(): ModelInfo {
    const settings = this.#settings(this.#emptyPrompt);
    const run = this.#runFor(planGeometry(this.components, settings, this.#emptyPrompt).geometry);
    const memory = this.#plan(settings, run, this.#cacheFor(settings, run));
    return describeModel(this.gpu, {
      id: this.model.id,
      className: 'WanPipeline',
      parts: this.components.parts,
      defaults: this.defaults,
      tokens: elements(this.components.transformer.tokenGrid(run.geometry.latentSize)),
      memory,
      buffers: [...plannedBuffers(run.recording), { label: 'clip', bytes: memory.clipBytes }],
    });
  }

  /** GPU bytes of the weights. */
  get weightsBytes(): number {
    return this.components.weights.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * Reads all weights and, beside it, compiles the kernels of a run.
   *
   * @param firstRun The run's options; the defaults where there are none. @throws {OptionError} before anything is read.
   */
  async load({
    firstRun,
    signal,
    onProgress,
  }: Pick<LoadOptions, 'firstRun' | 'signal' | 'onProgress'> = {}): Promise<void> {
    const first = this.#recordFirst(firstRun);
    const compiling = this.#seconds.time('compile', () => this.#compile(first, onProgress));
    compiling.catch(() => {});
    try {
      await this.#seconds.time('load', () => this.#loadWeights(signal, onProgress));
      await compiling;
      signal?.throwIfAborted();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** What a generation would hold. @throws {OptionError} */
  plan(options: GenerateOptions): MemoryPlan {
    const settings = this.#settings(options);
    const run = this.#runFor(planGeometry(this.components, settings, options).geometry);
    return this.#plan(settings, run, this.#cacheFor(settings, run), this.#previewFor(options, run));
  }

  /** Makes a clip. The run's memory is kept for the next one of the same size, unless this one fails or is aborted. */
  async generate(options: GenerateOptions): Promise<Clip> {
    const { signal, onProgress } = options;
    const { source, presets } = this.model;
    const settings = this.#settings(await withArtifact(withPreset(options, presets), source, signal));
    const { geometry, tokens, warnings } = planGeometry(this.components, settings, options);
    signal?.throwIfAborted();
    const run = this.#runFor(geometry);
    if (run !== this.#run) {
      this.#run?.stop();
      this.#run = run;
    }
    const others = this.gpu.memory.currentBytes - this.weightsBytes - (run.isStarted ? run.plannedBytes : 0);
    this.gpu.memory.resetPeak();
    const seconds = this.#seconds.copy();
    const stepSeconds: number[] = [];
    let pixels: GPUBuffer[] = [];
    let clock: StepClock | undefined;
    const cache = this.#cacheFor(settings, run);
    const preview = this.#previewFor(options, run);
    try {
      await seconds.time('compile', () => this.#compile(recordings(run, cache, preview), onProgress));
      await run.start();
      await cache.start(this.gpu);
      await preview?.start(this.gpu);
      clock = await StepClock.create(this.gpu, settings.steps, run.velocity);
      const sampler = settings.sampler.create(settings.steps, this.components.sampler.shift);
      const context: PhaseContext = { gpu: this.gpu, pacer: this.#pacer, run, signal, onProgress };
      await seconds.time('text', () => encodePrompts(context, options, tokens));
      const latents = this.#latents(settings, geometry, options.latents);
      const onStep = (step: number, elapsed: number) => {
        stepSeconds.push(elapsed);
        options.onStep?.({ step, steps: settings.steps, seconds: elapsed });
      };
      const scheduler = new Scheduler(settings.policy.policy, runShape(run), options);
      const forwards = new ScheduledForwards(run, cache, scheduler);
      const { guidanceScale } = settings;
      const denoising = { sampler, guidanceScale, latents, forwards, preview, clock, onStep };
      await seconds.time('denoise', () => denoise(context, denoising));
      cache.stop();
      preview?.stop();
      const gpuStepSeconds = await clock?.read();
      const shape = [settings.frames, settings.height, rowStride(settings.width)];
      const frames = new Tensor('clip', 'u32', shape);
      pixels = await this.gpu.memory.allocate([{ label: 'clip', bytes: frames.bytes }]);
      frames.bind(pixels[0]);
      await seconds.time('decode', () => decode(context, frames));
      const plan = this.#plan(settings, run, cache, preview);
      const memory = { ...plan, peakBytes: this.gpu.memory.peakBytes - others };
      return new Clip({
        gpu: this.gpu,
        pixels: frames,
        width: settings.width,
        height: settings.height,
        frameCount: settings.frames,
        report: makeReport({
          model: this.model.id,
          adapter: this.gpu.adapterName,
          operands: this.operands,
          settings,
          record: scheduler.record,
          seconds: seconds.seconds,
          stepSeconds,
          ...(gpuStepSeconds && { gpuStepSeconds }),
          memory,
          warnings,
        }),
        release: () => this.gpu.memory.free(pixels),
      });
    } catch (error) {
      // What was submitted may still use the buffers; a lost device has let go of them.
      await this.gpu.idle().catch(() => {});
      this.gpu.memory.free(pixels);
      cache.stop();
      preview?.stop();
      run.stop();
      this.#run = undefined;
      throw error;
    } finally {
      clock?.dispose();
    }
  }

  /** Frees weights and run. */
  dispose(): void {
    this.#run?.stop();
    this.#run = undefined;
    for (const weights of this.components.weights) weights.dispose(this.gpu);
  }

  async #loadWeights(signal?: AbortSignal, onProgress?: (progress: Progress) => void): Promise<void> {
    const { weights, text } = this.components;
    const sets = weights.map((set) => ({ set, loaded: 0, total: set.storedBytes }));
    for (const entry of sets) {
      await entry.set.load(this.gpu, {
        signal,
        onBytes: (loaded, total, from) => {
          Object.assign(entry, { loaded, total });
          const sum = (key: 'loaded' | 'total') => sets.reduce((bytes, other) => bytes + other[key], 0);
          onProgress?.({ phase: 'download', loaded: sum('loaded'), total: sum('total'), from });
        },
      });
    }
    await text?.encoder.loadTables(signal);
  }

  async #compile(recordings: readonly Recording[], onProgress?: (progress: Progress) => void): Promise<void> {
    await compile(this.gpu, recordings, (loaded, total) => onProgress?.({ phase: 'compile', loaded, total }));
  }

  #settings(options: GenerateOptions): RunSettings {
    const given = withPreset(options, this.model.presets);
    const settings = resolveSettings(given, this.defaults, sizeRules(this.components));
    const { steps, sampler } = settings;
    settings.policy.policy.check?.({ model: this.model.id, sampler: sampler.name, steps });
    this.components.transformer.tokenGrid(latentSize(settings, this.components.vaeConfig));
    if (!this.components.text) {
      for (const [branch, given] of [
        ['promptEmbeds', options.promptEmbeds],
        ['negativePromptEmbeds', settings.branches.length === 1 || options.negativePromptEmbeds],
      ] as const) {
        if (!given)
          throw new OptionError(`${branch} is missing.`, `${this.model.id} has no text encoder: pass embeddings.`);
      }
    }
    return settings;
  }

  #recordFirst(firstRun: GenerateOptions | undefined): Recording[] {
    const options = firstRun ?? this.#emptyPrompt;
    const settings = this.#settings(options);
    const run = this.#record(planGeometry(this.components, settings, options).geometry);
    return recordings(run, this.#cacheFor(settings, run), this.#previewFor(options, run));
  }

  /** Options of a run of which only its size matters. */
  get #emptyPrompt(): GenerateOptions {
    if (this.components.text) return { prompt: '' };
    const given = { values: new Float32Array(this.components.transformer.config.textDim), length: 1 };
    return { promptEmbeds: given, negativePromptEmbeds: given };
  }

  #record(geometry: RunGeometry): WanRun {
    return new WanRun(this.gpu, this.components, geometry, this.operands);
  }

  #runFor(geometry: RunGeometry): WanRun {
    const isSame = this.#run && JSON.stringify(this.#run.geometry) === JSON.stringify(geometry);
    return this.#run && isSame ? this.#run : this.#record(geometry);
  }

  /** Recorded anew for every generation: it is small, and holds nothing until it starts. */
  #cacheFor({ policy }: RunSettings, run: WanRun): WanCache {
    const { capabilities } = this.gpu;
    return new WanCache(run, policy, this.components.transformer, { capabilities, operands: this.operands });
  }

  #previewFor({ preview }: GenerateOptions, run: WanRun): WanPreview | undefined {
    const { capabilities } = this.gpu;
    return preview && new WanPreview(run, { capabilities, operands: this.operands }, preview);
  }

  #plan({ frames, height, width, steps }: RunSettings, run: WanRun, cache: WanCache, preview?: WanPreview): MemoryPlan {
    const { weightsBytes } = this;
    const runBytes = run.plannedBytes;
    const cacheBytes = cache.plannedBytes;
    const clipBytes = frames * height * rowStride(width) * 4;
    const previewBytes = preview?.plannedBytes ?? 0;
    const clockBytes = StepClock.plannedBytes(this.gpu, steps);
    const plannedBytes = weightsBytes + runBytes + Math.max(cacheBytes + previewBytes, clockBytes, clipBytes);
    return { weightsBytes, runBytes, cacheBytes, previewBytes, clipBytes, plannedBytes };
  }

  #latents({ seed }: RunSettings, { latentSize: size }: RunGeometry, given: Float32Array | undefined): Float32Array {
    const count = this.components.vaeConfig.zDim * elements(size);
    if (given && given.length !== count) {
      const shape = [this.components.vaeConfig.zDim, ...size].join(' x ');
      throw new OptionError(`latents holds ${given.length} values.`, `Pass ${count}: ${shape}.`);
    }
    return given ?? randn(count, seed);
  }
}

/** All that a generation allocates. */
function recordings(run: WanRun, cache: WanCache, preview: WanPreview | undefined): Recording[] {
  return [run.recording, ...cache.recordings, ...(preview ? [preview.recording] : [])];
}
