"""Encoder: recurrent layers over the source that never see padding, and the bridge to the decoder's first state."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from quoi.params import Translation
from quoi.translation.dropout import Dropout
from quoi.translation.recurrent import CELLS, PARTS, State
from quoi.translation.regularise import VariationalDropout, WordDropout, drop_weights


class Encoded(NamedTuple):
    """A batch of sources as the decoder sees it.

    Attributes:
        outputs: (B, S, H x its directions) the top layer's output at every position; over padding, anything finite.
        mask: (B, S) true at real words.
        state: the decoder's first state.
    """

    outputs: Tensor
    mask: Tensor
    state: State


class Encoder(nn.Module):
    """Embedding, dropout, recurrent layers in one or two directions, and a linear bridge to the decoder's size.

    Neither the states nor the outputs of a sentence depend on padding or batch mates. Where a layer is bidirectional,
    the last states of its two directions are concatenated; layers of the same width share their bridge. With only the
    first layer bidirectional it is the encoder of Wu et al. (2016, section 3.2).

    Args:
        settings: the variant.
        embedding: (V, D) source word vectors.
        size: E, the decoder's size.
    """

    def __init__(self, settings: Translation, embedding: nn.Embedding, size: int):
        super().__init__()
        self.embedding = embedding
        above = 2 if settings.bidirectional is True else 1
        directions = [2 if settings.bidirectional else 1, *[above] * (settings.layers - 1)]
        widths = [settings.hidden * count for count in directions]
        self.width = widths[-1]
        dropout = VariationalDropout if settings.variational else Dropout
        self.drop_words = WordDropout(settings.dropout_words)
        self.drop_embedding = dropout(settings.dropout_embedding)
        self.layers = nn.ModuleList(
            nn.ModuleList(CELLS[settings.cell](inputs, settings.hidden) for _ in range(count))
            for inputs, count in zip((embedding.embedding_dim, *widths), directions, strict=False)
        )
        for layer in self.layers:
            drop_weights(layer, settings.dropout_weights)
        self.drop_layer = dropout(settings.dropout_encoder)
        self.drop_bridge = Dropout(settings.dropout_bridge)
        self.parts = PARTS[settings.cell]
        wide = list(dict.fromkeys(widths))
        self.bridge_of = [wide.index(width) * self.parts for width in widths]
        self.bridges = nn.ModuleList(nn.Linear(width, size, bias=False) for width in wide for _ in range(self.parts))

    def forward(self, source: Tensor, lengths: Tensor) -> Encoded:
        """Encode (S, B) ids of the given lengths (B,), each at least 1."""
        packing = Packing.of(lengths.cpu(), len(source)).to(source.device)
        sentences = packing.places // len(source)
        words = self.drop_words(source.t().flatten()[packing.places], self.embedding)
        words = self.drop_embedding(words, sentences)
        state: list[Tensor] = []
        for number, directions in enumerate(self.layers):
            inputs = self.drop_layer(words, sentences) if number else words
            # Backwards, each sentence is reversed within its length. Reversing twice changes nothing.
            directed = [inputs, *(inputs.index_select(0, packing.reverse) for _ in directions[1:])]
            runs = [_run(rnn, words, packing) for rnn, words in zip(directions, directed, strict=True)]
            outputs, states = zip(*runs, strict=True)
            back = [backward.index_select(0, packing.reverse) for backward in outputs[1:]]
            words = torch.cat((outputs[0], *back), dim=1) if back else outputs[0]
            for part, joined in enumerate(zip(*states, strict=True), start=self.bridge_of[number]):
                state.append(self.bridges[part](self.drop_bridge(torch.cat(joined, dim=1))))
        outputs = words.index_select(0, packing.rows.flatten()).unflatten(0, packing.rows.shape)
        mask = torch.arange(len(source)) < lengths.cpu().unsqueeze(1)
        return Encoded(outputs, mask.to(source.device), tuple(state))


class Packing(NamedTuple):
    """How the N real words of a batch stand without padding: step by step, in each step the longest sentences first.

    So the sentences that have a word at a step are always the first ones of the step before.

    Attributes:
        sizes: (longest,) words at each step, falling; on the CPU.
        order, back: (B,) the sentences, longest first, and where in that order each of them is.
        places: (N,) where in a flattened (B, S) each row's word is; rows: (B, S) the other way, over padding any row.
        reverse: (N,) the row whose word comes there when every sentence is reversed.
        last: (B,) the row of each sentence's last word.
    """

    sizes: Tensor
    order: Tensor
    back: Tensor
    places: Tensor
    rows: Tensor
    reverse: Tensor
    last: Tensor

    @classmethod
    def of(cls, lengths: Tensor, steps: int) -> Packing:
        """From lengths (B,) of at most `steps`."""
        falling, order = lengths.sort(descending=True, stable=True)
        step, sentence = (falling > torch.arange(steps).unsqueeze(1)).nonzero(as_tuple=True)
        sizes = step.bincount()
        starts = sizes.cumsum(0) - sizes
        places = order[sentence] * steps + step
        rows = torch.zeros(len(lengths) * steps, dtype=torch.long)
        rows[places] = torch.arange(len(places))
        reverse = starts[falling[sentence] - 1 - step] + sentence
        back = order.argsort()
        return cls(sizes, order, back, places, rows.view(-1, steps), reverse, starts[lengths - 1] + back)

    def to(self, device: torch.device) -> Packing:
        """The same on `device`, but for the sizes."""
        return Packing(self.sizes, *(part.to(device) for part in self[1:]))


def _run(rnn: nn.RNNBase, inputs: Tensor, packing: Packing) -> tuple[Tensor, State]:
    """One direction over its inputs (N, D): outputs (N, H) and states (B, H) after each sentence's last word."""
    outputs, last = rnn(PackedSequence(inputs, packing.sizes, packing.order, packing.back))
    return outputs.data, tuple(part.squeeze(0) for part in (last if isinstance(last, tuple) else (last,)))
