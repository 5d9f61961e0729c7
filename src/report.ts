import type { PolicyUse } from './cache/kind.ts';
import type { RunRecord } from './cache/run-record.ts';

/** What a run did: the contents of `report.json`, in which infinite scores and thresholds are `null`: JSON has no infinity. */
export interface Report extends RunRecord {
  /** The manifest's id, or the folder. */
  readonly model: string;
  /** As asked, before cleaning. */
  readonly prompt: string;
  /** As asked, or empty. */
  readonly negativePrompt: string;
  /** Of the initial noise. */
  readonly seed: number;
  /** Steps taken: `fewer-steps` takes fewer than it is asked for. */
  readonly steps: number;
  /** Steps asked for. */
  readonly stepsAsked: number;
  /** Scale of classifier-free guidance. */
  readonly guidanceScale: number;
  /** The sampler's name. */
  readonly sampler: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Frames of the clip. */
  readonly frames: number;
  /** Frames a second. */
  readonly fps: number;
  /** E.g. `google swiftshader`. */
  readonly adapter: string;
  /** Precision of matmul operands. */
  readonly operands: 'f32' | 'f16';
  /** The caching method and its options. */
  readonly policy: PolicyUse;
  /** Wall-clock seconds of each phase. */
  readonly seconds: Readonly<Record<'load' | 'compile' | 'text' | 'denoise' | 'decode', number>>;
  /** Wall-clock seconds of each denoising step. */
  readonly stepSeconds: readonly number[];
  /**
   * GPU seconds of each denoising step, from its forwards' first command to their last, by timestamp queries: where the
   * device has them. Chrome rounds timestamps to 0.1 ms.
   */
  readonly gpuStepSeconds?: readonly number[];
  /** Bytes on the GPU. */
  readonly memory: MemoryUse;
  /** Things the caller should know, such as a prompt that was cut. */
  readonly warnings: readonly string[];
}

/** GPU memory of a run, in bytes. */
export interface MemoryUse {
  /** Known before anything of the run was allocated. */
  readonly plannedBytes: number;
  /** The most that was held at once for it. */
  readonly peakBytes: number;
  /** Of the weights alone. */
  readonly weightsBytes: number;
  /** What the policy kept, before it freed any of it. */
  readonly cacheBytes: number;
}
