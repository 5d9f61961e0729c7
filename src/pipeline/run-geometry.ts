import type { Branch } from '../cache/run-shape.ts';
import type { LatentSize } from '../models/wan/transformer.ts';

/** What a run's recording depends on: runs that agree in it share one. */
export interface RunGeometry {
  readonly latentSize: LatentSize;
  readonly steps: number;
  /** Latent frames that a forward denoises by itself, where a clip is denoised in chunks; absent for all at once. */
  readonly chunkFrames?: number;
  /** Tensors that the sampler keeps. */
  readonly stateRows: number;
  /** Rows of the prompt embeddings of each branch. */
  readonly promptLength: Readonly<Partial<Record<Branch, number>>>;
  /** Tokens that the text encoder is recorded for; absent when embeddings are given. */
  readonly textLength?: number;
}

/** The branches of a geometry, `cond` first. */
export function branchesOf({ promptLength }: RunGeometry): Branch[] {
  return (['cond', 'uncond'] as const).filter((branch) => promptLength[branch] !== undefined);
}
