"""What keeps an AWD-LSTM from learning by heart (Merity, Keskar and Socher 2018), each with a switch of its own.

All masks are drawn once for a batch: `begin` forgets those of the one before.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from quoi.params import Translation


class VariationalDropout(nn.Module):
    """Dropout by which the same values of a sentence fall at all of its words (Gal and Ghahramani 2016)."""

    def __init__(self, p: float):
        super().__init__()
        self.p = p
        self.mask: Tensor | None = None

    def forward(self, values: Tensor, sentences: Tensor | None = None) -> Tensor:
        """Values (..., B, D), or (N, D) with the sentence of each row (N,), each 0 with probability p or / (1 - p)."""
        if not self.training or self.p == 0:
            return values
        if self.mask is None:
            size = values.shape[-2] if sentences is None else int(sentences.max()) + 1
            self.mask = _mask((size, values.shape[-1]), self.p, values)
        return values * (self.mask[: values.shape[-2]] if sentences is None else self.mask[sentences])


class WordDropout(nn.Module):
    """Dropout of whole words: the vector of a word falls wherever it stands in the batch (section 4.3)."""

    def __init__(self, p: float):
        super().__init__()
        self.p = p
        self.mask: Tensor | None = None

    def forward(self, words: Tensor, embedding: nn.Embedding) -> Tensor:
        """Ids (...) to vectors (..., D)."""
        vectors = embedding(words)
        if not self.training or self.p == 0:
            return vectors
        if self.mask is None:
            self.mask = _mask((embedding.num_embeddings, 1), self.p, vectors)
        return vectors * self.mask[words]


class WeightDrop(nn.Module):
    """DropConnect (Wan et al. 2013) on the weights from a recurrent layer's state to its next state (section 2)."""

    def __init__(self, p: float):
        super().__init__()
        self.p = p
        self.mask: Tensor | None = None

    def forward(self, weight: Tensor) -> Tensor:
        """The weights (G x H, H), in training with those that fall at 0."""
        if not self.training:
            return weight
        if self.mask is None:
            self.mask = _mask(weight.shape, self.p, weight)
        return weight * self.mask


class Penalty:
    """Activation and temporal activation regularisation: alpha |m h_t|^2 + beta |h_t - h_t+1|^2, means (4.6)."""

    def __init__(self, settings: Translation):
        self.activation, self.temporal = settings.activation_penalty, settings.temporal_penalty
        self.outputs: list[Tensor] = []
        self.changes: list[Tensor] = []
        self.last: Tensor | None = None

    def __bool__(self) -> bool:
        return bool(self.activation or self.temporal)

    def see(self, output: Tensor, hidden: Tensor) -> None:
        """One step's outputs after dropout (B, E) and states before it (B, E); B may fall from step to step."""
        if self:
            self.outputs.append(output)
            if self.last is not None:
                self.changes.append(self.last[: len(hidden)] - hidden)
            self.last = hidden

    def total(self) -> Tensor | float:
        """What is added to the loss of the batch."""
        parts = ((self.activation, self.outputs), (self.temporal, self.changes))
        return sum(weight * torch.cat(seen).square().mean() for weight, seen in parts if weight and seen)


def drop_weights(layers: nn.ModuleList, p: float) -> None:
    """Give every recurrent layer's weight_hh_l0 a `WeightDrop`; none where p is 0."""
    for layer in layers if p else ():
        parametrize.register_parametrization(layer, "weight_hh_l0", WeightDrop(p))


def begin(model: nn.Module) -> None:
    """Forget the masks of the batch before."""
    for module in model.modules():
        if isinstance(module, VariationalDropout | WordDropout | WeightDrop):
            module.mask = None


def _mask(shape: tuple[int, ...], p: float, like: Tensor) -> Tensor:
    return torch.empty(shape, dtype=like.dtype, device=like.device).bernoulli_(1 - p) / (1 - p)
