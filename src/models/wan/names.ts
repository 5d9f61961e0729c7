import { type PartNames, renamer } from '../../weights/key-names.ts';

/**
 * What a Wan transformer's tensors are called elsewhere: in Wan's own code (`WanModel`), which ComfyUI and GGUF files keep,
 * there behind a prefix where other parts are in the file.
 */
export const wanTransformerNames: PartNames = {
  prefixes: ['model.diffusion_model.', 'diffusion_model.'],
  kinds: [
    {
      mark: 'head.modulation',
      rename: renamer([
        [/^text_embedding\.0\./, 'condition_embedder.text_embedder.linear_1.'],
        [/^text_embedding\.2\./, 'condition_embedder.text_embedder.linear_2.'],
        [/^time_embedding\.0\./, 'condition_embedder.time_embedder.linear_1.'],
        [/^time_embedding\.2\./, 'condition_embedder.time_embedder.linear_2.'],
        [/^time_projection\.1\./, 'condition_embedder.time_proj.'],
        [/^img_emb\.proj\.0\./, 'condition_embedder.image_embedder.norm1.'],
        [/^img_emb\.proj\.1\./, 'condition_embedder.image_embedder.ff.net.0.proj.'],
        [/^img_emb\.proj\.3\./, 'condition_embedder.image_embedder.ff.net.2.'],
        [/^img_emb\.proj\.4\./, 'condition_embedder.image_embedder.norm2.'],
        [/^head\.head\./, 'proj_out.'],
        [/(^head|\bblocks\.\d+)\.modulation$/, '$1.scale_shift_table'],
        [/^head\.scale_shift_table$/, 'scale_shift_table'],
        [/\.self_attn\./, '.attn1.'],
        [/\.cross_attn\./, '.attn2.'],
        [/\.(attn[12])\.([qkv])\./, '.$1.to_$2.'],
        [/\.(attn[12])\.o\./, '.$1.to_out.0.'],
        [/\.attn2\.([kv])_img\./, '.attn2.add_$1_proj.'],
        [/\.attn2\.norm_k_img\./, '.attn2.norm_added_k.'],
        [/\.ffn\.0\./, '.ffn.net.0.proj.'],
        [/\.ffn\.2\./, '.ffn.net.2.'],
        // Wan's third norm, before cross-attention, is diffusers' second.
        [/\.norm3\./, '.norm2.'],
      ]),
    },
  ],
};
