"""Additive attention over the encoder's outputs (Bahdanau, Cho and Bengio 2015, appendix A.1.2)."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu}


class Memory(NamedTuple):
    """What attention reads at every step, computed once a sentence.

    Attributes:
        outputs: (B, S, H) encoder outputs; keys: (B, S, E), W1 outputs; padding: (B, S), -inf over padding, else 0.
    """

    outputs: Tensor
    keys: Tensor
    padding: Tensor

    def first(self, count: int) -> Memory:
        """The memory of the first `count` sentences."""
        return Memory(*(part[:count] for part in self))

    def select(self, rows: Tensor) -> Memory:
        """The memory of the sentences `rows`, in that order; a sentence may be taken more than once."""
        return Memory(*(part[rows] for part in self))


class Attention(nn.Module):
    """weights = softmax(v . f(W1 outputs + W2 hidden + b)), f = tanh or relu; context = weights . outputs.

    W1 and v have no bias and start scaled-normal, as in the lesson.

    Args:
        width: H of the encoder's outputs; size: E of the decoder's hidden state; activation: name of f.
    """

    def __init__(self, width: int, size: int, activation: str):
        super().__init__()
        self.w1 = nn.Parameter(torch.randn(width, size) / math.sqrt(width))
        self.w2 = nn.Linear(size, size)
        self.v = nn.Parameter(torch.randn(size) / math.sqrt(size))
        self.activation = ACTIVATIONS[activation]

    def memory(self, outputs: Tensor, mask: Tensor) -> Memory:
        """Prepare encoder outputs (B, S, H) and their mask (B, S), true at real words, for any number of steps."""
        padding = torch.zeros(mask.shape, device=mask.device).masked_fill(~mask, -math.inf)
        return Memory(outputs, outputs @ self.w1, padding)

    def forward(self, hidden: Tensor, memory: Memory) -> tuple[Tensor, Tensor]:
        """Hidden (B, E) of the decoder's top layer to the context (B, H) and the weights (B, S), zero over padding."""
        scores = self.activation(memory.keys + self.w2(hidden).unsqueeze(1)) @ self.v
        weights = torch.softmax(scores + memory.padding, dim=1)
        context = (weights.unsqueeze(1) @ memory.outputs).squeeze(1)
        return context, weights
