import type { Branch } from '../cache/run-shape.ts';
import type { LatentSize } from '../models/latent-size.ts';

/** What a run's recording depends on, in any family: runs that agree in it share one. A family adds its own. */
export interface RunGeometry {
  readonly latentSize: LatentSize;
  readonly steps: number;
  /** Tensors that the sampler keeps. */
  readonly stateRows: number;
  /** `cond` first. */
  readonly branches: readonly Branch[];
}
