"""What can be searched: pictures, their classes, all nouns. Where the vectors of each are, and what a row is called."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from quoi.io.arrays import mapped
from quoi.io.errors import QuoiError, absent
from quoi.io.tables import read_table

if TYPE_CHECKING:
    from quoi.vectors.labels import LabelRows, LabelTables

_TABLES = {
    "images": "data/images/images.parquet",
    "classes": "data/labels/labels.parquet",
    "nouns": "data/labels/nouns.parquet",
}
KINDS = tuple(_TABLES)
COLUMNS = ("name", "label", "synset", "file")
"""What a row is called: a picture's name, class, synset and member of images.zip; a label or a noun's lemmas, and its
synset."""


@dataclass(frozen=True)
class Catalogue:
    """The repository's data and model; each is read when it is asked for, and kept."""

    root: Path = Path()

    def origin(self, kind: str) -> dict[str, str]:
        """What an index is built from: SHA-256 of the model's description and of the table whose rows it finds."""
        return {name: _digest(self.root / name) for name in ("models/devise/model.json", _TABLES[kind])}

    def vectors(self, kind: str) -> np.ndarray:
        """What an index is built from, in the model's space: float32 [rows, d], zeros where a row has no vector.

        Raises:
            QuoiError: a file is absent or damaged, or model and pictures do not fit together.
        """
        if kind == "images":
            path, pictures = self.root / "models/devise/predictions.npy", len(self._pictures)
            vectors = mapped(path)
            if len(vectors) != pictures:
                raise QuoiError(f"{path} is not of the {pictures:,} pictures in data/images: run `dvc repro`.")
            return vectors
        rows = self._rows(kind)
        # The space is centred: a row of zeros, which means no vector, would be given one.
        placed = self.space.apply(rows.vectors[rows.found])
        vectors = np.zeros((len(rows), placed.shape[1]), dtype=np.float32)
        vectors[rows.found] = placed
        return vectors

    def entries(self, kind: str, rows: Sequence[int]) -> list[dict[str, str | None]]:
        """What some rows are called, by COLUMNS."""
        # One cell after the other: `Table.take` would import pandas, a fifth of a second.
        if kind == "images":
            columns = {name: self._pictures.column(name) for name in COLUMNS}
            return [{name: column[row].as_py() for name, column in columns.items()} for row in rows]
        table = self._rows(kind).table
        names, synsets = table.column("label" if kind == "classes" else "lemmas"), table.column("synset")
        called = [names[row].as_py() if kind == "classes" else ", ".join(names[row].as_py()) for row in rows]
        return [{"name": name, "synset": synsets[row].as_py()} for row, name in zip(rows, called, strict=True)]

    @cached_property
    def labels(self) -> LabelTables:
        """The classes and the nouns."""
        from quoi.vectors.labels import LabelTables

        return LabelTables.open(self.root / "data/labels")

    @cached_property
    def space(self) -> Any:
        """From word vectors to the space of the model's predictions."""
        from quoi.devise.space import Space

        return Space.load(self.root / "models/devise/space.safetensors")

    @cached_property
    def _pictures(self) -> Any:
        """The pictures' table alone: opening them too would double the time that a search takes."""
        return read_table(self.root / _TABLES["images"], COLUMNS)

    def _rows(self, kind: str) -> LabelRows:
        return self.labels.labels if kind == "classes" else self.labels.nouns


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        raise absent(path) from None
