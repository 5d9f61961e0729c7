"""The embedded model's tokenizer, text encoder and transformer, untrained."""

from __future__ import annotations

import torch
from diffusers import WanTransformer3DModel
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import T5TokenizerFast, UMT5Config, UMT5EncoderModel

import scenes

TEXT_LEN = 32
TEXT_DIM = 128
# How far the noise schedule leans to noisy steps, in training and in the exported scheduler.
SHIFT = 3.0


def build_tokenizer() -> T5TokenizerFast:
    """A Unigram tokenizer in T5's form: the grammar's words whole, letters for every other."""
    words = {"a", "an", "and", "on", "background"} | set(scenes.COLORS) | set(scenes.SHAPES) | set(scenes.BACKGROUNDS)
    words |= {w for motion in scenes.MOTIONS for w in motion.split()}
    letters = list("abcdefghijklmnopqrstuvwxyz0123456789,.-'")
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -20.0)] + [("▁" + w, -4.0) for w in sorted(words)]
    have = {p for p, _ in pieces}
    pieces += [(c, -10.0) for c in ["▁", *letters, *("▁" + c for c in letters)] if c not in have]
    tok = Tokenizer(models.Unigram(pieces, unk_id=2))
    tok.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tok.pre_tokenizer = pre_tokenizers.Metaspace()
    tok.decoder = decoders.Metaspace()
    tok.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return T5TokenizerFast(
        tokenizer_object=tok,
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        extra_ids=0,
        model_max_length=TEXT_LEN,
    )


def build_models(vocab: int) -> tuple[UMT5EncoderModel, WanTransformer3DModel]:
    """The text encoder and the transformer with fresh weights."""
    text = UMT5EncoderModel(
        UMT5Config(
            vocab_size=vocab,
            d_model=TEXT_DIM,
            d_kv=32,
            d_ff=256,
            num_layers=3,
            num_heads=4,
            dropout_rate=0.0,
            feed_forward_proj="gated-gelu",
            relative_attention_num_buckets=32,
            relative_attention_max_distance=128,
        )
    )
    transformer = WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=3,
        attention_head_dim=64,
        in_channels=16,
        out_channels=16,
        text_dim=TEXT_DIM,
        freq_dim=256,
        ffn_dim=768,
        num_layers=12,
        cross_attn_norm=True,
        qk_norm="rms_norm_across_heads",
        eps=1e-6,
        rope_max_seq_len=64,
    )
    return text, transformer


def embed(text: UMT5EncoderModel, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Prompt embeddings as WanPipeline makes them: (B, TEXT_LEN, TEXT_DIM), zero past each prompt's end.

    ids and mask: int64 (B, TEXT_LEN).
    """
    return text(ids, mask).last_hidden_state * mask.unsqueeze(-1)
