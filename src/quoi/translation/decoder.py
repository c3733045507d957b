"""Decoder: recurrent layers run one word at a time, with or without attention."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from quoi.params import Translation
from quoi.translation.attention import Attention, Memory
from quoi.translation.dropout import Dropout
from quoi.translation.recurrent import CELLS, PARTS, State, run
from quoi.translation.regularise import VariationalDropout, drop_weights


class Decoder(nn.Module):
    """Recurrent layers at the embedding's size; with attention, the context joins each word before them.

    Args:
        settings: the variant.
        size: E, of word vectors and states alike.
        width: H of the encoder's outputs.

    Attributes:
        parts: tensors of state a layer; at_once: whether `sequence` can read known words in one pass.
    """

    def __init__(self, settings: Translation, size: int, width: int):
        super().__init__()
        self.layers = nn.ModuleList(CELLS[settings.cell](size, size) for _ in range(settings.layers))
        self.parts = PARTS[settings.cell]
        self.at_once = not settings.attention
        drop_weights(self.layers, settings.dropout_weights)
        dropout = VariationalDropout if settings.variational else Dropout
        self.drop_layer = dropout(settings.dropout_decoder)
        self.drop_output = dropout(settings.dropout_output)
        self.attention = Attention(width, size, settings.activation) if settings.attention else None
        self.join = nn.Linear(size + width, size) if settings.attention else None

    def memory(self, outputs: Tensor, mask: Tensor) -> Memory | None:
        """What every step reads of the encoder's outputs (B, S, H), whose mask (B, S) is true at real words."""
        return self.attention.memory(outputs, mask) if self.attention else None

    def step(self, words: Tensor, state: State, memory: Memory | None) -> tuple[Tensor, State, Tensor | None]:
        """One word of every sentence.

        Args:
            words: (B, E) embedded previous words; state: (B, E) tensors; memory: of the same B sentences.

        Returns:
            output (B, E) ready to be projected, the next state, attention weights (B, S) or None.
        """
        weights = None
        if self.attention is not None:
            context, weights = self.attention(state[-self.parts], memory)
            words = self.join(torch.cat((words, context), dim=1))
        outputs, state = self.sequence(words.unsqueeze(0), state)
        return outputs.squeeze(0), state, weights

    def sequence(self, words: Tensor, state: State, memory: None = None) -> tuple[Tensor, State]:
        """Known words (T, B, E) at once, without attention: outputs (T, B, E) and the state after the last."""
        after: list[Tensor] = []
        for number, layer in enumerate(self.layers):
            inputs = self.drop_layer(words) if number else words
            words, last = run(layer, inputs, state[number * self.parts : (number + 1) * self.parts])
            after += last
        return self.drop_output(words), tuple(after)
