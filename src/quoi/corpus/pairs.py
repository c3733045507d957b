"""Sentences as ids, pairs of them or of one language: flat arrays and offsets, in a file that cannot carry code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from quoi.io.arrays import read_tensors
from quoi.io.files import replacing
from quoi.params.languages import Side


@dataclass(frozen=True, eq=False)
class Pairs:
    """n sentence pairs as ids, and which of them are for validation."""

    source: np.ndarray
    """int32 (words,): the ids of all source sentences, one after the other."""
    source_offsets: np.ndarray
    """int64 (n + 1,): sentence i is `source[source_offsets[i]:source_offsets[i + 1]]`."""
    target: np.ndarray
    target_offsets: np.ndarray
    row: np.ndarray
    """int64 (n,): the row of each pair in the table of questions."""
    validation: np.ndarray
    """bool (n,)."""

    @classmethod
    def of(
        cls, source: Sequence[Sequence[int]], target: Sequence[Sequence[int]], row: np.ndarray, validation: np.ndarray
    ) -> Pairs:
        """Pairs from n lists of ids of either side, int (n,) rows and bool (n,) validation."""
        ids = *_flat(source), *_flat(target)
        return cls(*ids, np.asarray(row, dtype=np.int64), np.asarray(validation, dtype=np.bool_))

    def __len__(self) -> int:
        return len(self.row)

    def sentences(self, side: Side) -> list[np.ndarray]:
        """The n sentences of a side, each int32 (length,), end marker included unless it was cut off."""
        return _split(getattr(self, side), getattr(self, f"{side}_offsets"))

    @property
    def training(self) -> np.ndarray:
        """int64 (n_training,): indices of the pairs to train on."""
        return np.flatnonzero(~self.validation)

    @property
    def validation_indices(self) -> np.ndarray:
        """int64 (n_validation,): indices of the held-out pairs."""
        return np.flatnonzero(self.validation)

    def save(self, path: Path) -> None:
        """Write one safetensors file; the same pairs give the same bytes."""
        _save(path, vars(self))

    @classmethod
    def load(cls, path: Path) -> Pairs:
        """Read what `save` wrote.

        Raises:
            QuoiError: the file is absent, damaged, or lacks an array.
        """
        return cls(**read_tensors(path, "sentence pairs", cls.__dataclass_fields__))


def save_sentences(path: Path, sentences: Sequence[Sequence[int]]) -> None:
    """Write sentences of one language, each as ids; the same sentences give the same bytes."""
    _save(path, dict(zip(("ids", "offsets"), _flat(sentences), strict=True)))


def load_sentences(path: Path) -> list[np.ndarray]:
    """What `save_sentences` wrote, each int32 (length,).

    Raises:
        QuoiError: the file is absent or damaged.
    """
    return _split(*read_tensors(path, "sentences", ("ids", "offsets")).values())


def _flat(sentences: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    """All ids one after the other, int32 (words,), and where each sentence begins and the last ends, int64 (n + 1,)."""
    lengths = np.cumsum([len(ids) for ids in sentences], dtype=np.int64)
    return np.array([number for ids in sentences for number in ids], dtype=np.int32), np.insert(lengths, 0, 0)


def _split(ids: np.ndarray, offsets: np.ndarray) -> list[np.ndarray]:
    return np.split(ids, offsets[1:-1]) if len(offsets) > 1 else []


def _save(path: Path, arrays: dict[str, np.ndarray]) -> None:
    from safetensors.numpy import save_file

    with replacing(path) as partial:
        save_file(arrays, partial)
