import { type ConfigJson, ConfigReader } from '../config.ts';

/** The configuration of a `WanTransformer3DModel`, as diffusers names it. */
export interface WanTransformerConfig {
  /** Latent frames, rows and columns of a token. */
  readonly patchSize: readonly [number, number, number];
  readonly numAttentionHeads: number;
  readonly attentionHeadDim: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly textDim: number;
  /** Width of the sinusoidal time embedding. */
  readonly freqDim: number;
  readonly ffnDim: number;
  readonly numLayers: number;
  /** Whether cross-attention normalises its input. */
  readonly crossAttnNorm: boolean;
  readonly eps: number;
  /** Most tokens along an axis. */
  readonly ropeMaxSeqLen: number;
}

/**
 * Reads `transformer/config.json`.
 *
 * @throws {UnsupportedModelError} for image-to-video fields and other forms that are not built.
 */
export function parseWanTransformerConfig(json: ConfigJson): WanTransformerConfig {
  const read = new ConfigReader(json, 'WanTransformer3DModel');
  read.only('qk_norm', ['rms_norm_across_heads']);
  read.only('added_kv_proj_dim', [null]);
  read.only('image_dim', [null]);
  read.only('pos_embed_seq_len', [null]);
  const [frames = 1, rows = 1, columns = 1] = read.numbers('patch_size', [1, 2, 2], 3);
  const inChannels = read.size('in_channels', 16);
  const config: WanTransformerConfig = {
    patchSize: [frames, rows, columns],
    numAttentionHeads: read.size('num_attention_heads', 40),
    attentionHeadDim: read.size('attention_head_dim', 128),
    inChannels,
    outChannels: read.size('out_channels', json.out_channels === null ? inChannels : 16),
    textDim: read.size('text_dim', 4096),
    freqDim: read.size('freq_dim', 256),
    ffnDim: read.size('ffn_dim', 13824),
    numLayers: read.size('num_layers', 40),
    crossAttnNorm: read.flag('cross_attn_norm', true),
    eps: read.number('eps', 1e-6),
    ropeMaxSeqLen: read.size('rope_max_seq_len', 1024),
  };
  if (config.attentionHeadDim % 4 !== 0) throw read.unsupported('attention_head_dim', 'a multiple of 4');
  return config;
}

/** Channels of the token stream: heads x head dimension. */
export function innerDim(config: WanTransformerConfig): number {
  return config.numAttentionHeads * config.attentionHeadDim;
}
