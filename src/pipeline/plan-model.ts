/**
 * Whether a model runs on a GPU, and with what, told from configurations and headers alone.
 *
 * @module
 */

import type { DeviceDescription } from '../gpu/paper-device.ts';
import { lazy } from '../lazy.ts';
import type { ClipSize } from './clip-size.ts';
import type { ModelInfo, ModelPart } from './model-info.ts';
import type { GenerateOptions, LoadOptions, MemoryPlan, ModelReference } from './types.ts';

/** The GPU that a plan is for. */
export interface PlannedGpu extends DeviceDescription {
  /** Bytes that a tab may hold on it. Browsers do not tell; left out, only buffers are held to limits. */
  readonly memoryBytes?: number;
}

/** Options of `planModel`: those of loading and generating that change what it takes. */
export interface PlanOptions
  extends Pick<LoadOptions, 'weights' | 'operands' | 'variant' | 'manifestUrl' | 'signal'>,
    Pick<
      GenerateOptions,
      'width' | 'height' | 'frames' | 'steps' | 'guidanceScale' | 'sampler' | 'policy' | 'policyOptions'
    > {
  /** Default: WebGPU's default limits, and no feature. */
  readonly gpu?: PlannedGpu;
}

/** What may be changed so that a model fits. */
export interface PlanChanges {
  /** `f16`, for a checkpoint with more bits. */
  readonly weights?: 'f16';
  /** False: prompts come as embeddings, and the model in parts without `textEncoder`. */
  readonly textEncoder?: false;
  /** A smaller clip. */
  readonly size?: ClipSize;
}

/** What a phase holds. */
export interface PlannedPhase {
  /** The phase. */
  readonly phase: 'load' | 'text' | 'denoise' | 'decode';
  /** GPU bytes. */
  readonly bytes: number;
}

/** What running a model takes. */
export interface ModelPlan {
  /** The model's id or name. */
  readonly model: string;
  /** The clip's. */
  readonly size: ClipSize;
  /** That the transformer works on. */
  readonly tokens: number;
  /** Each part's download and GPU bytes. */
  readonly parts: readonly ModelPart[];
  /** Bytes read of files: the download, where none is kept. */
  readonly downloadBytes: number;
  /** GPU bytes by what they are for. */
  readonly memory: MemoryPlan;
  /** GPU bytes that each phase holds: weights and the run's memory stay from one to the next. */
  readonly phases: readonly PlannedPhase[];
  /** The largest buffer, which is also the largest binding, and what the GPU allows. */
  readonly largestBuffer: ModelInfo['largestBuffer'];
  /** What does not fit: a sentence for each figure. */
  readonly problems: readonly string[];
  /** As it is asked for, with `changes`, or not at all. */
  readonly verdict: 'fits' | 'fits with changes' | 'does not fit';
  /** The cheapest changes with which it fits: fewer bits before a missing part before a smaller clip. */
  readonly changes?: PlanChanges;
}

/**
 * Says what a model takes and whether it fits a GPU, which need not be there: nothing is asked of one, and of the weights
 * only headers are read.
 *
 * @param model As `loadPipeline` takes it.
 * @throws as `loadPipeline` does for a model that cannot be opened or options that it does not take; never because it is too large.
 */
export async function planModel(model: ModelReference, options: PlanOptions = {}): Promise<ModelPlan> {
  const { makePlan } = await lazy('plans', import('./make-plan.ts'));
  return makePlan(model, options);
}
