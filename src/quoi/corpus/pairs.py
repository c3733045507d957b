"""Sentence pairs as ids: a flat array and offsets for each language, in one file that cannot carry code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from quoi.io.arrays import read_tensors
from quoi.io.files import replacing


@dataclass(frozen=True, eq=False)
class Pairs:
    """n sentence pairs as ids, and which of them are for validation."""

    en: np.ndarray
    """int32 (words,): the ids of all English sentences, one after the other."""
    en_offsets: np.ndarray
    """int64 (n + 1,): sentence i is `en[en_offsets[i]:en_offsets[i + 1]]`."""
    fr: np.ndarray
    fr_offsets: np.ndarray
    row: np.ndarray
    """int64 (n,): the row of each pair in the table of questions."""
    validation: np.ndarray
    """bool (n,)."""

    @classmethod
    def of(
        cls, en: Sequence[Sequence[int]], fr: Sequence[Sequence[int]], row: np.ndarray, validation: np.ndarray
    ) -> Pairs:
        """Pairs from n lists of ids of either language, int (n,) rows and bool (n,) validation."""
        flat = [
            array
            for side in (en, fr)
            for array in (
                np.array([number for ids in side for number in ids], dtype=np.int32),
                np.concatenate([[0], np.cumsum([len(ids) for ids in side], dtype=np.int64)]).astype(np.int64),
            )
        ]
        return cls(*flat, np.asarray(row, dtype=np.int64), np.asarray(validation, dtype=np.bool_))

    def __len__(self) -> int:
        return len(self.row)

    def sentences(self, language: str) -> list[np.ndarray]:
        """The n sentences of `en` or `fr`, each int32 (length,), end marker included unless it was cut off."""
        offsets = getattr(self, f"{language}_offsets")
        return np.split(getattr(self, language), offsets[1:-1]) if len(self) else []

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
        from safetensors.numpy import save_file

        with replacing(path) as partial:
            save_file(vars(self), partial)

    @classmethod
    def load(cls, path: Path) -> Pairs:
        """Read what `save` wrote.

        Raises:
            QuoiError: the file is absent, damaged, or lacks an array.
        """
        return cls(**read_tensors(path, "sentence pairs", cls.__dataclass_fields__))
