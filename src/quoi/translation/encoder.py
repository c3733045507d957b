"""Encoder: a packed recurrent network over the source, and the bridge to the decoder's first state."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from quoi.params import Translation

CELLS = {"gru": nn.GRU, "lstm": nn.LSTM}

State = tuple[Tensor, ...]
"""What recurrent layers carry from step to step, each (layers, B, E): (hidden,) of a GRU, (hidden, cell) of an LSTM."""


class Encoded(NamedTuple):
    """A batch of sources as the decoder sees it.

    Attributes:
        outputs: (B, S, H x directions) the top layer's output at every position, zero over padding.
        mask: (B, S) true at real words.
        state: the decoder's first state.
    """

    outputs: Tensor
    mask: Tensor
    state: State


class Encoder(nn.Module):
    """Embedding, dropout, recurrent layers in one or two directions, and a linear bridge to the decoder's size.

    Padding is packed away, so neither the states nor the outputs of a sentence depend on its batch mates. Where the
    encoder is bidirectional, the last states of its two directions are concatenated layer by layer.

    Args:
        settings: the variant.
        embedding: (V, D) source word vectors.
        size: E, the decoder's size.
    """

    def __init__(self, settings: Translation, embedding: nn.Embedding, size: int):
        super().__init__()
        self.embedding = embedding
        self.directions = 2 if settings.bidirectional else 1
        self.width = settings.hidden * self.directions
        self.drop_embedding = nn.Dropout(settings.dropout_embedding)
        self.rnn = CELLS[settings.cell](
            embedding.embedding_dim,
            settings.hidden,
            settings.layers,
            dropout=settings.dropout_encoder if settings.layers > 1 else 0.0,
            bidirectional=settings.bidirectional,
        )
        self.drop_bridge = nn.Dropout(settings.dropout_bridge)
        self.bridges = nn.ModuleList(
            nn.Linear(self.width, size, bias=False) for _ in range(2 if settings.cell == "lstm" else 1)
        )

    def forward(self, source: Tensor, lengths: Tensor) -> Encoded:
        """Encode (S, B) ids of the given lengths (B,), each at least 1."""
        words = self.drop_embedding(self.embedding(source))
        lengths = lengths.cpu()
        if bool((lengths == len(source)).all()):
            outputs, last = self.rnn(words)  # nothing to pack away, and a packed backward pass is slower
            outputs = outputs.transpose(0, 1)
        else:
            outputs, last = self.rnn(pack_padded_sequence(words, lengths, enforce_sorted=False))
            outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=len(source))
        last = last if isinstance(last, tuple) else (last,)
        state = tuple(
            bridge(self.drop_bridge(self._join(each))) for bridge, each in zip(self.bridges, last, strict=True)
        )
        mask = torch.arange(len(source), device=source.device) < lengths.to(source.device).unsqueeze(1)
        return Encoded(outputs, mask, state)

    def _join(self, last: Tensor) -> Tensor:
        """(layers x directions, B, H) to (layers, B, H x directions)."""
        layers = last.shape[0] // self.directions
        return last.view(layers, self.directions, *last.shape[1:]).transpose(1, 2).flatten(2)
