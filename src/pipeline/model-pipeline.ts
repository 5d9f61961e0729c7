import type { Gpu } from '../gpu/gpu.ts';
import type { BufferRequest } from '../gpu/memory.ts';
import type { ConfigJson } from '../models/config.ts';
import type { OpContext } from '../ops/context.ts';
import type { Clip } from '../video/clip.ts';
import type { ModelDefaults, ModelEntry } from '../weights/manifest.ts';
import type { WeightStore } from '../weights/store.ts';
import type { WeightPrecision } from '../weights/weight-set.ts';
import type { ModelFamily } from './family.ts';
import type { ModelInfo } from './model-info.ts';
import type { OpenOptions, PartsSource } from './parts.ts';
import type { ResolvedModel } from './resolve.ts';
import type { RunGeometry } from './run-geometry.ts';
import type { GenerateOptions, LoadOptions, MemoryPlan } from './types.ts';

/** A model of one of diffusers' pipeline classes, on one device. */
export interface ModelPipeline {
  /** What `generate` takes where it is not told. */
  readonly defaults: ModelDefaults;
  /** The manifest's tuned options, by policy and name. */
  readonly presets: ModelEntry['presets'];
  /** What the model is, and what a run with its defaults takes. */
  readonly info: ModelInfo;
  /** Reads all weights and compiles the kernels of a run. @throws {OptionError} before anything is read. */
  load(options: Pick<LoadOptions, 'firstRun' | 'signal' | 'onProgress'>): Promise<void>;
  /** What a generation would hold. @throws {OptionError} */
  plan(options: GenerateOptions): MemoryPlan;
  /** The same of a run whose prompt is not known yet, and all buffers, weights' included. @throws {OptionError} */
  outline(options: GenerateOptions): RunOutline;
  /** Makes a clip. */
  generate(options: GenerateOptions): Promise<Clip>;
  /** Frees all that it holds. */
  dispose(): void;
}

/** What a run takes, before a device is asked for. */
export interface RunOutline {
  readonly memory: MemoryPlan;
  readonly buffers: readonly BufferRequest[];
}

/** What a pipeline is opened with. */
export interface PipelineSource {
  readonly gpu: Gpu;
  readonly model: ResolvedModel;
  /** The folder's `model_index.json`. */
  readonly index: ConfigJson;
  readonly precision: WeightPrecision;
  readonly operands: OpContext['operands'];
  readonly store: WeightStore;
  /** As `LoadOptions` has it. */
  readonly variant?: string | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A module with a pipeline class: its models, kernels and all that only it needs. */
export interface PipelineModule {
  /** Reads and checks configurations and headers. @throws {UnsupportedModelError | WeightsError | SourceError | OptionError} */
  openPipeline(source: PipelineSource): Promise<ModelPipeline>;
  /** The same, without what makes clips: for those who run its parts. */
  openFamily(model: PartsSource, index: ConfigJson, options: OpenOptions): Promise<ModelFamily<RunGeometry, unknown>>;
}
