import type { TensorInfo } from '../../weights/safetensors.ts';
import type { ConfigJson } from '../config.ts';
import { countLayers, sizeOf } from '../tensor-sizes.ts';

/**
 * The `config.json` of a T5 or UMT5 encoder (v1.1) that has none, from the shapes of its tensors, by their names in
 * transformers.
 *
 * @throws {UnsupportedModelError} where they are of no such class.
 */
export function inferT5Config(label: string, tensors: ReadonlyMap<string, TensorInfo>): ConfigJson {
  const hasBiases = tensors.has('encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight');
  const className = hasBiases ? 'UMT5EncoderModel' : 'T5EncoderModel';
  const size = sizeOf(label, className, tensors);
  const attention = 'encoder.block.0.layer.0.SelfAttention';
  const heads = size(`${attention}.relative_attention_bias.weight`, 1);
  return {
    architectures: [className],
    model_type: hasBiases ? 'umt5' : 't5',
    vocab_size: size('shared.weight', 0),
    d_model: size('shared.weight', 1),
    d_kv: size(`${attention}.q.weight`, 0) / heads,
    d_ff: size('encoder.block.0.layer.1.DenseReluDense.wi_0.weight', 0),
    num_layers: countLayers(tensors, 'encoder.block'),
    num_heads: heads,
    relative_attention_num_buckets: size(`${attention}.relative_attention_bias.weight`, 0),
    feed_forward_proj: 'gated-gelu',
  };
}
