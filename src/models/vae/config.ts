import { type ConfigJson, ConfigReader } from '../config.ts';

/** The configuration of an `AutoencoderKLWan`, as diffusers names it. */
export interface AutoencoderKLWanConfig {
  /** Width of the encoder's first level. */
  readonly baseDim: number;
  /** Width of the decoder's last level. */
  readonly decoderBaseDim: number;
  /** Channels of a latent. */
  readonly zDim: number;
  /** Width of each level, in base widths. */
  readonly dimMult: readonly number[];
  readonly numResBlocks: number;
  /** Whether the way down from each level but the last halves time, too. */
  readonly temperalDownsample: readonly boolean[];
  /** Pixels along a side that lie in the channels of one: 1 or more. */
  readonly patchSize: number;
  /** Of the pictures' patches: 3 * patchSize^2. */
  readonly inChannels: number;
  readonly outChannels: number;
  /** A latent is normalised as (z - mean) / std, per channel, before a transformer sees it. */
  readonly latentsMean: readonly number[];
  readonly latentsStd: readonly number[];
}

/** The widest attention that the kernels take. */
const MAX_WIDTH = 512;

/** Wan 2.1's, which a configuration without its own means. */
const LATENTS_MEAN = [
  -0.7571, -0.7089, -0.9113, 0.1075, -0.1745, 0.9653, -0.1517, 1.5508, 0.4134, -0.0715, 0.5517, -0.3632, -0.1922,
  -0.9497, 0.2503, -0.2921,
];
const LATENTS_STD = [
  2.8184, 1.4541, 2.3275, 2.6558, 1.2196, 1.7708, 2.6052, 2.0743, 3.2687, 2.1526, 2.8652, 1.5579, 1.6382, 1.1253,
  2.8251, 1.916,
];

/**
 * Reads `vae/config.json`.
 *
 * @throws {UnsupportedModelError} for Wan 2.2's residual form, attention outside the middle block, and sizes out of range.
 */
export function parseAutoencoderKLWanConfig(json: ConfigJson): AutoencoderKLWanConfig {
  const read = new ConfigReader(json, 'AutoencoderKLWan');
  read.only('is_residual', [false]);
  read.only('attn_scales', [[]]);
  const baseDim = read.size('base_dim', 96);
  const patchSize = read.size('patch_size', 1);
  const zDim = read.size('z_dim', 16);
  const config: AutoencoderKLWanConfig = {
    baseDim,
    decoderBaseDim: read.size('decoder_base_dim', baseDim),
    zDim,
    dimMult: read.numbers('dim_mult', [1, 2, 4, 4]),
    numResBlocks: read.size('num_res_blocks', 2),
    temperalDownsample: read.flags('temperal_downsample', [false, true, true]),
    patchSize,
    inChannels: read.size('in_channels', 3),
    outChannels: read.size('out_channels', 3),
    latentsMean: read.numbers('latents_mean', LATENTS_MEAN, zDim),
    latentsStd: read.numbers('latents_std', LATENTS_STD, zDim),
  };
  const { dimMult, decoderBaseDim, inChannels, outChannels } = config;
  const widest = Math.max(baseDim, decoderBaseDim) * (dimMult.at(-1) ?? 0);
  if (dimMult.length === 0 || dimMult.some((factor) => !Number.isInteger(factor) || factor < 1)) {
    throw read.unsupported('dim_mult', 'a list of positive integers');
  }
  if (widest > MAX_WIDTH) throw read.unsupported('base_dim', `at most ${MAX_WIDTH} channels at the last level`);
  if (config.temperalDownsample.length !== dimMult.length - 1) {
    throw read.unsupported('temperal_downsample', `${dimMult.length - 1} flags, one less than dim_mult`);
  }
  const patchChannels = 3 * patchSize ** 2;
  if (inChannels !== patchChannels) throw read.unsupported('in_channels', `3 * patch_size^2, ${patchChannels}`);
  if (outChannels !== patchChannels) throw read.unsupported('out_channels', `3 * patch_size^2, ${patchChannels}`);
  return config;
}

/** Pixels along a side of a latent. */
export function spatialCompression({ dimMult, patchSize }: AutoencoderKLWanConfig): number {
  return 2 ** (dimMult.length - 1) * patchSize;
}

/** Frames of each latent frame but the first, which holds one. */
export function temporalCompression({ temperalDownsample }: AutoencoderKLWanConfig): number {
  return 2 ** temperalDownsample.filter(Boolean).length;
}
