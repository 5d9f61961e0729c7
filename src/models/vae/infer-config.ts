import type { TensorInfo } from '../../weights/safetensors.ts';
import type { ConfigJson } from '../config.ts';
import { countLayers, sizeOf } from '../tensor-sizes.ts';

/**
 * The `config.json` of an `AutoencoderKLWan` that has none, from the shapes of its decoder's tensors, by their names in
 * diffusers. How latents are normalised stands in no file: it is Wan 2.1's, which the class has as its default.
 *
 * @throws {UnsupportedModelError} where they are of no such class.
 */
export function inferAutoencoderKLWanConfig(label: string, tensors: ReadonlyMap<string, TensorInfo>): ConfigJson {
  const size = sizeOf(label, 'AutoencoderKLWan', tensors);
  const decoderBaseDim = size('decoder.norm_out.gamma', 0);
  const count = countLayers(tensors, 'decoder.up_blocks');
  // From the last level, which is as wide as the base, to the first.
  const levels = Array.from({ length: count }, (_, i) => `decoder.up_blocks.${count - 1 - i}`);
  const widths = levels.map((level) => size(`${level}.resnets.0.conv1.weight`, 0));
  const channels = size('decoder.conv_out.weight', 0);
  return {
    _class_name: 'AutoencoderKLWan',
    base_dim: tensors.get('encoder.conv_in.weight')?.shape[0] ?? decoderBaseDim,
    decoder_base_dim: decoderBaseDim,
    z_dim: size('post_quant_conv.weight', 0),
    dim_mult: widths.map((width) => width / decoderBaseDim),
    num_res_blocks: countLayers(tensors, `${levels[0]}.resnets`) - 1,
    temperal_downsample: levels.slice(1).map((level) => tensors.has(`${level}.upsamplers.0.time_conv.weight`)),
    in_channels: channels,
    out_channels: channels,
    patch_size: Math.sqrt(channels / 3),
    is_residual: [...tensors.keys()].some((name) =>
      /^decoder\.up_blocks\.0\.(upsampler|resnets\.0\.upsamples)\./.test(name),
    ),
  };
}
