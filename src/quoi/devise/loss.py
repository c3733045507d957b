"""The losses of the head, all of predictions [B, d] and targets [B, d], unit rows."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor
from torch.nn.functional import cosine_similarity, l1_loss, mse_loss, normalize

from quoi.params.devise import Devise


def cosine(predictions: Tensor, targets: Tensor) -> Tensor:
    """1 - cosine, as the lesson; its mean over the batch."""
    return (1 - cosine_similarity(predictions, targets, dim=1)).mean()


def ranking(predictions: Tensor, targets: Tensor, labels: Tensor, words: Tensor, margin: float) -> Tensor:
    """Hinge rank loss (Frome et al. 2013, equation 1): every other label must be further away by a margin.

    Args:
        labels: int [B], the targets' labels.
        words: float [labels, d], unit rows of all training labels.
    """
    nearness = normalize(predictions, dim=1) @ words.T
    right = nearness.gather(1, labels[:, None])
    hinge = (margin - right + nearness).clamp_min(0)
    return hinge.scatter(1, labels[:, None], 0.0).sum(1).mean()


def chosen(settings: Devise, words: Tensor) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """The loss that the settings name, of predictions, targets and labels."""
    if settings.loss == "ranking":
        return lambda made, targets, labels: ranking(made, targets, labels, words.to(made.device), settings.margin)
    plain = {"cosine": cosine, "l1": l1_loss, "mse": mse_loss}[settings.loss]
    return lambda made, targets, labels: plain(made, targets)
