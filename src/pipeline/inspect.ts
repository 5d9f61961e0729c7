import type { ModelDefaults } from '../weights/manifest.ts';
import type { LoadOptions, ModelReference } from './types.ts';
import type { MemoryPlan } from './wan-pipeline.ts';

/** A part of a model, such as its transformer. */
export interface ModelPart {
  /** As in `model_index.json`. */
  readonly name: string;
  /** Class in diffusers or transformers. */
  readonly className: string;
  /** How many numbers its weights hold. */
  readonly parameters: number;
  /** On the GPU. */
  readonly bytes: number;
}

/** What a model is, and what running it takes. */
export interface ModelInfo {
  /** The manifest's id, or the folder's name. */
  readonly id: string;
  /** Class of the pipeline in diffusers. */
  readonly className: string;
  readonly parts: readonly ModelPart[];
  /** Of a run with them. */
  readonly defaults: ModelDefaults;
  readonly memory: MemoryPlan;
  /** The largest tensor, which must fit one buffer. */
  readonly largestBuffer: { readonly label: string; readonly bytes: number; readonly limit: number };
  /** Whether every buffer is within the device's limits. How much memory a GPU has, browsers do not tell. */
  readonly fits: boolean;
}

/** Under construction. */
export async function inspectModel(model: ModelReference, options: LoadOptions = {}): Promise<ModelInfo> {
  throw new Error(`under construction: ${String(model)} ${String(options.weights)}`);
}
