"""The head: from standardized features to word space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from quoi.io.geometry import unit
from quoi.params.devise import Devise

_ROWS = 8192


@dataclass(frozen=True)
class Standard:
    """Features made comparable: every number standardized by the training pictures, every layer of equal weight.

    All are float32 [f]; `scale` is 1 / sqrt(width of the number's layer).
    """

    mean: np.ndarray
    deviation: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(cls, features: np.ndarray, widths: Sequence[int]) -> Standard:
        """Of training pictures' features [n, f], which are layers of the given widths side by side."""
        wide = features.astype(np.float64)
        scale = np.concatenate([np.full(width, width**-0.5) for width in widths])
        parts = wide.mean(0), wide.std(0) + 1e-6, scale
        return cls(*(part.astype(np.float32) for part in parts))

    def apply(self, features: np.ndarray) -> np.ndarray:
        """Features [n, f] as unit rows, float32."""
        return unit((features - self.mean) / self.deviation * self.scale)


class Head(nn.Module):
    """Batch-norm, dropout, linear, ReLU, batch-norm, dropout, linear: features [B, f] to word space [B, d].

    Without a hidden layer it is the first two and the last of these.
    """

    def __init__(self, features: int, dimensions: int, settings: Devise) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.BatchNorm1d(features), nn.Dropout(settings.dropout_features)]
        if hidden := settings.hidden:
            layers += [nn.Linear(features, hidden), nn.ReLU(), nn.BatchNorm1d(hidden)]
            layers += [nn.Dropout(settings.dropout_hidden)]
        self.layers = nn.Sequential(*layers, nn.Linear(hidden or features, dimensions))

    def forward(self, features: Tensor) -> Tensor:
        # Unit rows of many numbers are tiny ones; batch-norm's epsilon would drown them.
        return self.layers(features * features.shape[-1] ** 0.5)

    @torch.inference_mode()
    def predict(self, features: np.ndarray) -> np.ndarray:
        """Standardized features [n, f] to unit rows [n, d]."""
        self.eval()
        device = next(self.parameters()).device
        blocks = torch.from_numpy(features).split(_ROWS)
        return unit(torch.cat([self(block.to(device)).cpu() for block in blocks]).numpy())
