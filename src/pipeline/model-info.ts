import type { Gpu } from '../gpu/gpu.ts';
import { largestAllowed } from '../gpu/limits.ts';
import type { BufferRequest } from '../gpu/memory.ts';
import type { ModelDefaults } from '../weights/manifest.ts';
import type { WeightSet } from '../weights/weight-set.ts';
import type { MemoryPlan } from './types.ts';

/** A part of a model, such as its transformer. */
export interface ModelPart {
  /** As in `model_index.json`. */
  readonly name: string;
  /** Class in diffusers or transformers. */
  readonly className: string;
  /** How many numbers its weights hold. */
  readonly parameters: number;
  /** On the GPU: of the embedding table, only the rows of a prompt are ever there, and of the VAE its decoder. */
  readonly bytes: number;
}

/** The sizes of clips that a model can make. */
export interface SizeRules {
  /** Width and height are multiples of this many pixels. */
  readonly pixels: number;
  /** Frames are a multiple of this, plus 1. */
  readonly frames: number;
}

/** What a model is, and what running it takes. */
export interface ModelInfo {
  /** The manifest's id, or the folder's name. */
  readonly id: string;
  /** Class of the pipeline in diffusers. */
  readonly className: string;
  /** In the order of use. */
  readonly parts: readonly ModelPart[];
  /** What a run takes where it is not told. */
  readonly defaults: ModelDefaults;
  /** What `width`, `height` and `frames` may be. */
  readonly sizes: SizeRules;
  /** That the transformer works on in such a run. */
  readonly tokens: number;
  /** Of a run with them, without a policy. */
  readonly memory: MemoryPlan;
  /** The largest buffer of that run, weights included, and the most bytes that the device allows one. */
  readonly largestBuffer: {
    /** The tensor's name. */
    readonly label: string;
    /** Its size. */
    readonly bytes: number;
    /** What the device allows. */
    readonly limit: number;
  };
  /** Whether every buffer is within the device's limits. How much memory a GPU has, browsers do not tell. */
  readonly fits: boolean;
}

/** A part whose weights are declared. */
export interface DeclaredPart extends Pick<ModelPart, 'name' | 'className'> {
  readonly weights: WeightSet;
}

/** What `describeModel` is told. */
export interface ModelFacts extends Pick<ModelInfo, 'id' | 'className' | 'defaults' | 'sizes' | 'tokens' | 'memory'> {
  readonly parts: readonly DeclaredPart[];
  /** Of a run with the defaults. */
  readonly buffers: readonly BufferRequest[];
}

/** Says what a model is, and whether the device takes its buffers. */
export function describeModel({ device }: Pick<Gpu, 'device'>, { parts, buffers, ...facts }: ModelFacts): ModelInfo {
  const all = [...parts.flatMap(({ weights }) => weights.tensors), ...buffers];
  const { label, bytes } = all.reduce((largest, other) => (other.bytes > largest.bytes ? other : largest));
  const limit = largestAllowed(device.limits);
  return {
    ...facts,
    parts: parts.map(({ name, className, weights }) => {
      const { parameters, bytes } = weights;
      return { name, className, parameters, bytes };
    }),
    largestBuffer: { label, bytes, limit },
    fits: bytes <= limit,
  };
}
