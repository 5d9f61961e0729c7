import type { CachingRow } from '../../src/conformance/caching.ts';
import type { HookRow } from '../../src/conformance/hooks.ts';
import type { Conformance } from '../../src/conformance/index.ts';
import type { CalibrationOptions } from '../../src/pipeline/calibrate.ts';
import type { GenerateOptions, LoadOptions, Progress, StepEvent } from '../../src/pipeline/types.ts';
import type { Report } from '../../src/report.ts';
import type { AdapterFacts } from './adapter.ts';

/** What is loaded and how: the parts of `LoadOptions` that cross to a page. */
export interface LoadRequest extends Pick<LoadOptions, 'weights' | 'operands' | 'variant' | 'firstRun'> {
  /** An id of the manifest, or the URL of a folder. */
  readonly model: string;
}

/** What is generated: the parts of `GenerateOptions` that cross to a page. */
export type GenerateRequest = Omit<GenerateOptions, 'signal' | 'onProgress' | 'onStep'>;

/** The same clip without a policy, and how the last clip compares with it. */
export interface Baseline {
  /** Wall-clock seconds of denoising every step. */
  readonly denoiseSeconds: number;
  /** These seconds over the policy's. */
  readonly speedup: number;
  /** dB; 99 where no pixel differs. */
  readonly psnr: number;
  /** Structural similarity; 1 where no pixel differs. */
  readonly ssim: number;
}

/** A file that the browser encoded. */
export interface VideoFile {
  /** `video/mp4` or `video/webm`. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** How a recorded run is repeated. */
export interface ConformanceRequest {
  /** The URL of the folder. */
  readonly url: string;
  readonly operands: 'f32' | 'f16';
}

/** How recorded runs of caching are repeated. */
export interface CachingRequest extends ConformanceRequest {
  /** The model that they were recorded with: an id of the manifest, or the URL of a folder. */
  readonly model: string;
  /** Such as `case-0.safetensors`. */
  readonly files: readonly string[];
}

/** What is calibrated: an id of the manifest, or the URL of a folder. */
export type CalibrationRequest = Pick<CalibrationOptions, 'policy' | 'model' | 'prompts' | 'distances' | 'run'> &
  Pick<LoadOptions, 'variant'>;

/** What `harness/main.ts` offers to the command line. */
export interface HarnessApi {
  /** The adapter that the library will get. */
  adapter(): Promise<AdapterFacts>;
  /** Loads a pipeline; one is held at a time. */
  load(request: LoadRequest): Promise<void>;
  /** Generates a clip with the loaded pipeline; the clip before it is disposed. */
  generate(request: GenerateRequest): Promise<Report>;
  /** Generates the last clip again without its policy, and compares; the last clip stays. */
  baseline(): Promise<Baseline>;
  /** A frame of the last clip, RGBA, 8 bits a channel. */
  frame(index: number): Promise<Uint8Array>;
  /** The last clip as a file. */
  video(): Promise<VideoFile>;
  /** Repeats a recorded run; rows are differences from the recording. */
  conformance(request: ConformanceRequest): Promise<Conformance>;
  /** Repeats recorded runs of caching. */
  caching(request: CachingRequest): Promise<CachingRow[]>;
  /** Repeats runs that were recorded under other people's caching hooks. */
  hooks(request: CachingRequest): Promise<HookRow[]>;
  /** Measures what a policy needs to know of a model: its artifact, as JSON has it. */
  calibrate(request: CalibrationRequest): Promise<Readonly<Record<string, unknown>>>;
}

/** What the page tells while a call runs. */
export type HarnessEvent =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'step'; readonly step: StepEvent }
  | { readonly kind: 'warning'; readonly message: string };
