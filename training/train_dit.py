"""Train the embedded model's text encoder and transformer, jointly, by flow matching.

    python train_dit.py latents --vae runs/vae --out runs/latents.pt --clips 24000
    python train_dit.py train   --latents runs/latents.pt --out runs/dit --minutes 120
    python train_dit.py export  --vae runs/vae --dit runs/dit --out runs/pipeline

`latents` encodes procedural clips once; `train` fits a UMT5 encoder and a WanTransformer3DModel
(`--resume` continues); `export` writes a diffusers WanPipeline folder in float16, the layout of the
published checkpoints, from the averaged weights.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKLWan, FlowMatchEulerDiscreteScheduler, WanPipeline
from torch.nn.attention import SDPBackend, sdpa_kernel

import scenes
from model import SHIFT, TEXT_LEN, build_models, build_tokenizer, embed
from muon import Muon

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
# On CPUs the plain form is faster: the fused kernel's backward takes a quarter of a step at 80 tokens.
ATTENTION = SDPBackend.MATH if DEVICE == "cpu" else SDPBackend.FLASH_ATTENTION


@torch.no_grad()
def cmd_latents(args: argparse.Namespace) -> None:
    """Saves normalised latents, float16 (clips, 16, 5, 8, 8), and their captions."""
    vae = AutoencoderKLWan.from_pretrained(args.vae).to(DEVICE).eval()
    mean = torch.tensor(vae.config.latents_mean, device=DEVICE).view(1, -1, 1, 1, 1)
    std = torch.tensor(vae.config.latents_std, device=DEVICE).view(1, -1, 1, 1, 1)
    rng = random.Random(args.seed)
    zs, captions, start = [], [], time.time()
    while len(captions) < args.clips and (time.time() - start) < args.minutes * 60:
        x, c = scenes.batch(rng, args.batch)
        z = (vae.encode(x.to(DEVICE)).latent_dist.mode() - mean) / std
        zs.append(z.half().cpu())
        captions += c
        if len(zs) % 50 == 0:
            print(f"{len(captions)} clips, {len(captions) / (time.time() - start):.1f} a second", flush=True)
    torch.save(dict(latents=torch.cat(zs), captions=captions), args.out)


class Trainer:
    """The two models, their optimizer, the running average of their weights, and the data."""

    def __init__(self, args: argparse.Namespace):
        torch.manual_seed(args.seed)
        data = torch.load(args.latents)
        tokenizer = build_tokenizer()
        self.args = args
        self.text, self.dit = build_models(len(tokenizer))
        self.params = list(self.text.parameters()) + list(self.dit.parameters())
        for m in (self.text, self.dit):
            m.to(DEVICE).train()
            for name, p in m.named_parameters():
                p.adam = "shared" in name or "relative_attention_bias" in name  # tables, not matrices
        self.opt = Muon(self.params, lr=args.lr, adam_lr=args.lr * 0.3, weight_decay=0.01)
        self.ema = [p.detach().clone() for p in self.params]
        self.step = 0
        if args.resume:
            self._restore()
        self.latents = data["latents"]
        # The last row is the empty prompt, for guidance.
        self.empty = len(data["captions"])
        self.tokens = tokenizer(
            [*data["captions"], ""], padding="max_length", max_length=TEXT_LEN, truncation=True, return_tensors="pt"
        )

    def save(self) -> None:
        """Writes all that `--resume` needs."""
        params = [p.detach() for p in self.params]
        torch.save(dict(params=params, ema=self.ema, opt=self.opt.state_dict(), step=self.step), self._state_file())

    def _restore(self) -> None:
        state = torch.load(self._state_file(), map_location=DEVICE)
        for p, q in zip(self.params, state["params"], strict=True):
            p.data.copy_(q)
        self.ema, self.step = state["ema"], state["step"]
        self.opt.load_state_dict(state["opt"])

    def _state_file(self) -> Path:
        return self.args.out / "state.pt"

    def set_rate(self, left: float) -> None:
        """Warms up over 100 steps; decays with the fraction of time that is left, in [0, 1]."""
        args = self.args
        decay = max(0.01, min(1.0, left * args.decay)) if args.decay else 1.0
        rate = min(1.0, (self.step + 1) / 100) * decay
        for group in self.opt.param_groups:
            group["lr"], group["adam_lr"] = args.lr * rate, args.lr * 0.3 * rate

    def train_step(self) -> float:
        """One step of flow matching, a tenth of the prompts dropped; returns the loss."""
        n = self.args.batch
        pick = torch.randint(0, self.empty, (n,))
        x0 = self.latents[pick].float().to(DEVICE)
        words = torch.where(torch.rand(n) < 0.1, self.empty, pick)
        ids, mask = self.tokens.input_ids[words].to(DEVICE), self.tokens.attention_mask[words].to(DEVICE)
        u = torch.sigmoid(torch.randn(n, device=DEVICE))
        sigma = SHIFT * u / (1 + (SHIFT - 1) * u)
        noise = torch.randn_like(x0)
        s = sigma.view(-1, 1, 1, 1, 1)
        with torch.autocast(DEVICE, torch.bfloat16), sdpa_kernel(ATTENTION):
            out = self.dit(
                hidden_states=(1 - s) * x0 + s * noise,
                timestep=sigma * 1000,
                encoder_hidden_states=embed(self.text, ids, mask),
                return_dict=False,
            )[0]
        loss = F.mse_loss(out.float(), noise - x0)
        self.opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.params, 1.0)
        self.opt.step()
        self.step += 1
        beta = min(0.999, (self.step + 1) / (self.step + 10))
        torch._foreach_mul_(self.ema, beta)
        torch._foreach_add_(self.ema, [p.detach() for p in self.params], alpha=1 - beta)
        return loss.item()


def cmd_train(args: argparse.Namespace) -> None:
    """Trains for `args.minutes`; a line of figures per 100 steps, the state per 1000."""
    args.out.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(args)
    sizes = [sum(p.numel() for p in m.parameters()) / 1e6 for m in (trainer.text, trainer.dit)]
    print(f"text {sizes[0]:.2f} M, transformer {sizes[1]:.2f} M on {DEVICE}", flush=True)
    log = (args.out / "log.jsonl").open("a")
    start, budget, running = time.time(), args.minutes * 60, None
    while (elapsed := time.time() - start) < budget:
        trainer.set_rate(1 - elapsed / budget)
        value = trainer.train_step()
        running = value if running is None else 0.98 * running + 0.02 * value
        if trainer.step % 100 == 0:
            row = dict(step=trainer.step, minutes=round(elapsed / 60, 2), loss=round(running, 4))
            print(row, flush=True)
            log.write(json.dumps(row) + "\n")
            log.flush()
        if trainer.step % 1000 == 0:
            trainer.save()
    trainer.save()


def cmd_export(args: argparse.Namespace) -> None:
    """Writes the pipeline's folder from the averaged weights, in float16."""
    tokenizer = build_tokenizer()
    text, dit = build_models(len(tokenizer))
    state = torch.load(args.dit / "state.pt", map_location="cpu")
    for p, q in zip([*text.parameters(), *dit.parameters()], state["ema"], strict=True):
        p.data.copy_(q)
    pipe = WanPipeline(
        tokenizer=tokenizer,
        text_encoder=text.half().eval(),
        transformer=dit.half().eval(),
        vae=AutoencoderKLWan.from_pretrained(args.vae).half().eval(),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=SHIFT),
    )
    pipe.save_pretrained(args.out, safe_serialization=True)
    print(f"wrote {args.out} from step {state['step']}")


def main() -> None:
    """Reads the command line and runs its command."""
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = ap.add_subparsers(required=True)
    p = sub.add_parser("latents")
    p.add_argument("--vae", type=Path, required=True)
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--clips", type=int, default=24000)
    p.add_argument("--minutes", type=float, default=60)
    p.add_argument("--batch", type=int, default=8)
    p.add_argument("--seed", type=int, default=1)
    p.set_defaults(run=cmd_latents)
    p = sub.add_parser("train")
    p.add_argument("--latents", type=Path, required=True)
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--minutes", type=float, default=120)
    p.add_argument("--batch", type=int, default=48)
    p.add_argument("--lr", type=float, default=5e-3)
    p.add_argument("--decay", type=float, default=2.0, help="decay over the last 1/decay of the run; 0 keeps the rate")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--resume", action="store_true")
    p.set_defaults(run=cmd_train)
    p = sub.add_parser("export")
    p.add_argument("--vae", type=Path, required=True)
    p.add_argument("--dit", type=Path, required=True)
    p.add_argument("--out", type=Path, required=True)
    p.set_defaults(run=cmd_export)
    args = ap.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
