import type { Branch } from '../../cache/run-shape.ts';
import type { RunGeometry } from '../run-geometry.ts';

/** What a recording of Wan depends on. */
export interface WanGeometry extends RunGeometry {
  /** Latent frames that a forward denoises by itself, where a clip is denoised in chunks; absent for all at once. */
  readonly chunkFrames?: number;
  /** Rows of the prompt embeddings of each branch. */
  readonly promptLength: Readonly<Partial<Record<Branch, number>>>;
  /** Tokens that the text encoder is recorded for; absent when embeddings are given. */
  readonly textLength?: number;
}
