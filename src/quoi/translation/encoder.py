"""Encoder: recurrent layers over the source that never see padding, and the bridge to the decoder's first state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd import Function
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from quoi.params import Translation
from quoi.translation import gru
from quoi.translation.recurrent import CELLS, PARTS, State


class Encoded(NamedTuple):
    """A batch of sources as the decoder sees it.

    Attributes:
        outputs: (B, S, H x directions) the top layer's output at every position; over padding, anything finite.
        mask: (B, S) true at real words.
        state: the decoder's first state.
    """

    outputs: Tensor
    mask: Tensor
    state: State


class Encoder(nn.Module):
    """Embedding, dropout, recurrent layers in one or two directions, and a linear bridge to the decoder's size.

    Neither the states nor the outputs of a sentence depend on padding or batch mates. Where the encoder is
    bidirectional, the last states of its two directions are concatenated layer by layer.

    Args:
        settings: the variant.
        embedding: (V, D) source word vectors.
        size: E, the decoder's size.
    """

    def __init__(self, settings: Translation, embedding: nn.Embedding, size: int):
        super().__init__()
        self.embedding = embedding
        directions = 2 if settings.bidirectional else 1
        self.width = settings.hidden * directions
        self.drop_embedding = nn.Dropout(settings.dropout_embedding)
        self.layers = nn.ModuleList(
            nn.ModuleList(CELLS[settings.cell](inputs, settings.hidden) for _ in range(directions))
            for inputs in (embedding.embedding_dim, *[self.width] * (settings.layers - 1))
        )
        self.drop_layer = nn.Dropout(settings.dropout_encoder)
        self.drop_bridge = nn.Dropout(settings.dropout_bridge)
        self.bridges = nn.ModuleList(nn.Linear(self.width, size, bias=False) for _ in range(PARTS[settings.cell]))

    def forward(self, source: Tensor, lengths: Tensor) -> Encoded:
        """Encode (S, B) ids of the given lengths (B,), each at least 1."""
        words = self.drop_embedding(self.embedding(source))
        lengths = lengths.cpu()
        places = _reversed_places(*source.shape, lengths).to(source.device) if len(self.layers[0]) > 1 else None
        state: list[Tensor] = []
        for number, directions in enumerate(self.layers):
            inputs = self.drop_layer(words) if number else words
            # Backwards, each sentence is reversed within its length, so that padding stays behind its end.
            turned = [inputs, *(_Reverse.apply(inputs, places) for _ in directions[1:])]
            outputs, states = zip(*_run(directions, turned, lengths), strict=True)
            back = [_Reverse.apply(each, places) for each in outputs[1:]]
            words = torch.cat((outputs[0], *back), dim=2) if back else outputs[0]
            for bridge, each in zip(self.bridges, zip(*states, strict=True), strict=True):
                state.append(bridge(self.drop_bridge(torch.cat(each, dim=1))))
        mask = torch.arange(len(source)) < lengths.unsqueeze(1)
        return Encoded(words.transpose(0, 1), mask.to(source.device), tuple(state))


def _run(rnns: Sequence[nn.RNNBase], inputs: Sequence[Tensor], lengths: Tensor) -> list[tuple[Tensor, State]]:
    """Each RNN over its own inputs (S, B, D): outputs (S, B, H) and states (B, H) after each sentence's last word.

    A GRU's state is its output, so it can be read off where the sentence ends: padding behind the end does no harm.
    An LSTM's cell is not among its outputs and needs a packed sequence.
    """
    if not isinstance(rnns[0], nn.GRU):
        return [_packed(rnn, each, lengths) for rnn, each in zip(rnns, inputs, strict=True)]
    if gru.suits(rnns, inputs[0]):
        outputs = gru.side_by_side(rnns, inputs)
    else:
        outputs = [rnn(each)[0] for rnn, each in zip(rnns, inputs, strict=True)]
    size = inputs[0].shape[1]
    ends = ((lengths - 1) * size + torch.arange(size)).to(inputs[0].device)
    return [(each, (each.flatten(0, 1).index_select(0, ends),)) for each in outputs]


def _packed(rnn: nn.RNNBase, inputs: Tensor, lengths: Tensor) -> tuple[Tensor, State]:
    outputs, last = rnn(pack_padded_sequence(inputs, lengths, enforce_sorted=False))
    return pad_packed_sequence(outputs, total_length=len(inputs))[0], tuple(each.squeeze(0) for each in last)


def _reversed_places(steps: int, size: int, lengths: Tensor) -> Tensor:
    """For each place of a flattened (S, B) the place whose word comes there when sentences are reversed."""
    step = torch.arange(steps).unsqueeze(1)
    mirrored = torch.where(step < lengths, lengths - 1 - step, step)
    return (mirrored * size + torch.arange(size)).flatten()


class _Reverse(Function):
    # Reversing twice changes nothing, so the gradient is reversed the same way: no scatter.
    @staticmethod
    def forward(ctx, values, places):
        ctx.save_for_backward(places)
        return values.flatten(0, 1).index_select(0, places).view_as(values)

    @staticmethod
    def backward(ctx, gradient):
        (places,) = ctx.saved_tensors
        return gradient.flatten(0, 1).index_select(0, places).view_as(gradient), None
