import { type ConfigJson, ConfigReader } from '../config.ts';

/** The configuration of a `DiTTransformer2DModel`, as diffusers names it. */
export interface DiTTransformer2DConfig {
  readonly numAttentionHeads: number;
  readonly attentionHeadDim: number;
  readonly inChannels: number;
  /** As many as `inChannels`, or twice that: the noise, then its learned variance, which DDIM does not use. */
  readonly outChannels: number;
  readonly numLayers: number;
  /** Whether q, k and v have biases. */
  readonly attentionBias: boolean;
  /** Rows and columns of the latents that it was trained on. */
  readonly sampleSize: number;
  /** Rows and columns of latents of a token. */
  readonly patchSize: number;
  /** Classes; the table of their embeddings has one row more, for no class. */
  readonly numEmbedsAdaNorm: number;
  /** Of the norm before the MLP; the others have 1e-6. */
  readonly normEps: number;
}

/**
 * Reads `transformer/config.json`. `Transformer2DModel`, which published checkpoints name, is the same class with the same
 * keys where `norm_type` is `ada_norm_zero`.
 *
 * @throws {UnsupportedModelError} for forms that are not built.
 */
export function parseDiTTransformer2DConfig(json: ConfigJson): DiTTransformer2DConfig {
  const read = new ConfigReader(json, 'DiTTransformer2DModel');
  read.only('norm_type', ['ada_norm_zero']);
  read.only('activation_fn', ['gelu-approximate']);
  read.only('norm_elementwise_affine', [false]);
  const inChannels = read.size('in_channels', 4);
  const config: DiTTransformer2DConfig = {
    numAttentionHeads: read.size('num_attention_heads', 16),
    attentionHeadDim: read.size('attention_head_dim', 72),
    inChannels,
    outChannels: read.size('out_channels', inChannels),
    numLayers: read.size('num_layers', 28),
    attentionBias: read.flag('attention_bias', true),
    sampleSize: read.size('sample_size', 32),
    patchSize: read.size('patch_size', 2),
    numEmbedsAdaNorm: read.size('num_embeds_ada_norm', 1000),
    normEps: read.number('norm_eps', 1e-5),
  };
  const { attentionHeadDim, outChannels, sampleSize, patchSize } = config;
  if (attentionHeadDim % 4 !== 0) throw read.unsupported('attention_head_dim', 'a multiple of 4');
  if (outChannels !== inChannels && outChannels !== 2 * inChannels) {
    throw read.unsupported('out_channels', `in_channels or twice that, ${inChannels} or ${2 * inChannels}`);
  }
  if (sampleSize % patchSize !== 0) throw read.unsupported('sample_size', `a multiple of patch_size, ${patchSize}`);
  return config;
}

/** Channels of the token stream: heads x head dimension. */
export function innerDim({ numAttentionHeads, attentionHeadDim }: DiTTransformer2DConfig): number {
  return numAttentionHeads * attentionHeadDim;
}
