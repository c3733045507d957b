"""Two models translate together: each proposes, both score, the best on average is taken (Liu et al. 2016, section 3).

Where the second model writes from the sentence's end to its beginning, each is good where the other has come far.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from quoi.corpus.batches import pad
from quoi.corpus.vocabulary import BOS, EOS
from quoi.translation import search
from quoi.translation.inputs import Data
from quoi.translation.model import Seq2Seq

Texts = list[list[list[int]]]
"""Of each sentence of a batch some translations, as ids in reading order."""


@dataclass(frozen=True)
class Writer:
    """A model, and whether it writes backwards."""

    model: Seq2Seq
    backward: bool = False

    def candidates(self, source: Tensor, lengths: Tensor, max_length: int, size: int, length_exponent: float) -> Texts:
        """What its beam search finds, best first; arguments as of `search.beam`."""
        found = search.n_best(self.model, source, lengths, max_length, size, length_exponent)
        return [self._turned(texts) for texts in found]

    @torch.no_grad()
    def scores(self, source: Tensor, lengths: Tensor, texts: Texts, length_exponent: float) -> list[Tensor]:
        """Log-probability / length ** length_exponent of each translation, by sentence; source (S, B), lengths (B,)."""
        rows = torch.tensor([row for row, each in enumerate(texts) for _ in each], device=source.device)
        state, memory = self.model.encode(source, lengths)
        state, memory = tuple(part[rows] for part in state), memory and memory.select(rows)
        target, sizes = pad([np.array(ids) for each in texts for ids in self._turned(each)])
        target, sizes = target.to(source.device), sizes.to(source.device)
        words, total = torch.full_like(target[0], BOS), torch.zeros(len(rows), device=source.device)
        for t, following in enumerate(target):
            logits, state, _ = self.model.step(words, state, memory)
            logits[:, search.NEVER] = -torch.inf
            chosen = logits.gather(1, following.unsqueeze(1)).squeeze(1) - logits.logsumexp(dim=1)
            total += torch.where(t < sizes, chosen, 0)
            words = following
        return list((total / sizes**length_exponent).split([len(each) for each in texts]))

    def _turned(self, texts: list[list[int]]) -> list[list[int]]:
        return [turned(ids) for ids in texts] if self.backward else texts


def beam(
    writers: Sequence[Writer], source: Tensor, lengths: Tensor, max_length: int, size: int, length_exponent: float = 1.0
) -> list[list[int]]:
    """Of all that the writers' beam searches find, the translation of the best mean score; as `search.beam` else."""
    found = [writer.candidates(source, lengths, max_length, size, length_exponent) for writer in writers]
    texts = [_distinct(ids for each in proposed for ids in each) for proposed in zip(*found, strict=True)]
    scored = [writer.scores(source, lengths, texts, length_exponent) for writer in writers]
    means = [torch.stack(each).mean(dim=0) for each in zip(*scored, strict=True)]
    return [each[int(mean.argmax())] for each, mean in zip(texts, means, strict=True)]


def _distinct(texts: Iterable[list[int]]) -> list[list[int]]:
    return list({tuple(ids): ids for ids in texts}.values())


def turned(ids: list[int]) -> list[int]:
    """The words in reverse; the end marker, where there is one, stays last."""
    end = ids[-1:] if ids[-1:] == [EOS] else []
    return ids[: len(ids) - len(end)][::-1] + end


def backwards(data: Data) -> Data:
    """The same sentences, with every target from its end to its beginning."""
    return replace(data, targets=[np.array(turned(target.tolist()), target.dtype) for target in data.targets])
