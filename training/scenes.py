"""Procedural captioned clips: the training data of the embedded model.

A scene is one or two shaded objects on a background, each with a colour, a shape and a motion.
`sample_scene` draws one, `caption` words it, `render` paints it. Everything is vectorised over
pixels and frames, so two CPU cores paint a few hundred clips a second at 64x64.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import torch

Rgb = tuple[float, float, float]

COLORS: dict[str, Rgb] = {
    "red": (0.90, 0.15, 0.15),
    "green": (0.15, 0.75, 0.25),
    "blue": (0.15, 0.35, 0.95),
    "yellow": (0.97, 0.85, 0.15),
    "purple": (0.60, 0.20, 0.80),
    "orange": (0.97, 0.55, 0.10),
    "cyan": (0.15, 0.85, 0.90),
    "pink": (0.97, 0.50, 0.70),
}
# name: colour at the top, colour at the bottom
BACKGROUNDS: dict[str, tuple[Rgb, Rgb]] = {
    "black": ((0.02, 0.02, 0.02), (0.06, 0.06, 0.06)),
    "white": ((0.97, 0.97, 0.97), (0.90, 0.90, 0.90)),
    "gray": ((0.50, 0.50, 0.50), (0.42, 0.42, 0.42)),
    "sky": ((0.35, 0.60, 0.95), (0.80, 0.92, 1.00)),
    "sunset": ((0.25, 0.12, 0.40), (0.98, 0.55, 0.30)),
    "forest": ((0.05, 0.25, 0.15), (0.25, 0.45, 0.20)),
}
SHAPES = ("circle", "square", "triangle", "star", "ring", "diamond")
MOTIONS = (
    "moving left",
    "moving right",
    "moving up",
    "moving down",
    "bouncing",
    "circling",
    "spinning",
    "growing",
    "shrinking",
    "standing still",
)


@dataclass(frozen=True)
class Thing:
    """One object: what its caption says, and where it starts (x and y in [-1, 1], y down)."""

    color: str
    shape: str
    motion: str
    x: float
    y: float
    size: float
    phase: float


@dataclass(frozen=True)
class Scene:
    """One or two things on a background; later things lie in front."""

    background: str
    things: tuple[Thing, ...]


def sample_scene(rng: random.Random, two: float = 0.3) -> Scene:
    """Draws a scene, with two things in a fraction `two` of all cases."""
    count = 2 if rng.random() < two else 1
    colors = rng.sample(list(COLORS), count)
    shapes = rng.sample(SHAPES, count)
    things = []
    for i in range(count):
        x = rng.uniform(-0.45, 0.45) if count == 1 else (-0.45 if i == 0 else 0.45) + rng.uniform(-0.1, 0.1)
        motion = rng.choice(MOTIONS)
        y = rng.uniform(-0.35, 0.35)
        size = rng.uniform(0.26, 0.34) * (1.0 if count == 1 else 0.85)
        things.append(Thing(colors[i], shapes[i], motion, x, y, size, rng.uniform(0, 2 * math.pi)))
    return Scene(rng.choice(list(BACKGROUNDS)), tuple(things))


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def caption(scene: Scene) -> str:
    """Words a scene, such as "a red circle moving left on a sky background"."""
    parts = [f"{_article(t.color)} {t.color} {t.shape} {t.motion}" for t in scene.things]
    return " and ".join(parts) + f" on a {scene.background} background"


def _pose(t: Thing, s: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Centre x, centre y, radius and angle over time; s (T, 1, 1) runs 0..1 over the clip, and so is each result."""
    one = torch.ones_like(s)
    x, y, r, a = t.x * one, t.y * one, t.size * one, 0.0 * one
    if t.motion == "moving left":
        x = 0.62 - 1.24 * s
    elif t.motion == "moving right":
        x = -0.62 + 1.24 * s
    elif t.motion == "moving up":
        y = 0.62 - 1.24 * s
    elif t.motion == "moving down":
        y = -0.62 + 1.24 * s
    elif t.motion == "bouncing":
        y = 0.55 - 1.0 * (torch.sin(2 * math.pi * s + t.phase)).abs()
    elif t.motion == "circling":
        x = t.x * 0.5 + 0.38 * torch.cos(2 * math.pi * s + t.phase)
        y = 0.38 * torch.sin(2 * math.pi * s + t.phase)
    elif t.motion == "spinning":
        a = 2 * math.pi * s
    elif t.motion == "growing":
        r = t.size * (0.45 + 0.95 * s)
    elif t.motion == "shrinking":
        r = t.size * (1.40 - 0.95 * s)
    return x, y, r, a


def _sdf(shape: str, px: torch.Tensor, py: torch.Tensor, r: torch.Tensor) -> torch.Tensor:
    """Signed distance (T, H, W), negative inside. px, py: (T, H, W) in object space; r: (T, 1, 1)."""
    if shape == "circle":
        return torch.hypot(px, py) - r
    if shape == "ring":
        return (torch.hypot(px, py) - 0.75 * r).abs() - 0.27 * r
    if shape == "square":
        return torch.maximum(px.abs(), py.abs()) - 0.86 * r
    if shape == "diamond":
        return (px.abs() * 1.25 + py.abs() * 0.85) * 0.75 - 0.80 * r
    if shape == "triangle":
        k = math.sqrt(3) / 2
        return torch.maximum(k * px.abs() - 0.5 * py, py) - 0.52 * r
    if shape == "star":
        wave = torch.cos(5 * torch.atan2(px, -py))
        return (torch.hypot(px, py) - r * (0.72 + 0.33 * wave)) * 0.6
    raise ValueError(f"unknown shape {shape}")


def render(scene: Scene, frames: int = 17, size: int = 128) -> torch.Tensor:
    """Paints a scene: float32 (3, frames, size, size) in [-1, 1]."""
    s = torch.linspace(0, 1, frames).view(frames, 1, 1)
    axis = (torch.arange(size) + 0.5) / size * 2 - 1
    gy, gx = torch.meshgrid(axis, axis, indexing="ij")
    top, bottom = (torch.tensor(c).view(3, 1, 1, 1) for c in BACKGROUNDS[scene.background])
    blend = ((gy + 1) / 2).view(1, 1, size, size)
    img = (top * (1 - blend) + bottom * blend).expand(3, frames, size, size).clone()
    edge = 2.0 / size * 1.2  # width of the antialiased edge
    for t in scene.things:
        x, y, r, a = _pose(t, s)
        dx, dy = gx - x, gy - y
        ca, sa = torch.cos(a), torch.sin(a)
        d = _sdf(t.shape, dx * ca + dy * sa, -dx * sa + dy * ca, r)
        mask = (0.5 - d / edge).clamp(0, 1)
        light = (0.82 - 0.45 * (dx * 0.6 + dy * 0.8) / r.clamp(min=0.05)).clamp(0.45, 1.15)
        color = torch.tensor(COLORS[t.color]).view(3, 1, 1, 1) * light
        img = img * (1 - mask) + color.clamp(0, 1) * mask
    return img * 2 - 1


def batch(rng: random.Random, n: int, frames: int = 17, size: int = 128) -> tuple[torch.Tensor, list[str]]:
    """n clips, float32 (n, 3, frames, size, size) in [-1, 1], and their captions."""
    scenes = [sample_scene(rng) for _ in range(n)]
    return torch.stack([render(s, frames, size) for s in scenes]), [caption(s) for s in scenes]
