"""data/labels: the labels of the pictures and the nouns, with the words of each and its place in word space."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from quoi.io.arrays import read_tensors
from quoi.io.files import read_json
from quoi.io.tables import read_table

LABELS, NOUNS, VECTORS, SOURCE = "labels.parquet", "nouns.parquet", "vectors.safetensors", "source.json"


@dataclass(frozen=True)
class LabelRows:
    """The labels, or the nouns. What is asked for is read then, and kept."""

    folder: Path
    file: str
    tensor: str

    @cached_property
    def table(self) -> Any:
        """pyarrow table: `label` and `missed` (labels only), `synset`, `lemmas`, `words`, `found`.

        Raises:
            QuoiError: the file is absent or damaged.
        """
        return read_table(self.folder / self.file)

    def __len__(self) -> int:
        return self.table.num_rows

    @cached_property
    def names(self) -> list[str]:
        """What each is called: the label, or the most usual lemma of a noun."""
        if "label" in self.table.column_names:
            return self.table.column("label").to_pylist()
        return [lemmas[0] for lemmas in self.table.column("lemmas").to_pylist()]

    @cached_property
    def synsets(self) -> list[str | None]:
        """n02084071; None for a label that is no noun's lemma."""
        return self.table.column("synset").to_pylist()

    @cached_property
    def found(self) -> np.ndarray:
        """bool (rows,): whether there is a vector."""
        # By way of a list: pyarrow's own conversion would import pandas, which takes half a second.
        return np.array(self.table.column("found").to_pylist(), dtype=bool)

    @cached_property
    def vectors(self) -> np.ndarray:
        """float32 (rows, dimensions), the mean of the vectors of the words; zeros where `found` is False.

        Raises:
            QuoiError: the file is absent or damaged.
        """
        return read_tensors(self.folder / VECTORS, "word vectors", [self.tensor])[self.tensor]


@dataclass(frozen=True)
class LabelTables:
    """What the stage label_vectors has written."""

    labels: LabelRows
    nouns: LabelRows
    source: dict[str, Any]
    """`vectors` and `nouns`: where each is from, its digest and licence."""

    @classmethod
    def open(cls, folder: Path) -> LabelTables:
        """Open data/labels; tables and vectors are read when they are asked for.

        Raises:
            QuoiError: source.json is absent or damaged.
        """
        folder = Path(folder)
        return cls(LabelRows(folder, LABELS, "labels"), LabelRows(folder, NOUNS, "nouns"), read_json(folder / SOURCE))
