"""Train the embedded model's causal video VAE (diffusers' AutoencoderKLWan) on procedural clips.

    python train_vae.py --out runs/vae --minutes 12 --frames 1 --batch 16
    python train_vae.py --out runs/vae --minutes 30 --frames 9 --batch 4 --lr 0.005 --resume

Still crops first, then moving ones (the network is convolutional, so crops do). Writes the model in diffusers' layout,
with latents_mean and latents_std measured on fresh clips, and a line of figures per 50 steps to log.jsonl.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKLWan

import scenes
from muon import Muon

CONFIG = dict(
    base_dim=16,
    z_dim=16,
    dim_mult=[1, 2, 4, 4],
    num_res_blocks=1,
    attn_scales=[],
    temperal_downsample=[False, True, True],
    dropout=0.0,
    in_channels=12,
    out_channels=12,
    patch_size=2,
    scale_factor_spatial=16,
    scale_factor_temporal=4,
    latents_mean=[0.0] * 16,
    latents_std=[1.0] * 16,
)


def crops(rng: random.Random, n: int, frames: int, size: int) -> torch.Tensor:
    """Clips cut at random from whole ones of 17 x 128 x 128: (n, 3, frames, size, size) in [-1, 1]."""
    out = []
    for _ in range(n):
        clip = scenes.render(scenes.sample_scene(rng, two=0.5), 17, 128)
        t = rng.randrange(0, 17 - frames + 1)
        y, x = rng.randrange(0, 128 - size + 1), rng.randrange(0, 128 - size + 1)
        out.append(clip[:, t : t + frames, y : y + size, x : x + size])
    return torch.stack(out)


def psnr(a: torch.Tensor, b: torch.Tensor) -> float:
    """Peak signal to noise in dB of two tensors of one shape in [-1, 1]."""
    return float(10 * torch.log10(4.0 / F.mse_loss(a, b)))


def train(vae: AutoencoderKLWan, args: argparse.Namespace) -> int:
    """Fits the VAE for `args.minutes`; returns the number of steps."""
    rng = random.Random(args.seed)
    opt = Muon(vae.parameters(), lr=args.lr, adam_lr=args.lr * 0.2)
    log = (args.out / "log.jsonl").open("a")
    start, step, budget = time.time(), 0, args.minutes * 60
    while (elapsed := time.time() - start) < budget:
        warm, left = min(1.0, (step + 1) / 20), 1 - elapsed / budget
        for group in opt.param_groups:
            rate = warm * max(0.01, min(1.0, left * 1.5))
            group["lr"], group["adam_lr"] = args.lr * rate, args.lr * 0.2 * rate
        x = crops(rng, args.batch, args.frames, args.size).to(args.device)
        # A small fixed noise instead of a learned one: it smooths the latent space for the transformer
        # without drowning the few bits that these flat scenes need.
        z = vae.encode(x).latent_dist.mode()
        y = vae.decode(z + args.noise * torch.randn_like(z)).sample
        loss_rec = F.l1_loss(y, x) + F.mse_loss(y, x)
        loss = loss_rec + args.z_penalty * z.square().mean()
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        opt.step()
        step += 1
        if step % 50 == 0:
            row = dict(
                step=step,
                minutes=round(elapsed / 60, 2),
                loss=round(float(loss_rec), 5),
                psnr=round(psnr(y.detach().clamp(-1, 1), x), 2),
            )
            print(row, flush=True)
            log.write(json.dumps(row) + "\n")
            log.flush()
        if step % 500 == 0:
            vae.save_pretrained(args.out)
    return step


@torch.no_grad()
def measure(vae: AutoencoderKLWan, device: str) -> float:
    """Sets the latents' statistics from fresh clips; returns the mean PSNR on them in dB."""
    held = random.Random(10_000)
    zs, scores = [], []
    for _ in range(8):
        x, _ = scenes.batch(held, 4)
        z = vae.encode(x.to(device)).latent_dist.mode()
        zs.append(z)
        scores.append(psnr(vae.decode(z).sample.clamp(-1, 1), x.to(device)))
    z = torch.cat(zs)
    vae.register_to_config(
        latents_mean=[round(v, 5) for v in z.mean((0, 2, 3, 4)).tolist()],
        latents_std=[round(v, 5) for v in z.std((0, 2, 3, 4)).tolist()],
    )
    return sum(scores) / len(scores)


def main() -> None:
    """Reads the command line, trains, measures and saves."""
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--out", type=Path, required=True)
    ap.add_argument("--minutes", type=float, default=60)
    ap.add_argument("--size", type=int, default=64)
    ap.add_argument("--frames", type=int, default=9)
    ap.add_argument("--batch", type=int, default=8)
    ap.add_argument("--lr", type=float, default=0.01)
    ap.add_argument("--noise", type=float, default=0.1, help="standard deviation of the noise on the latents")
    ap.add_argument("--z-penalty", type=float, default=1e-4, help="weight of the latents' mean square")
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--resume", action="store_true")
    ap.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = ap.parse_args()

    torch.manual_seed(args.seed)
    vae = AutoencoderKLWan.from_pretrained(args.out) if args.resume else AutoencoderKLWan(**CONFIG)
    vae.to(args.device).train()
    args.out.mkdir(parents=True, exist_ok=True)
    print(f"{sum(p.numel() for p in vae.parameters()) / 1e6:.2f} M parameters on {args.device}", flush=True)
    steps = train(vae, args)
    vae.eval()
    held_out = measure(vae, args.device)
    vae.save_pretrained(args.out)
    print(json.dumps(dict(steps=steps, held_out_psnr=round(held_out, 2))))


if __name__ == "__main__":
    main()
