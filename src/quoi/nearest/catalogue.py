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
from quoi.nearest.index import Index

if TYPE_CHECKING:
    from quoi.vectors.labels import Labels, Rows

_TABLES = {
    "images": "data/images/images.parquet",
    "classes": "data/labels/labels.parquet",
    "nouns": "data/labels/nouns.parquet",
}
KINDS = tuple(_TABLES)
_PICTURE = ("name", "label", "synset", "file")


@dataclass(frozen=True)
class Entry:
    """A row that can be found."""

    name: str
    """A picture's name, a label, or a noun's lemmas."""
    label: str | None
    """A picture's class; None of classes and nouns."""
    synset: str | None
    file: str | None
    """A picture's member of images.zip."""


@dataclass(frozen=True)
class Catalogue:
    """The repository's data, model and indexes; each is read when it is asked for, and kept."""

    root: Path = Path()

    def index(self, kind: str) -> Index:
        """One of the three indexes, checked against the model and the table that are here now.

        Raises:
            QuoiError: it is absent, damaged, or built from another model or table.
        """
        return Index.open(self.root / "indexes" / kind, self.origin(kind))

    def origin(self, kind: str) -> dict[str, str]:
        """What an index is built from: SHA-256 of the model's description and of the table whose rows it finds."""
        return {name: _digest(self.root / name) for name in ("models/devise/model.json", _TABLES[kind])}

    def vectors(self, kind: str) -> np.ndarray:
        """What an index is built from, in the model's space: float32 [rows, d], zeros where a row has no vector.

        Raises:
            QuoiError: a file is absent or damaged, or model and data do not fit together.
        """
        if kind == "images":
            path = self.root / "models/devise/predictions.npy"
            try:
                vectors = mapped(path)
            except FileNotFoundError:
                raise absent(path) from None
            except (OSError, ValueError) as error:
                raise QuoiError(f"{path} is damaged ({error}): run `dvc repro`.") from None
            if vectors.ndim != 2 or len(vectors) != len(self._pictures):
                raise QuoiError(
                    f"{path} is not of the {len(self._pictures):,} pictures in data/images: run `dvc repro`."
                )
            return vectors
        rows = self._rows(kind)
        found = rows.found
        # The space is centred: a row of zeros, which means no vector, would be given one.
        placed = self.space.apply(rows.vectors[found])
        vectors = np.zeros((len(found), placed.shape[1]), dtype=np.float32)
        vectors[found] = placed
        return vectors

    def entries(self, kind: str, rows: Sequence[int]) -> list[Entry]:
        """What some rows are called."""
        # One cell after the other: `Table.take` would import pandas, a fifth of a second.
        if kind == "images":
            columns = [self._pictures.column(name) for name in _PICTURE]
            return [Entry(*(column[row].as_py() for column in columns)) for row in rows]
        table, classes = self._rows(kind).table, kind == "classes"
        names, synsets = table.column("label" if classes else "lemmas"), table.column("synset")
        called = (names[row].as_py() for row in rows)
        return [
            Entry(name if classes else ", ".join(name), None, synsets[row].as_py(), None)
            for row, name in zip(rows, called, strict=True)
        ]

    @cached_property
    def labels(self) -> Labels:
        """The classes and the nouns."""
        from quoi.vectors.labels import Labels

        return Labels.open(self.root / "data/labels")

    @cached_property
    def space(self) -> Any:
        """From word vectors to the space of the model's predictions."""
        from quoi.devise.space import Space

        return Space.load(self.root / "models/devise/space.safetensors")

    @cached_property
    def _pictures(self) -> Any:
        """The pictures' table alone: opening them too would double the time that a search takes."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self.root / _TABLES["images"]
        try:
            return pq.ParquetFile(path).read(columns=list(_PICTURE)).select(_PICTURE)
        except FileNotFoundError:
            raise absent(path) from None
        except (KeyError, OSError, pa.ArrowException) as error:
            raise QuoiError(f"{path} is damaged or has no columns {', '.join(_PICTURE)} ({error}).") from None

    def _rows(self, kind: str) -> Rows:
        return self.labels.labels if kind == "classes" else self.labels.nouns


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise absent(path) from None
