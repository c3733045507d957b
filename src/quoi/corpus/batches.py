"""Sentences of ids grouped into padded batches: sortish for training, sorted for validation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from quoi.corpus.vocabulary import PAD

SORTISH_CHUNK = 50
"""Batches in a chunk that is sorted by length: long enough to save padding, short enough to keep chance."""


@dataclass(frozen=True)
class Batch:
    """Padded sentences, time first, padding at the end.

    The sentences are in falling order of target length, so that those still active at any step are the first ones.

    Attributes:
        source: (S, B) ids; target: (T, B) ids.
        source_lengths, target_lengths: (B,) on the CPU, where loops read them.
        rows: (B,) which sentence of the data each column is, on the CPU.
    """

    source: Tensor
    target: Tensor
    source_lengths: Tensor
    target_lengths: Tensor
    rows: Tensor

    def __len__(self) -> int:
        return self.source.shape[1]

    @property
    def tokens(self) -> int:
        """Real tokens of both sides: the unit of training speed."""
        return int(self.source_lengths.sum() + self.target_lengths.sum())

    def to(self, device: torch.device | str, non_blocking: bool = False) -> Batch:
        """The same batch with its ids on `device`; lengths and rows stay on the CPU."""
        return replace(
            self,
            source=self.source.to(device, non_blocking=non_blocking),
            target=self.target.to(device, non_blocking=non_blocking),
        )


def collate(sources: Sequence[np.ndarray], targets: Sequence[np.ndarray], rows: Sequence[int]) -> Batch:
    """Pad the sentences `rows` of both sides into one batch.

    Args:
        sources, targets: all sentences as arrays of ids, each int (length,); both sides of one are at the same index.
        rows: indices of the sentences of this batch, in any order.
    """
    rows = sorted(rows, key=lambda row: (-len(targets[row]), -len(sources[row]), row))
    source, source_lengths = pad([sources[row] for row in rows])
    target, target_lengths = pad([targets[row] for row in rows])
    return Batch(source, target, source_lengths, target_lengths, torch.tensor(rows))


def pad(sentences: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
    """B sentences of ids, each int (length,), to int64 (longest, B), padding at the end, and their lengths (B,)."""
    lengths = torch.tensor([len(sentence) for sentence in sentences])
    padded = np.full((int(lengths.max()), len(sentences)), PAD, dtype=np.int64)
    for column, sentence in enumerate(sentences):
        padded[: len(sentence), column] = sentence
    return torch.from_numpy(padded), lengths


def sort_keys(sources: Sequence[np.ndarray], targets: Sequence[np.ndarray]) -> np.ndarray:
    """(n,) what batches are sorted by: the target's length, as in the lesson, and among equals the source's."""
    lengths = np.array([[len(source), len(target)] for source, target in zip(sources, targets, strict=True)])
    return lengths[:, 1] * (lengths[:, 0].max() + 1) + lengths[:, 0]


def sortish(lengths: np.ndarray, size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Batches of similar lengths in random order: shuffle, sort within chunks of 50 batches, shuffle the batches.

    The batch with the longest sentence comes first, so that memory runs out at once or never.

    Args:
        lengths: (n,) length of every sentence, or `sort_keys`.

    Returns:
        int arrays of `size` rows, one perhaps of fewer, that together hold 0 .. n-1 exactly once.
    """
    order = rng.permutation(len(lengths))
    chunks = [order[i : i + size * SORTISH_CHUNK] for i in range(0, len(order), size * SORTISH_CHUNK)]
    order = np.concatenate([chunk[np.argsort(-lengths[chunk], kind="stable")] for chunk in chunks])
    batches = [order[i : i + size] for i in range(0, len(order), size)]
    longest = int(np.argmax([lengths[batch].max() for batch in batches]))
    first = batches.pop(longest)
    return [first, *(batches[i] for i in rng.permutation(len(batches)))]


def by_length(lengths: np.ndarray, size: int) -> list[np.ndarray]:
    """Batches of `size` rows in falling order of lengths (n,): the least padding, always the same."""
    order = np.argsort(-lengths, kind="stable")
    return [order[i : i + size] for i in range(0, len(order), size)]


class Loader:
    """Padded batches as Lightning takes them, of all sentences (each int (length,)) and the rows of each batch."""

    def __init__(self, sources: Sequence[np.ndarray], targets: Sequence[np.ndarray], batches: Sequence[Sequence[int]]):
        self.sources, self.targets, self.batches = sources, targets, batches

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[Batch]:
        for rows in self.batches:
            yield collate(self.sources, self.targets, [int(row) for row in rows])
