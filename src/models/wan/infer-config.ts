import { UnsupportedModelError } from '../../errors.ts';
import type { TensorInfo } from '../../weights/safetensors.ts';
import type { ConfigJson } from '../config.ts';
import { countLayers, sizeOf } from '../tensor-sizes.ts';

/** Of every published Wan: no tensor's shape tells how the width is cut into heads. */
const HEAD_DIM = 128;

/**
 * The `config.json` of a `WanTransformer3DModel` that has none, as files of other programs have none, from the shapes of its
 * tensors, by their names in diffusers.
 *
 * @param own Wan's own `config.json`, where the file has that: it names the number of heads.
 * @throws {UnsupportedModelError} where they are of no Wan transformer.
 */
export function inferWanTransformerConfig(
  label: string,
  tensors: ReadonlyMap<string, TensorInfo>,
  own?: ConfigJson,
): ConfigJson {
  const size = sizeOf(label, 'WanTransformer3DModel', tensors);
  const width = size('patch_embedding.weight', 0);
  const heads = own?.num_heads ?? width / HEAD_DIM;
  if (typeof heads !== 'number' || !Number.isInteger(heads) || width % heads !== 0) {
    throw new UnsupportedModelError(
      `${label} has no config.json, and a width of ${width}, which is not cut into heads of ${HEAD_DIM}.`,
      'Put the config.json of its class beside it, and pass the folder.',
    );
  }
  const patchSize = [2, 3, 4].map((axis) => size('patch_embedding.weight', axis));
  const patch = patchSize.reduce((product, length) => product * length, 1);
  return {
    _class_name: 'WanTransformer3DModel',
    num_attention_heads: heads,
    attention_head_dim: width / heads,
    in_channels: size('patch_embedding.weight', 1),
    out_channels: size('proj_out.weight', 0) / patch,
    patch_size: patchSize,
    text_dim: size('condition_embedder.text_embedder.linear_1.weight', 1),
    freq_dim: size('condition_embedder.time_embedder.linear_1.weight', 1),
    ffn_dim: size('blocks.0.ffn.net.0.proj.weight', 0),
    num_layers: countLayers(tensors, 'blocks'),
    cross_attn_norm: tensors.has('blocks.0.norm2.weight'),
    qk_norm: tensors.has('blocks.0.attn1.norm_q.weight') ? 'rms_norm_across_heads' : null,
    // The form with a picture beside the prompt is told by what only it has.
    image_dim: tensors.get('condition_embedder.image_embedder.norm1.weight')?.shape[0] ?? null,
    added_kv_proj_dim: tensors.get('blocks.0.attn2.add_k_proj.weight')?.shape[0] ?? null,
  };
}
