import { type ConfigJson, ConfigReader } from '../config.ts';

/** The configuration of an `AutoencoderKL`, as diffusers names it: what its decoder is made of. */
export interface AutoencoderKLConfig {
  /** Width of each level, the pictures' first. */
  readonly blockOutChannels: readonly number[];
  /** Residual blocks of a level of the encoder; the decoder's have one more. */
  readonly layersPerBlock: number;
  readonly latentChannels: number;
  /** Groups of each norm. */
  readonly normNumGroups: number;
  /** A latent is multiplied by it before a transformer sees it. */
  readonly scalingFactor: number;
  /** Whether a 1 x 1 convolution precedes the decoder. */
  readonly usePostQuantConv: boolean;
  /** Whether the middle block attends. */
  readonly midBlockAddAttention: boolean;
}

/** The widest attention that the kernels take. */
const MAX_WIDTH = 512;

/**
 * Reads `vae/config.json`. Keys of the encoder alone have no effect.
 *
 * @throws {UnsupportedModelError} for forms that are not built, and sizes out of range.
 */
export function parseAutoencoderKLConfig(json: ConfigJson): AutoencoderKLConfig {
  const read = new ConfigReader(json, 'AutoencoderKL');
  read.only('out_channels', [3]);
  read.only('act_fn', ['silu', 'swish']);
  // Of pipelines that move latents, too, or normalise them by channel: DiT's does neither.
  read.only('shift_factor', [null, 0]);
  read.only('latents_mean', [null]);
  read.only('latents_std', [null]);
  const blockOutChannels = read.numbers('block_out_channels', [64]);
  read.only('up_block_types', [blockOutChannels.map(() => 'UpDecoderBlock2D')], ['UpDecoderBlock2D']);
  const config: AutoencoderKLConfig = {
    blockOutChannels,
    layersPerBlock: read.size('layers_per_block', 1),
    latentChannels: read.size('latent_channels', 4),
    normNumGroups: read.size('norm_num_groups', 32),
    scalingFactor: read.number('scaling_factor', 0.18215),
    usePostQuantConv: read.flag('use_post_quant_conv', true),
    midBlockAddAttention: read.flag('mid_block_add_attention', true),
  };
  const { normNumGroups, midBlockAddAttention } = config;
  const fits = (width: number) =>
    Number.isInteger(width) && width > 0 && width % 4 === 0 && width % normNumGroups === 0;
  if (blockOutChannels.length === 0 || !blockOutChannels.every(fits)) {
    throw read.unsupported('block_out_channels', `multiples of 4 and of norm_num_groups, ${normNumGroups}`);
  }
  if (midBlockAddAttention && (blockOutChannels.at(-1) as number) > MAX_WIDTH) {
    throw read.unsupported('block_out_channels', `at most ${MAX_WIDTH} channels at the last level, which attends`);
  }
  return config;
}

/** Pixels along a side of a latent. */
export function pixelsPerLatent({ blockOutChannels }: AutoencoderKLConfig): number {
  return 2 ** (blockOutChannels.length - 1);
}
