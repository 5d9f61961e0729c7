import type { Gpu } from '../gpu/gpu.ts';
import { largestAllowed } from '../gpu/limits.ts';
import type { ModelDefaults } from '../weights/manifest.ts';
import type { WeightSet } from '../weights/weight-set.ts';
import type { ClipSize, SizeRules } from './clip-size.ts';
import { type Demand, fittingSize, largestOf } from './fit.ts';
import type { MemoryPlan } from './types.ts';

/** A part of a model, such as its transformer. */
export interface ModelPart {
  /** As in `model_index.json`. */
  readonly name: string;
  /** Class in diffusers or transformers. */
  readonly className: string;
  /** How many numbers its weights hold. */
  readonly parameters: number;
  /** That loading needs of its files, which it reads whole where a manifest lists them: not the embedding table, nor a VAE's encoder. */
  readonly downloadBytes: number;
  /** On the GPU: of the embedding table, only the rows of a prompt are ever there, and of the VAE its decoder. */
  readonly bytes: number;
}

/**
 * What a model is told to show: a text; embeddings of one, where it has no text encoder; or a class that it knows, which
 * `prompt` has by number or by name.
 */
export type PromptKind =
  | {
      /** Text is `prompt`; embeddings are `promptEmbeds`. */
      readonly kind: 'text' | 'embeddings';
    }
  | {
      /** A class is `prompt`. */
      readonly kind: 'class';
      /** How many it knows, from 0. */
      readonly count: number;
      /** Numbers by name, where the folder has names. */
      readonly names: Readonly<Record<string, number>>;
    };

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
  /** What it is told to show. */
  readonly prompts: PromptKind;
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
  /** Where not: a smaller size whose every buffer is, if there is one. Loading needs it as its `firstRun`. */
  readonly fitting?: ClipSize;
}

/** A part whose weights are declared. */
export interface DeclaredPart extends Pick<ModelPart, 'name' | 'className'> {
  readonly weights: WeightSet;
}

/** What `describeModel` is told. */
export interface ModelFacts
  extends Pick<ModelInfo, 'id' | 'className' | 'defaults' | 'sizes' | 'prompts' | 'tokens' | 'memory'> {
  readonly parts: readonly DeclaredPart[];
  /** Of a run with the defaults. */
  readonly demand: Demand;
}

/** Says what a model is, and whether the device takes its buffers. */
export function describeModel(gpu: Pick<Gpu, 'device'>, { parts, demand, ...facts }: ModelFacts): ModelInfo {
  const { label, bytes } = largestOf([...demand.weights, ...demand.run]) ?? { label: 'none', bytes: 0 };
  const limit = largestAllowed(gpu.device.limits);
  const fits = bytes <= limit;
  const fitting = fits ? undefined : fittingSize(gpu, demand);
  return {
    ...facts,
    parts: parts.map(({ name, className, weights }) => {
      const { parameters, downloadBytes, bytes } = weights;
      return { name, className, parameters, downloadBytes, bytes };
    }),
    largestBuffer: { label, bytes, limit },
    fits,
    ...(fitting && { fitting }),
  };
}
