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

/** Reads `text_encoder/config.json`. @throws {UnsupportedModelError} for MLPs other than v1.1's gated gelu. */
export function parseT5Config(json: ConfigJson): T5Config {
  const className = Array.isArray(json.architectures) ? String(json.architectures[0]) : 'T5EncoderModel';
  const read = new ConfigReader(json, className);
  read.only('feed_forward_proj', 'gated-gelu');
  const config: T5Config = {
    biasPerLayer: className === 'UMT5EncoderModel',
    vocabSize: read.size('vocab_size'),
    dModel: read.size('d_model'),
    dKv: read.size('d_kv'),
    dFf: read.size('d_ff'),
    numLayers: read.size('num_layers'),
    numHeads: read.size('num_heads'),
    relativeAttentionNumBuckets: read.size('relative_attention_num_buckets', 32),
    relativeAttentionMaxDistance: read.size('relative_attention_max_distance', 128),
    layerNormEpsilon: read.number('layer_norm_epsilon', 1e-6),
    padTokenId: read.number('pad_token_id', 0),
  };
  if (config.dKv % 4 !== 0) throw read.unsupported('d_kv', 'a multiple of 4');
  if (config.dModel % 4 !== 0) throw read.unsupported('d_model', 'a multiple of 4');
  return config;
}
