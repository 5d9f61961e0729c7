import type { Gpu } from '../gpu/gpu.ts';
import type { ConfigJson } from '../models/config.ts';
import type { WeightSource } from '../weights/source.ts';
import type { WeightPrecision } from '../weights/weight-set.ts';
import type { Golden } from './golden.ts';

/** How a model is run: what is kept and computed in half precision. */
export interface Precision {
  readonly weights: WeightPrecision;
  readonly operands: 'f32' | 'f16';
}

/** A recorded run to be repeated. */
export interface ReplayContext {
  readonly gpu: Gpu;
  /** The folder: config, weights, recording. */
  readonly source: WeightSource;
  /** `config.json`, or `model_index.json` of a pipeline. */
  readonly config: ConfigJson;
  readonly golden: Golden;
  readonly precision: Precision;
  readonly signal?: AbortSignal | undefined;
}

/** A tensor of the repeated run, under its name in the recording. */
export interface Replayed {
  readonly name: string;
  readonly values: Float32Array;
}

/** Repeats a recorded run of one class, handing over every tensor that the recording may hold. */
export type Replay = (context: ReplayContext) => AsyncIterable<Replayed>;

/** Joins the tensors of the items of a batch, in their order. */
export function joinBatch(items: readonly (readonly Replayed[])[]): Replayed[] {
  return (items[0] ?? []).map(({ name }, i) => {
    const parts = items.map((item) => (item[i] as Replayed).values);
    const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      values.set(part, at);
      at += part.length;
    }
    return { name, values };
  });
}
