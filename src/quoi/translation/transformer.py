"""Transformer (Vaswani et al. 2017, section 3) of torch's layers, with the norms before them (Xiong et al. 2020).

Its encoder and decoder take the places of the recurrent ones in the model, so all that trains, searches and scores is
the same. A word's place is told by sinusoids, which know no longest sentence.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from quoi.params import Translation
from quoi.translation.attention import Memory
from quoi.translation.dropout import Dropout
from quoi.translation.encoder import Encoded
from quoi.translation.recurrent import State
from quoi.translation.regularise import WordDropout


class Encoder(nn.Module):
    """Layers in which every word of the source looks at every other.

    Args:
        settings: the variant; `hidden` is the model's size D, in all layers of both sides.
        embedding: (V, E) source word vectors.
        size: of the decoder's word vectors, which this encoder has no use for.
    """

    def __init__(self, settings: Translation, embedding: nn.Embedding, size: int):
        super().__init__()
        self.embedding = embedding
        self.width = settings.hidden
        self.drop_words = WordDropout(settings.dropout_words)
        self.enter = Entrance(settings, embedding.embedding_dim)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(**_sizes(settings), dropout=settings.dropout_encoder)
            for _ in range(settings.layers)
        )
        self.norm = nn.LayerNorm(settings.hidden)

    def forward(self, source: Tensor, lengths: Tensor) -> Encoded:
        """Encode (S, B) ids of the given lengths (B,), each at least 1; the state is that of `Decoder` at no word."""
        mask = (torch.arange(len(source)) < lengths.cpu().unsqueeze(1)).to(source.device)
        words = self.enter(self.drop_words(source.t(), self.embedding))
        for layer in self.layers:
            words = layer(words, src_key_padding_mask=~mask)
        return Encoded(self.norm(words), mask, (words.new_zeros(len(words), 0, self.width),) * len(self.layers))


class Decoder(nn.Module):
    """Layers in which every word looks at itself, those before it, and the source.

    The state holds what each layer has read so far, (B, words, D) a layer: so a step computes one word, and not those
    before it again.

    Args:
        settings: the variant.
        size: E, of word vectors and outputs.
        width: D, of the encoder's outputs.
    """

    at_once = True
    parts = 1

    def __init__(self, settings: Translation, size: int, width: int):
        super().__init__()
        self.enter = Entrance(settings, size)
        self.layers = nn.ModuleList(
            DecoderLayer(**_sizes(settings), dropout=settings.dropout_decoder) for _ in range(settings.layers)
        )
        self.norm = nn.LayerNorm(width)
        self.leave = _resized(width, size)
        # Word vectors have unit spread. Where they are the output's weights too, they are divided by the root of their
        # size there (section 3.4), or the first logits would be far apart.
        self.scale = size**-0.5 if settings.tied else 1.0
        self.drop_output = Dropout(settings.dropout_output)

    def memory(self, outputs: Tensor, mask: Tensor) -> Memory:
        """Encoder outputs (B, S, D) and their mask (B, S) for any number of steps; the layers make their own keys."""
        padding = torch.zeros(mask.shape, device=mask.device).masked_fill(~mask, -math.inf)
        return Memory(outputs, outputs, padding)

    def step(self, words: Tensor, state: State, memory: Memory) -> tuple[Tensor, State, Tensor]:
        """One word of every sentence.

        Args:
            words: (B, E) embedded previous words; state: (B, words before, D) tensors; memory: of the same B sentences.

        Returns:
            output (B, E) ready to be projected, the next state, the last layer's weights (B, S) on the source, a mean
            over its heads.
        """
        outputs, state, weights = self._read(words.unsqueeze(1), state, memory)
        return outputs.squeeze(1), state, weights.squeeze(1)

    def sequence(self, words: Tensor, state: State, memory: Memory) -> tuple[Tensor, State]:
        """Known words (T, B, E) at once: outputs (T, B, E) and the state after the last."""
        outputs, state, _ = self._read(words.transpose(0, 1), state, memory)
        return outputs.transpose(0, 1), state

    def _read(self, words: Tensor, state: State, memory: Memory) -> tuple[Tensor, State, Tensor]:
        words, after = self.enter(words, state[0].shape[1]), []
        for layer, before in zip(self.layers, state, strict=True):
            read = torch.cat((before, words), dim=1)
            words, weights = layer(read, words.shape[1], memory)
            after.append(read)
        return self.drop_output(self.leave(self.norm(words)) * self.scale), tuple(after), weights


class DecoderLayer(nn.TransformerDecoderLayer):
    """Torch's layer, for the last words of a sentence alone, and with its weights on the source."""

    def forward(self, read: Tensor, new: int, memory: Memory) -> tuple[Tensor, Tensor]:
        """Inputs (B, T, D), the last `new` of which are computed: outputs (B, new, D) and weights (B, new, S)."""
        words, steps = read[:, -new:], read.shape[1]
        known = self.norm1(read)
        future = torch.full((new, steps), -math.inf, device=read.device).triu(steps - new + 1)
        looked, _ = self.self_attn(known[:, -new:], known, known, attn_mask=future, need_weights=False)
        words = words + self.dropout1(looked)
        outputs, padding = memory.outputs, memory.padding
        looked, weights = self.multihead_attn(self.norm2(words), outputs, outputs, key_padding_mask=padding)
        words = words + self.dropout2(looked)
        thought = self.linear2(self.dropout(self.activation(self.linear1(self.norm3(words)))))
        return words + self.dropout3(thought), weights


class Entrance(nn.Module):
    """Word vectors at the model's size, with sinusoids of their places added (section 3.5), and dropout of both.

    Args:
        settings: the variant; size: E of the word vectors.
    """

    def __init__(self, settings: Translation, size: int):
        super().__init__()
        self.resize = _resized(size, settings.hidden)
        self.drop = Dropout(settings.dropout_embedding)

    def forward(self, words: Tensor, start: int = 0) -> Tensor:
        """Vectors (B, T, E) of the words from place `start` on, to (B, T, D)."""
        words = self.resize(words)
        return self.drop(words + sinusoids(start, *words.shape[1:]).to(words))


def sinusoids(start: int, count: int, size: int) -> Tensor:
    """Of each of `count` places from `start` on, the sines and then the cosines: (count, size)."""
    rates = 10_000 ** (-torch.arange(0, size, 2) / size)
    angles = torch.arange(start, start + count).unsqueeze(1) * rates
    return torch.cat((angles.sin(), angles.cos()), dim=1)[:, :size]


def _resized(size: int, wanted: int) -> nn.Module:
    return nn.Identity() if size == wanted else nn.Linear(size, wanted, bias=False)


def _sizes(settings: Translation) -> dict[str, Any]:
    return {
        "d_model": settings.hidden,
        "nhead": settings.heads,
        "dim_feedforward": settings.feed_forward,
        "batch_first": True,
        "norm_first": True,
    }
