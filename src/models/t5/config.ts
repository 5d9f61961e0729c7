import { type ConfigJson, ConfigReader } from '../config.ts';

/** The configuration of a `T5EncoderModel` or `UMT5EncoderModel`, as transformers names it. */
export interface T5Config {
  /** UMT5 has a relative bias table in every layer; T5 has one, in the first, for all. */
  readonly biasPerLayer: boolean;
  readonly vocabSize: number;
  readonly dModel: number;
  /** Dimension of a head; heads x dKv need not be dModel. */
  readonly dKv: number;
  readonly dFf: number;
  readonly numLayers: number;
  readonly numHeads: number;
  readonly relativeAttentionNumBuckets: number;
  readonly relativeAttentionMaxDistance: number;
  readonly layerNormEpsilon: number;
  readonly padTokenId: number;
}

/** Where the classes differ: `T5Config`'s and `UMT5Config`'s defaults. */
const CLASSES = {
  T5EncoderModel: { vocabSize: 32128, dFf: 2048, numLayers: 6, numHeads: 8, feedForwardProj: 'relu' },
  UMT5EncoderModel: { vocabSize: 250112, dFf: 1024, numLayers: 8, numHeads: 6, feedForwardProj: 'gated-gelu' },
} as const;

/** The encoder classes that are built. */
export type T5ClassName = keyof typeof CLASSES;

/** Each class by how `model_type` begins, and the name of every class of the family: mT5 is a T5. */
const FAMILIES = [
  [/^umt5/i, 'UMT5EncoderModel'],
  [/^m?t5/i, 'T5EncoderModel'],
] as const;

/**
 * The class of an encoder that no `model_index.json` names: that of `model_type`. `architectures` is only a note of which
 * class saved the file, such as the whole model, and counts last.
 */
export function t5ClassName({ model_type, architectures }: ConfigJson): T5ClassName | undefined {
  const saved = Array.isArray(architectures) ? architectures[0] : undefined;
  for (const told of [model_type, saved]) {
    const family = FAMILIES.find(([start]) => typeof told === 'string' && start.test(told));
    if (family) return family[1];
  }
  return undefined;
}

/**
 * Reads `text_encoder/config.json`.
 *
 * @param className As `model_index.json` names it. @throws {UnsupportedModelError} for MLPs other than v1.1's gated gelu.
 */
export function parseT5Config(
  json: ConfigJson,
  className: T5ClassName = t5ClassName(json) ?? 'T5EncoderModel',
): T5Config {
  const absent = CLASSES[className];
  const read = new ConfigReader(json, className);
  read.only('feed_forward_proj', ['gated-gelu'], absent.feedForwardProj);
  // Derived from it, and where a file has them, they win.
  read.only('dense_act_fn', ['gelu_new']);
  read.only('is_gated_act', [true]);
  const config: T5Config = {
    biasPerLayer: className === 'UMT5EncoderModel',
    vocabSize: read.size('vocab_size', absent.vocabSize),
    dModel: read.size('d_model', 512),
    dKv: read.size('d_kv', 64),
    dFf: read.size('d_ff', absent.dFf),
    numLayers: read.size('num_layers', absent.numLayers),
    numHeads: read.size('num_heads', absent.numHeads),
    relativeAttentionNumBuckets: read.size('relative_attention_num_buckets', 32),
    relativeAttentionMaxDistance: read.size('relative_attention_max_distance', 128),
    layerNormEpsilon: read.number('layer_norm_epsilon', 1e-6),
    padTokenId: read.number('pad_token_id', 0),
  };
  if (config.dKv % 4 !== 0) throw read.unsupported('d_kv', 'a multiple of 4');
  if (config.dModel % 4 !== 0) throw read.unsupported('d_model', 'a multiple of 4');
  return config;
}
