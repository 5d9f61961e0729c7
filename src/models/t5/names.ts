import { type PartNames, renamer } from '../../weights/key-names.ts';

/** What a T5 or UMT5 encoder's tensors are called elsewhere. */
export const t5Names: PartNames = {
  // As ComfyUI saves a text encoder with other parts.
  prefixes: ['text_encoders.umt5xxl.transformer.', 'umt5xxl.transformer.'],
  kinds: [
    {
      // Wan's own code: `T5Encoder` of wan/modules/t5.py.
      mark: 'token_embedding.weight',
      rename: renamer([
        [/^token_embedding\./, 'shared.'],
        [/^norm\./, 'encoder.final_layer_norm.'],
        [/^blocks\.(\d+)\./, 'encoder.block.$1.'],
        [/\.norm1\./, '.layer.0.layer_norm.'],
        [/\.norm2\./, '.layer.1.layer_norm.'],
        [/\.attn\.([qkvo])\./, '.layer.0.SelfAttention.$1.'],
        [/\.pos_embedding\.embedding\./, '.layer.0.SelfAttention.relative_attention_bias.'],
        [/\.ffn\.gate\.0\./, '.layer.1.DenseReluDense.wi_0.'],
        [/\.ffn\.fc1\./, '.layer.1.DenseReluDense.wi_1.'],
        [/\.ffn\.fc2\./, '.layer.1.DenseReluDense.wo.'],
      ]),
    },
    {
      // GGUF files of llama.cpp, whose architecture is `t5encoder`.
      mark: 'token_embd.weight',
      rename: renamer([
        [/^token_embd\./, 'shared.'],
        [/^enc\.output_norm\./, 'encoder.final_layer_norm.'],
        [/^enc\.blk\.(\d+)\./, 'encoder.block.$1.'],
        [/\.attn_norm\./, '.layer.0.layer_norm.'],
        [/\.ffn_norm\./, '.layer.1.layer_norm.'],
        [/\.attn_([qkvo])\./, '.layer.0.SelfAttention.$1.'],
        [/\.attn_rel_b\./, '.layer.0.SelfAttention.relative_attention_bias.'],
        [/\.ffn_gate\./, '.layer.1.DenseReluDense.wi_0.'],
        [/\.ffn_up\./, '.layer.1.DenseReluDense.wi_1.'],
        [/\.ffn_down\./, '.layer.1.DenseReluDense.wo.'],
      ]),
    },
  ],
};
