/**
 * What a pipeline class adds to what all of them do: a family of models.
 *
 * @module
 */
import type { ForwardKey, SubLayer } from '../cache/run-shape.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Program } from '../gpu/program.ts';
import type { Tensor } from '../gpu/tensor.ts';
import type { ConfigJson } from '../models/config.ts';
import type { ForwardSites } from '../models/forward-sites.ts';
import type { LatentSize } from '../models/latent-size.ts';
import type { ChunkRun } from '../models/vae/clip.ts';
import type { OpContext } from '../ops/context.ts';
import type { Sampler } from '../samplers/sampler.ts';
import type { PromptTexts } from '../text/prompt.ts';
import type { ModelDefaults } from '../weights/manifest.ts';
import type { ClipSize, SizeRules } from './clip-size.ts';
import type { DeclaredPart, PromptKind } from './model-info.ts';
import type { RunSettings } from './options.ts';
import type { RunGeometry } from './run-geometry.ts';
import type { GenerateOptions, Progress } from './types.ts';

/**
 * A model of a family, its weights declared but not read.
 *
 * `Geometry` is what its recordings depend on; `Conditions` is what a run is told to show, made of its options by `plan`
 * and handed to `Recorded`, which is what it records.
 */
export interface ModelFamily<
  Geometry extends RunGeometry,
  Conditions,
  Recorded extends RecordedModel<Conditions> = RecordedModel<Conditions>,
> {
  /** Class of the pipeline in diffusers. */
  readonly className: string;
  /** In the order of use. */
  readonly parts: readonly DeclaredPart[];
  /** As `schedulerConfig` gives it: read when a run takes a sampler from it, since one that a caller names may run where it cannot. */
  readonly scheduler: ConfigJson;
  /** What a user should know of the folder, such as weights that no class reads. */
  readonly warnings: readonly string[];
  /** What a run takes where neither caller nor manifest says. */
  readonly defaults: ModelDefaults;
  readonly sizes: SizeRules;
  /** What runs are told to show. */
  readonly prompts: PromptKind;
  /** Options of a run of which only its size matters. */
  readonly blank: GenerateOptions;
  /** Of latents, and of what a forward predicts. */
  readonly latentChannels: number;
  /** Blocks of its transformer. */
  readonly blocks: number;
  /** Sub-layers of each, in the order that they run. */
  readonly subLayers: readonly SubLayer[];
  readonly decoder: LatentDecoder;
  /** Latents of a clip. @throws {OptionError} for a size that it cannot make. */
  latentSize(size: ClipSize): LatentSize;
  /** Tokens that its transformer works on. */
  tokens(size: LatentSize): number;
  /** What a run's options come to. @throws {OptionError} for what it is to show. */
  plan(request: RunRequest): RunPlan<Geometry, Conditions>;
  /** Records forwards, and what they need, before the sampler's update and decoding are. */
  record(ops: OpContext, geometry: Geometry, tensors: RunTensors): Recorded;
  /** Reads what is looked up on the host, once the weights are there. */
  loadTables?(signal?: AbortSignal): Promise<void>;
}

/** What is to be planned. */
export interface RunRequest {
  /** The run's geometry as far as all families have it. */
  readonly geometry: RunGeometry;
  readonly settings: RunSettings;
  /** That the settings were made of. */
  readonly options: GenerateOptions;
  /** The prompts, cleaned as text. */
  readonly texts: PromptTexts;
}

/** What a generation's options come to before it runs. */
export interface RunPlan<Geometry extends RunGeometry, Conditions> {
  readonly geometry: Geometry;
  readonly conditions: Conditions;
  /** Such as a prompt that was cut. */
  readonly warnings: readonly string[];
}

/** What forwards read and write. */
export interface RunTensors {
  /** The sampler's, [rows, channels, ...latentSize] f32: the latents first. */
  readonly state: Tensor;
  /** What they predict, [branches, channels, ...latentSize] f32. */
  readonly velocity: Tensor;
}

/** A run whose memory is allocated. */
export interface StartedRun {
  readonly gpu: Gpu;
  readonly program: Program;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** The forwards of a run and what they need, recorded. */
export interface RecordedModel<Conditions> {
  /** In the order that they run in a step. */
  readonly sites: ReadonlyMap<ForwardKey, ForwardSites>;
  /** Writes what no run changes. */
  start(gpu: Gpu): void;
  /** Writes what a run is to show. Tells the progress of `text`, but its end: branches. */
  condition(run: StartedRun, conditions: Conditions): Promise<void>;
  /** Computes what holds for all steps. */
  prepare(run: StartedRun, sampler: Sampler): Promise<void>;
  /** Sets the step that the forwards run for. */
  beginStep(gpu: Gpu, step: number): void;
}

/** What makes pictures of latents. */
export interface LatentDecoder {
  /** Factors and summands by channel: it takes `scale * latents + shift`. */
  readonly scale: readonly number[];
  readonly shift: readonly number[];
  /** Pixels along the sides of what it makes as one. */
  readonly patch: number;
  /** The clip that latents become. */
  clipSize(size: LatentSize): ClipSize;
  /** Records sections. @param latents [frames, rows, columns, channels padded] f32. @param chunkFrames Of a chunk. */
  record(ops: OpContext, latents: Tensor, chunkFrames: number): ChunkRun[];
}
