"""Muon: momentum orthogonalised by Newton-Schulz for matrices and convolutions, AdamW for the rest.

After Keller Jordan, https://kellerjordan.github.io/posts/muon/ (the iteration's coefficients are from there).
"""

from __future__ import annotations

from collections.abc import Iterable

import torch


def orthogonalise(g: torch.Tensor, steps: int = 5) -> torch.Tensor:
    """The nearest semi-orthogonal matrix to g (m, n), approximately: (m, n)."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g / (g.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.T
    for _ in range(steps):
        s = x @ x.T
        x = a * x + (b * s + c * s @ s) @ x
    return x.T if tall else x


def is_matrix(p: torch.nn.Parameter) -> bool:
    """Whether a parameter maps vectors to vectors; tables do not, and are marked with `adam = True`."""
    return p.ndim >= 2 and p.shape[0] > 1 and p[0].numel() > 1 and not getattr(p, "adam", False)


class Muon(torch.optim.Optimizer):
    """`lr` for matrices (a step has the root mean square of lr), `adam_lr` for vectors and tables."""

    def __init__(
        self,
        params: Iterable[torch.nn.Parameter],
        lr: float = 0.02,
        adam_lr: float = 1e-3,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
    ):
        super().__init__(params, dict(lr=lr, adam_lr=adam_lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self) -> None:
        """Moves every parameter that has a gradient."""
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                if is_matrix(p):
                    self._step_matrix(p, group)
                else:
                    self._step_adam(p, group)

    def _step_matrix(self, p: torch.nn.Parameter, group: dict) -> None:
        m = self.state[p].setdefault("m", torch.zeros_like(p))
        m.lerp_(p.grad, 1 - group["momentum"])
        g = p.grad.lerp(m, group["momentum"]).reshape(p.shape[0], -1)
        u = orthogonalise(g) * (0.2 * max(g.shape) ** 0.5)
        p.mul_(1 - group["lr"] * group["weight_decay"])
        p.add_(u.reshape(p.shape), alpha=-group["lr"])

    def _step_adam(self, p: torch.nn.Parameter, group: dict) -> None:
        state = self.state[p]
        m, v = state.setdefault("m", torch.zeros_like(p)), state.setdefault("v", torch.zeros_like(p))
        state["t"] = t = state.get("t", 0) + 1
        m.lerp_(p.grad, 0.1)
        v.lerp_(p.grad.square(), 0.05)
        p.add_((m / (1 - 0.9**t)) / ((v / (1 - 0.95**t)).sqrt() + 1e-8), alpha=-group["adam_lr"])
