/**
 * What the page and the worker, in which everything heavy runs, say to each other.
 *
 * @module
 */
import type {
  BlockScores,
  Capabilities,
  ClipComparison,
  ForwardEvent,
  GenerateOptions,
  MemoryPlan,
  ModelDefaults,
  ModelInfo,
  OptionValue,
  Progress,
  Report,
  StepEvent,
} from 'stillframe';

/** A model: an id of the manifest, or the files of a folder in diffusers' layout. */
export type ModelChoice = string | readonly File[] | FileSystemDirectoryHandle;

/** What a run is asked for. */
export type RunRequest = Pick<
  GenerateOptions,
  'prompt' | 'seed' | 'steps' | 'guidanceScale' | 'frames' | 'width' | 'height' | 'policy' | 'policyOptions'
>;

/** The GPU as the page shows it. */
export interface GpuInfo {
  /** E.g. `google swiftshader`. */
  readonly adapter: string;
  readonly capabilities: Capabilities;
  /** Limits of the device by WebGPU's names. */
  readonly limits: Readonly<Record<string, number>>;
}

/** A model that is loaded. */
export interface LoadedModel {
  readonly info: ModelInfo;
  readonly gpu: GpuInfo;
  readonly defaults: ModelDefaults;
  /** Tuned options by policy and name. */
  readonly presets: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, OptionValue>>>>>>;
}

/** Something that happened in the worker. */
export type EngineEvent =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'step'; readonly step: StepEvent }
  | { readonly kind: 'forward'; readonly forward: ForwardEvent }
  | { readonly kind: 'scores'; readonly scores: BlockScores }
  /** A rough picture of what is coming, which the receiver closes. */
  | { readonly kind: 'preview'; readonly step: number; readonly picture: ImageBitmap }
  | { readonly kind: 'warning'; readonly message: string };

/** A clip's pictures, in order; whoever receives them closes them. */
export interface Pictures {
  readonly frames: readonly ImageBitmap[];
  readonly width: number;
  readonly height: number;
  /** Frames a second. */
  readonly fps: number;
}

/** A finished run. Its clip stays in the worker, under this number, until it is released. */
export interface FinishedRun {
  readonly clip: number;
  readonly pictures: Pictures;
  readonly report: Report;
}

/**
 * The worker's side. Errors come across with their name and message. One thing at a time: `load` and `generate` stop
 * when `stop` is called, or another of them, and reject with an `AbortError`.
 */
export interface Engine {
  /**
   * Told before anything else: where the page is, as a model's id is looked up beside it; and the last number that a
   * clip of an earlier worker had.
   */
  begin(page: string, lastClip: number): Promise<void>;
  /** Loads a model, in the place of the one before; again, on a new device, after the device was lost. */
  load(model: ModelChoice, onEvent: (event: EngineEvent) => void): Promise<LoadedModel>;
  /** Says what a model is and whether it fits, without reading its weights. */
  inspect(model: ModelChoice): Promise<ModelInfo>;
  /** Bytes that a run would hold. */
  plan(request: RunRequest): Promise<MemoryPlan>;
  generate(request: RunRequest, onEvent: (event: EngineEvent) => void): Promise<FinishedRun>;
  /** Stops what is going on. */
  stop(): Promise<void>;
  /** How near one clip is to another. */
  compare(clip: number, baseline: number): Promise<ClipComparison>;
  /** The clip as a video file. */
  encode(clip: number): Promise<Blob>;
  release(clip: number): Promise<void>;
}
