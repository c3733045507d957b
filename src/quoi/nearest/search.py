"""Searching pictures, classes and nouns: by an expression of words, or by pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from quoi.io.errors import QuoiError
from quoi.io.files import read_json
from quoi.nearest.catalogue import Catalogue
from quoi.nearest.expressions import evaluate, weights
from quoi.nearest.index import Index, normalised

if TYPE_CHECKING:
    from PIL.Image import Image

    from quoi.images.archive import PictureArchive
    from quoi.vectors.words import SearchWords


@dataclass(frozen=True)
class Hit:
    """A neighbour: its row in the table of its kind, what it is called there (`catalogue.COLUMNS`), and its cosine."""

    rank: int
    name: str
    similarity: float
    row: int
    label: str | None = None
    synset: str | None = None
    file: str | None = None


class Searcher:
    """What `dvc repro` has built, ready to be asked. Nothing is read before it is needed, and nothing twice."""

    def __init__(self, root: Path | str = ".") -> None:
        self.catalogue = Catalogue(Path(root))
        self._indexes: dict[str, Index] = {}

    def index(self, kind: str) -> Index:
        """The index of `images`, `classes` or `nouns`, checked against the model and the table that are here now.

        Raises:
            QuoiError: it is absent, damaged, or built from another model or table.
        """
        if kind not in self._indexes:
            folder = self.catalogue.root / "indexes" / kind
            self._indexes[kind] = Index.open(folder, self.catalogue.origin(kind))
        return self._indexes[kind]

    @cached_property
    def words(self) -> SearchWords:
        """The word vectors that an expression may name."""
        from quoi.vectors.words import SearchWords

        return SearchWords.open(self.catalogue.root / "data/labels")

    @cached_property
    def images(self) -> PictureArchive:
        """The pictures themselves."""
        from quoi.images.archive import PictureArchive

        return PictureArchive.open(self.catalogue.root / "data/images")

    def expression(self, text: str) -> np.ndarray:
        """The place of an expression in the model's space: float32 [d], of length 1.

        Arithmetic is done as if every word were centred: `engine + boat` has the direction of `(engine + boat) / 2`.

        Raises:
            QuoiError: it cannot be read or calculated, a word has no vector, or nothing is left.
        """
        factors = weights(text)
        raw = evaluate(factors, self.words.vector, self.words.spellings)
        space = self.catalogue.space
        with np.errstate(over="ignore"):
            moved = raw + float(1 - sum(factors.values())) * space.centre
            placed = space.apply(moved[None].astype(np.float32))
        units, nonzero = normalised(placed)
        if not nonzero[0] or not np.isfinite(units).all():
            raise QuoiError("This expression has no direction in the model's space: it has no neighbours.")
        return units[0]

    def picture(self, path: Path) -> Image:
        """A picture to search by, prepared as the data set's: RGB, upright, scaled down.

        Raises:
            QuoiError: it is absent or unreadable.
        """
        from quoi.images.archive import NOTE
        from quoi.images.convert import Limits, read_picture

        return read_picture(path, Limits(**read_json(self.catalogue.root / "data/images" / NOTE)["limits"]))

    def pictures(self, paths: Sequence[Path]) -> np.ndarray:
        """The places that the model gives to pictures: float32 [n, d], each of length 1. Imports torch.

        Raises:
            QuoiError: a picture is absent or unreadable, or the model is.
        """
        pictures = [self.picture(path) for path in paths]
        from quoi.devise.predict import predict_pictures

        return predict_pictures(pictures, self.catalogue.root / "models/devise")

    def nearest(self, kind: str, vector: np.ndarray, top: int = 10) -> list[Hit]:
        """The rows of an index nearest to a vector [d] of the model's space, nearest first; all where `top` is more.

        Raises:
            QuoiError: the index is absent, damaged, of another model, or empty.
        """
        index = self.index(kind)
        if not len(index):
            raise QuoiError(f"There are no {kind} to find: none of {len(index.point_of):,} has a vector.")
        ((rows, cosines),) = index.neighbours(vector, top)
        entries = self.catalogue.entries(kind, rows.tolist())
        return [
            Hit(rank, similarity=float(cosine), row=int(row), **entry)
            for rank, (entry, row, cosine) in enumerate(zip(entries, rows, cosines, strict=True), start=1)
        ]
