import { cachingRemarks } from '../cache/few-steps.ts';
import { Scheduler } from '../cache/scheduler.ts';
import { ScheduledForwards } from '../executor/scheduled-forwards.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { compile } from '../gpu/program.ts';
import type { Recording } from '../gpu/recorder.ts';
import type { OpContext } from '../ops/context.ts';
import { workingSampler } from '../samplers/index.ts';
import { randn } from '../samplers/noise.ts';
import { cleanPrompts, tidyPrompts } from '../text/prompt.ts';
import { Clip } from '../video/clip.ts';
import type { ModelDefaults } from '../weights/manifest.ts';
import { decodeClip } from './decode-clip.ts';
import { type Denoising, denoise, type PhaseContext } from './denoise.ts';
import type { ModelFamily } from './family.ts';
import { checkFit, type Demand } from './fit.ts';
import { GenerationMemory } from './generation-memory.ts';
import { longDispatchWarnings } from './long-dispatch.ts';
import { describeModel, type ModelInfo } from './model-info.ts';
import type { ModelPipeline, RunOutline } from './model-pipeline.ts';
import { ModelRun, type Run } from './model-run.ts';
import { type RunSettings, resolveSettings } from './options.ts';
import { loadWeights } from './parts.ts';
import { latentCount, planRun } from './plan-run.ts';
import { withArtifact, withPreset } from './policy-presets.ts';
import { makeReport } from './report.ts';
import type { ResolvedModel } from './resolve.ts';
import type { RunGeometry } from './run-geometry.ts';
import { Stopwatch } from './stopwatch.ts';
import type { GenerateOptions, LoadOptions, MemoryPlan, Progress } from './types.ts';

/** A model of any family on one device. */
export class DiffusionPipeline<Geometry extends RunGeometry, Conditions> implements ModelPipeline {
  /** What `generate` takes where it is not told. */
  readonly defaults: ModelDefaults;
  readonly #seconds = new Stopwatch();
  #run: ModelRun<Geometry, Conditions> | undefined;

  constructor(
    private readonly gpu: Gpu,
    private readonly model: ResolvedModel,
    private readonly family: ModelFamily<Geometry, Conditions>,
    private readonly operands: OpContext['operands'],
  ) {
    this.defaults = { ...family.defaults, ...model.defaults };
  }

  /** The manifest's tuned options, by policy and name. */
  get presets(): NonNullable<ResolvedModel['presets']> {
    return this.model.presets ?? {};
  }

  /** What the model is, and what a run with its defaults takes. */
  get info(): ModelInfo {
    const { family } = this;
    const { className, parts, sizes, prompts } = family;
    const options = this.#blank;
    const memory = this.#memoryOf(options);
    const { run, plan } = memory;
    return describeModel(this.gpu, {
      id: this.model.id,
      className,
      parts,
      defaults: this.defaults,
      sizes,
      prompts,
      tokens: family.tokens(run.geometry.latentSize),
      memory: plan,
      demand: this.#demand(memory, options),
    });
  }

