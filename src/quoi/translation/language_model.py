"""Language models made of a translation model's own modules, so that what they learn needs no copying.

What a layer reads there that a language model has not, attention's context or the other direction's outputs, is zeros.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from quoi.corpus.batches import Batch
from quoi.corpus.vocabulary import BOS
from quoi.params import Translation
from quoi.translation import regularise
from quoi.translation.attention import Attention, Memory
from quoi.translation.dropout import Dropout
from quoi.translation.loss import linear_cross_entropy
from quoi.translation.model import Seq2Seq


class EarlierStates(nn.Module):
    """Attention of each state over those before it, and both joined by tanh(W [state, context]) (Luong 2015, eq. 5).

    The first word has one before it, that of the beginning, which is zeros.
    """

    def __init__(self, size: int, activation: str):
        super().__init__()
        self.attention = Attention(size, size, activation)
        self.join = nn.Linear(2 * size, size)

    def forward(self, states: Tensor) -> Tensor:
        """States (T, B, E) to (T, B, E)."""
        earlier = F.pad(states[:-1], (0, 0, 0, 0, 1, 0)).transpose(0, 1)
        memory = self.attention.memory(earlier, torch.ones(earlier.shape[:2], dtype=torch.bool, device=states.device))
        contexts = [
            self.attention(state, Memory(*(part[:, : step + 1] for part in memory)))[0]
            for step, state in enumerate(states)
        ]
        return torch.tanh(self.join(torch.cat((states, torch.stack(contexts)), dim=2)))


class Reader(nn.Module):
    """Recurrent layers that read in one direction, and what comes before and after them.

    Args:
        layers: each (T, B, D) to (T, B, H); one that is wider than what it is given has zeros for the rest, which is
            the last part of its input, or where it reads `backwards` the first.
        first: makes the first layer's input, of word vectors and zeros for the rest of its own.
        last: makes (T, B, E) of the top layer's outputs.
    """

    def __init__(
        self,
        layers: Sequence[nn.RNNBase],
        drop_layer: nn.Module,
        drop_output: nn.Module,
        last: nn.Module,
        first: nn.Linear | None = None,
        backwards: bool = False,
    ):
        super().__init__()
        self.first, self.layers, self.last = first, nn.ModuleList(layers), last
        self.drop_layer, self.drop_output = drop_layer, drop_output
        self.backwards = backwards

    def forward(self, values: Tensor) -> Tensor:
        """Word vectors (T, B, D), in the order of reading, to what the next words are predicted from (T, B, E)."""
        if self.first is not None:
            values = self.first(self._widened(values, self.first.in_features))
        for number, layer in enumerate(self.layers):
            values = self.drop_layer(values) if number else values
            values, _ = layer(self._widened(values, layer.input_size))
        return self.last(self.drop_output(values))

    def _widened(self, values: Tensor, width: int) -> Tensor:
        lacking = width - values.shape[-1]
        return F.pad(values, (lacking, 0) if self.backwards else (0, lacking))


class LanguageModel(nn.Module):
    """Predicts each word of a sentence from those before it; with a second reader, also from those after it.

    Both readers share word vectors and projection (Peters et al. 2018, section 3.1). What reads backwards begins with
    the end marker, as the encoder does.

    Args:
        settings: the variant's; of its regularisation the two penalties are the translation's alone.
        embedding: (V, D); projection: E to V.
    """

    def __init__(
        self,
        settings: Translation,
        embedding: nn.Embedding,
        projection: nn.Linear,
        readers: Sequence[Reader],
        drop_words: nn.Module,
        drop_embedding: nn.Module,
    ):
        super().__init__()
        self.settings = settings
        self.embedding, self.projection, self.readers = embedding, projection, nn.ModuleList(readers)
        self.drop_words, self.drop_embedding = drop_words, drop_embedding

    def states(self, batch: Batch) -> list[tuple[Tensor, Tensor]]:
        """By reader, what words are predicted from (T, B, E) and the words (T, B); `source` is the target backwards."""
        read = []
        for reader, words in zip(self.readers, (batch.target, batch.source), strict=False):
            before = torch.cat((torch.full_like(words[:1], BOS), words[:-1]))
            read.append((reader(self.drop_embedding(self.drop_words(before, self.embedding))), words))
        return read

    def loss(self, batch: Batch) -> Tensor:
        """Mean cross-entropy of the batch's real tokens and all readers, for training."""
        regularise.begin(self)
        real = _real(batch)
        total = len(self.readers) * int(batch.target_lengths.sum())
        entropy = linear_cross_entropy(self.projection.weight, self.projection.bias, 1 / total)
        for states, words in self.states(batch):
            entropy.later(states[real], words[real])
        return entropy.total()

    @torch.no_grad()
    def nats(self, batch: Batch) -> Tensor:
        """Negative log-likelihood of each sentence, by reader: (1 or 2, B), on the CPU (call in eval mode)."""
        entropy = linear_cross_entropy(self.projection.weight, self.projection.bias, 1.0)
        losses = [
            torch.stack([entropy.now(state, word)[0] for state, word in zip(states, words, strict=True)])
            for states, words in self.states(batch)
        ]
        return (torch.stack(losses).double() * _real(batch)).sum(dim=1).cpu()


def _real(batch: Batch) -> Tensor:
    """(T, B) true at real tokens."""
    mask = torch.arange(len(batch.target)).unsqueeze(1) < batch.target_lengths
    return mask.to(batch.target.device)


def of_target(model: Seq2Seq, settings: Translation, attention: bool = False) -> LanguageModel:
    """The language model in the decoder: its word vectors, layers and projection; where it has attention, the join too.

    Args:
        attention: over the model's own earlier states, which no translation model has.
    """
    decoder, size = model.decoder, model.embedding.embedding_dim
    last = EarlierStates(size, settings.activation) if attention else nn.Identity()
    reader = Reader(decoder.layers, decoder.drop_layer, decoder.drop_output, last, decoder.join)
    return LanguageModel(settings, model.embedding, model.projection, [reader], model.drop_words, nn.Identity())


def of_source(model: Seq2Seq, settings: Translation) -> LanguageModel:
    """The language model in the encoder: its word vectors and layers, in as many directions as it reads in.

    What predicts the words is its own and is left behind: a linear map to the size of word vectors for each reader, and
    a projection, which where the variant ties its weights has those of the word vectors.
    """
    encoder, words = model.encoder, model.encoder.embedding
    readers = [
        Reader(
            [directions[way] for directions in encoder.layers if way < len(directions)],
            encoder.drop_layer,
            Dropout(settings.dropout_output),
            nn.Linear(settings.hidden, words.embedding_dim, bias=False),
            backwards=bool(way),
        )
        for way in range(len(encoder.layers[0]))
    ]
    projection = nn.Linear(words.embedding_dim, words.num_embeddings)
    if settings.tied:
        projection.weight = words.weight
    return LanguageModel(settings, words, projection, readers, encoder.drop_words, encoder.drop_embedding)
