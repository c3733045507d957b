"""Dropout whose chance costs little on a CPU, where torch draws one number after the other, one for every value."""

from __future__ import annotations

import torch
from torch import Tensor, nn

LEVELS = 2**16
"""A value falls when 16 random bits, read as a number below this, are less than p times this, rounded."""


class Dropout(nn.Dropout):
    """nn.Dropout, to a 65,536th of its probability; on a CPU one 64-bit number of the generator decides four values."""

    def forward(self, values: Tensor, sentences: Tensor | None = None) -> Tensor:
        """Values of any shape, each 0 with probability p, else divided by 1 - p, so that the mean stays.

        `sentences` are of interest to `VariationalDropout` alone.
        """
        level = round(self.p * LEVELS)
        if not self.training or level in (0, LEVELS) or values.device.type != "cpu":
            return super().forward(values)
        count = values.numel()
        drawn = torch.empty(-(-count // 4), dtype=torch.int64).random_(-(2**63), None)
        bits = drawn.view(torch.int16)[:count].view(values.shape)
        return values * ((bits >= level - LEVELS // 2) * (LEVELS / (LEVELS - level))).to(values.dtype)
