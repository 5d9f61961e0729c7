import type { Tensor } from '../../gpu/tensor.ts';
import { addRows } from '../../ops/add-rows.ts';
import type { OpContext } from '../../ops/context.ts';
import { type Linear, matmul } from '../../ops/matmul.ts';
import { silu } from '../../ops/silu.ts';
import type { WeightSet } from '../../weights/weight-set.ts';
import { type DiTTransformer2DConfig, innerDim } from './config.ts';

/** Width of the sinusoidal time embedding, which diffusers does not configure. */
export const FREQ_DIM = 256;

/** A timestep and a class label for each row: what a run is conditioned on. */
export interface DiTConditions {
  /** Sinusoids of the timesteps, [rows, 256] f32: see `timestepEmbedding`, with a `downscaleFreqShift` of 1. */
  readonly sinusoids: Tensor;
  /** [rows] u32; `numEmbedsAdaNorm` for no class. */
  readonly classLabels: Tensor;
}

/** A `CombinedTimestepLabelEmbeddings` of diffusers; each block has its own. */
export class DiTEmbedder {
  readonly #width: number;
  readonly #linear1: Linear;
  readonly #linear2: Linear;
  readonly #table: Tensor;

  /** Declares the weights under `prefix`, e.g. `transformer_blocks.3.norm1.emb`. */
  constructor(weights: WeightSet, prefix: string, config: DiTTransformer2DConfig) {
    const width = innerDim(config);
    const time = `${prefix}.timestep_embedder`;
    this.#width = width;
    this.#linear1 = weights.linear(`${time}.linear_1`, { inFeatures: FREQ_DIM, outFeatures: width });
    this.#linear2 = weights.linear(`${time}.linear_2`, { inFeatures: width, outFeatures: width });
    const table = [config.numEmbedsAdaNorm + 1, width];
    this.#table = weights.arranged(`${prefix}.class_embedder.embedding_table.weight`, table, table, (values) => values);
  }

  /** Records `silu(embedding)`, as all that is made of it begins. @returns [rows, width] f32 */
  record(ops: OpContext, { sinusoids, classLabels }: DiTConditions): Tensor {
    const { recorder } = ops;
    const shape = [sinusoids.shape[0] as number, this.#width];
    const hidden = recorder.temporary('timestep.hidden', shape);
    matmul(ops, { x: sinusoids, linear: this.#linear1, out: hidden, epilogue: { kind: 'silu' } });
    const embedding = recorder.temporary('embedding', shape);
    matmul(ops, { x: hidden, linear: this.#linear2, out: embedding });
    addRows(ops, { table: this.#table, rows: classLabels, out: embedding });
    const activated = recorder.temporary('embedding.activated', shape);
    silu(ops, { x: embedding, out: activated });
    return activated;
  }
}

/** A linear layer that makes adaLN vectors of an embedding. Its bias is what kernels call a block's table. */
export class DiTModulation {
  /** [parts, width] f32. */
  readonly table: Tensor;
  readonly #linear: Linear;

  /** Declares the weights `name.weight` and `name.bias`. */
  constructor(
    weights: WeightSet,
    name: string,
    private readonly parts: number,
    private readonly width: number,
  ) {
    this.#linear = weights.linear(name, { inFeatures: width, outFeatures: parts * width, bias: false });
    this.table = weights.vector(`${name}.bias`, [parts, width], [parts * width]);
  }

  /** A tensor for what `record` makes of so many rows, [rows, parts, width] f32, kept for a whole run. */
  rows({ recorder }: OpContext, label: string, rows: number): Tensor {
    return recorder.persistent(label, [rows, this.parts, this.width]);
  }

  /** Records the vectors without their bias. @param embedding [rows, width] f32. @param out See `rows`. */
  record(ops: OpContext, embedding: Tensor, out: Tensor): void {
    matmul(ops, { x: embedding, linear: this.#linear, out });
  }
}