  /**
   * Reads all weights and, beside it, compiles the kernels of a run.
   *
   * @param firstRun The run's options; the defaults where there are none.
   * @throws {OptionError | LimitError} before weights are.
   */
  async load({
    firstRun,
    signal,
    onProgress,
  }: Pick<LoadOptions, 'firstRun' | 'signal' | 'onProgress'> = {}): Promise<void> {
    // A run of the caller's is checked as it would be run: with the file's sampler, where it names none.
    const options = await this.#completed(firstRun ? { ...this.family.blank, ...firstRun } : this.#blank, signal);
    const memory = this.#memoryOf(options);
    const { recordings } = memory;
    checkFit(this.gpu, this.#demand(memory, options), (size) => {
      return `Load it for a smaller size, and generate in that size: firstRun: ${size} fits.`;
    });
    const compiling = this.#seconds.time('compile', () => this.#compile(recordings, signal, onProgress));
    compiling.catch(() => {});
    try {
      await this.#seconds.time('load', () => loadWeights(this.gpu, this.family, signal, onProgress));
      await compiling;
      signal?.throwIfAborted();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** What a generation would hold. @throws {OptionError} */
  plan(options: GenerateOptions): MemoryPlan {
    return this.#memoryOf(withPreset(options, this.model.presets)).plan;
  }

  /** What a run takes, without its prompt. @throws {OptionError} */
  outline(options: GenerateOptions): RunOutline {
    const memory = this.#memoryOf(withPreset({ ...this.#blank, ...options }, this.model.presets));
    const weights = this.family.parts.flatMap(({ weights }) => weights.tensors);
    return { memory: memory.plan, buffers: [...weights, ...memory.buffers] };
  }

  /** Makes a clip. The run's memory is kept for the next one of the same size, unless this one fails or is aborted. */
  async generate(options: GenerateOptions): Promise<Clip> {
    const { gpu, family } = this;
    const { signal, onProgress } = options;
    const { id } = this.model;
    const completed = await this.#completed(options, signal);
    const settings = this.#settings(completed);
    const texts = await cleanPrompts(settings);
    const { geometry, conditions, warnings } = planRun(family, settings, options, texts);
    signal?.throwIfAborted();
    const run = this.#runOf(geometry);
    const memory = this.#record(run, settings, options.preview);
    checkFit(gpu, this.#demand(memory, completed), (size) => `Use a smaller size: ${size} fits.`);
    if (run !== this.#run) {
      this.#run?.stop();
      this.#run = run;
    }
    const { plan } = memory;
    const others = gpu.memory.currentBytes - plan.weightsBytes - (run.isStarted ? plan.runBytes : 0);
    gpu.memory.resetPeak();
    const seconds = this.#seconds.copy();
    const stepSeconds: number[] = [];
    try {
      await seconds.time('compile', () => this.#compile(memory.recordings, signal, onProgress));
      await memory.start();
      const context: PhaseContext = { gpu, run, signal, onProgress };
      await seconds.time('text', () => run.condition(conditions, { signal, onProgress }));
      const scheduler = new Scheduler(settings.policy.policy, memory.shape, options, settings.policy.limits);
      const denoising: Denoising = {
        sampler: settings.sampler.create(settings.steps),
        guidanceScale: settings.guidanceScale,
        latents: options.latents ?? randn(latentCount(family, geometry.latentSize), settings.seed),
        forwards: new ScheduledForwards(memory.cache, scheduler),
        preview: memory.preview,
        clock: memory.clock,
        onStep(step, elapsed) {
          stepSeconds.push(elapsed);
          options.onStep?.({ step, steps: settings.steps, seconds: elapsed });
        },
      };
      await seconds.time('denoise', () => denoise(context, denoising));
      const gpuStepSeconds = await memory.finishDenoising();
      const { pixels, release } = await seconds.time('decode', () => decodeClip(context, settings));
      const { width, height, frames: frameCount, fps } = settings;
      // Nobody resets a CPU.
      const longest = gpu.capabilities.software ? undefined : gpu.pacer.longest(run.program.allCommands);
      const { record } = scheduler;
      const report = makeReport({
        model: id,
        adapter: gpu.adapterName,
        operands: this.operands,
        settings,
        record,
        seconds: seconds.seconds,
        stepSeconds,
        ...(gpuStepSeconds && { gpuStepSeconds }),
        memory: { ...plan, peakBytes: gpu.memory.peakBytes - others },
        warnings: [
          ...family.warnings,
          ...warnings,
          ...longDispatchWarnings(longest),
          ...cachingRemarks(settings.policy, record),
        ],
      });
      return new Clip({ gpu, pixels, width, height, frameCount, fps, report, release });
    } catch (error) {
      // What was submitted may still use the buffers; a lost device has let go of them.
      await gpu.quiet();
      run.stop();
      this.#run = undefined;
      throw error;
    } finally {
      memory.stop();
    }
  }

  /** Frees weights and run. */
  dispose(): void {
    this.#run?.stop();
    this.#run = undefined;
    for (const { weights } of this.family.parts) weights.dispose(this.gpu);
  }

  /** The options with the model's preset, and with an artifact in the place of its address. */
  #completed(options: GenerateOptions, signal?: AbortSignal): Promise<GenerateOptions> {
    return withArtifact(withPreset(options, this.model.presets), this.model.source, signal);
  }

  async #compile(
    recordings: readonly Recording[],
    signal?: AbortSignal,
    onProgress?: (progress: Progress) => void,
  ): Promise<void> {
    const onKernel = (loaded: number, total: number) => onProgress?.({ phase: 'compile', loaded, total });
    await compile(this.gpu, recordings, signal, onKernel);
  }

  /** @param options With the model's preset filled in. */
  #settings(options: GenerateOptions): RunSettings {
    const { sizes, scheduler } = this.family;
    const settings = resolveSettings(options, this.defaults, sizes, scheduler);
    const { steps, sampler } = settings;
    settings.policy.policy.check?.({ model: this.model.id, sampler: sampler.name, steps });
    return settings;
  }

  /** Options of a run of which only its size matters. */
  get #blank(): GenerateOptions {
    // A model whose own sampler is not built opens all the same: its caller may name another.
    return { ...this.family.blank, sampler: workingSampler(this.defaults.sampler, this.family.scheduler) };
  }

  /** What a generation would hold, recorded. @param options With the model's preset filled in. */
  #memoryOf(options: GenerateOptions): GenerationMemory {
    const settings = this.#settings(options);
    const { geometry } = planRun(this.family, settings, options, tidyPrompts(settings));
    return this.#record(this.#runOf(geometry), settings, options.preview);
  }

  /** What the device must have a buffer for. @param options That `memory` was recorded for. */
  #demand(memory: GenerationMemory, options: GenerateOptions): Demand {
    return {
      weights: this.family.parts.flatMap(({ weights }) => weights.tensors),
      run: memory.buffers,
      size: memory.size,
      rules: this.family.sizes,
      // Latents are of one size.
      at: (size) => this.#memoryOf({ ...options, ...size, latents: undefined }).buffers,
    };
  }

  /** The kept run where it is of this geometry; else another, recorded. */
  #runOf(geometry: Geometry): ModelRun<Geometry, Conditions> {
    const isSame = JSON.stringify(this.#run?.geometry) === JSON.stringify(geometry);
    return this.#run && isSame ? this.#run : new ModelRun(this.gpu, this.family, geometry, this.operands);
  }

  #record(run: Run, settings: RunSettings, preview: GenerateOptions['preview']): GenerationMemory {
    return new GenerationMemory(this.gpu, this.family.parts, run, settings, this.operands, preview);
  }
}
