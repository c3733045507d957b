"""Projection to the vocabulary and cross-entropy, fed in pieces: the loss of a decoder that goes step by step."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from quoi.translation import kernels
from quoi.translation.kernels.cross_entropy import FusedLinearCrossEntropy, likeliest


class LinearCrossEntropy:
    """Cross-entropy of linear(hidden) against targets.

    Args:
        weight: (V, E) and bias: (V,) of the projection.
        scale: factor of every row's loss in `total`; 1 / rows for a mean.
    """

    def __init__(self, weight: Tensor, bias: Tensor, scale: float):
        self.weight, self.bias, self.scale = weight, bias, scale
        self.losses: list[Tensor] = []
        self.uniform = 0

    def now(self, hidden: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Add rows and say at once what they predict.

        Args:
            hidden: (N, E); target: (N,) ids.

        Returns:
            losses (N,) in nats, without gradient; predictions (N,), the most probable ids.
        """
        logits = F.linear(hidden, self.weight, self.bias)
        self.losses.append(F.cross_entropy(logits, target, reduction="none"))
        return self.losses[-1].detach(), likeliest(logits)

    def later(self, hidden: Tensor, target: Tensor) -> None:
        """Add rows whose predictions nobody waits for; hidden: (N, E); target: (N,) ids."""
        self.now(hidden, target)

    def add_uniform(self, rows: int) -> None:
        """Add `rows` rows of zero logits: ln V each, whatever their targets, and no gradient."""
        self.uniform += rows

    def total(self) -> Tensor:
        """The scaled sum of all losses, a differentiable scalar."""
        return (torch.cat(self.losses).sum() + self.uniform * math.log(len(self.weight))) * self.scale


Entropy = LinearCrossEntropy | FusedLinearCrossEntropy


def linear_cross_entropy(weight: Tensor, bias: Tensor, scale: float) -> Entropy:
    """The plain form, or its kernel."""
    return (FusedLinearCrossEntropy if kernels.used() else LinearCrossEntropy)(weight, bias, scale)
