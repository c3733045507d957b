"""Decoder: one recurrent step at a time, with or without attention; the projection to words is the caller's."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from quoi.params import Translation
from quoi.translation.attention import Attention, Memory
from quoi.translation.encoder import CELLS, State


class Decoder(nn.Module):
    """Recurrent layers at the embedding's size; with attention, the context joins each word before them.

    Args:
        settings: the variant.
        size: E, of word vectors and states alike.
        width: H of the encoder's outputs.
    """

    def __init__(self, settings: Translation, size: int, width: int):
        super().__init__()
        self.rnn = CELLS[settings.cell](
            size, size, settings.layers, dropout=settings.dropout_decoder if settings.layers > 1 else 0.0
        )
        self.drop_output = nn.Dropout(settings.dropout_output)
        self.attention = Attention(width, size, settings.activation) if settings.attention else None
        self.join = nn.Linear(size + width, size) if settings.attention else None

    def step(self, words: Tensor, state: State, memory: Memory | None) -> tuple[Tensor, State, Tensor | None]:
        """One word of every sentence.

        Args:
            words: (B, E) embedded previous words; state: each (layers, B, E); memory: of the same B sentences.

        Returns:
            output (B, E) ready to be projected, the next state, attention weights (B, S) or None.
        """
        weights = None
        if self.attention is not None:
            context, weights = self.attention(state[0][-1], memory)
            words = self.join(torch.cat((words, context), dim=1))
        output, state = self._run(words.unsqueeze(0), state)
        return output.squeeze(0), state, weights

    def sequence(self, words: Tensor, state: State) -> Tensor:
        """All steps (T, B, E) at once, where every word is known and there is no attention: outputs (T, B, E)."""
        return self._run(words, state)[0]

    def _run(self, words: Tensor, state: State) -> tuple[Tensor, State]:
        output, state = self.rnn(words, state if len(state) > 1 else state[0])
        return self.drop_output(output), state if isinstance(state, tuple) else (state,)
