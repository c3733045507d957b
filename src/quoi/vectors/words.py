"""The word vectors that a search may name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from quoi.io.arrays import mapped
from quoi.io.tables import read_columns

NAMES, VECTORS = "words.parquet", "words.npy"


def write(folder: Path, pieces: Iterable[tuple[list[str], np.ndarray]], dimensions: int) -> int:
    """Write words.parquet (column `word`) and words.npy, float32 (words, dimensions), and return how many words.

    The vectors go to the disk piece by piece, so that they need not fit into memory.

    Args:
        pieces: different words, the most frequent first, and float32 (words of the piece, dimensions).
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    words: list[str] = []
    with (folder / VECTORS).open("wb") as file:
        _write_header(file, 0, dimensions)
        for names, vectors in pieces:
            words += names
            file.write(np.ascontiguousarray(vectors, dtype="<f4"))
        file.seek(0)
        # numpy leaves room in a header for the number of rows to grow.
        _write_header(file, len(words), dimensions)
    table = pa.table({"word": pa.array(words, pa.string())})
    pq.write_table(table, folder / NAMES, compression="none", use_dictionary=False)
    return len(words)


def _write_header(file: BinaryIO, words: int, dimensions: int) -> None:
    kind = {"descr": "<f4", "fortran_order": False, "shape": (words, dimensions)}
    np.lib.format.write_array_header_1_0(file, kind)


@dataclass(frozen=True)
class SearchWords:
    """Words with a vector each. The vectors are mapped, not read."""

    rows: dict[str, int]
    """Where each word stands: 0 for the most frequent one."""
    vectors: np.ndarray
    """float32 (words, dimensions)."""

    @classmethod
    def open(cls, folder: Path) -> SearchWords:
        """Open what `write` has written.

        Raises:
            QuoiError: a file is absent or damaged.
        """
        (names,) = read_columns(Path(folder) / NAMES, ["word"])
        return cls({word: row for row, word in enumerate(names)}, mapped(Path(folder) / VECTORS))

    def __len__(self) -> int:
        return len(self.rows)

    def vector(self, word: str) -> np.ndarray | None:
        """float32 (dimensions,) of a word as it is given, else in lower case; None where neither is known."""
        row = self.rows.get(word, self.rows.get(word.lower()))
        return None if row is None else np.array(self.vectors[row])

    def spellings(self, word: str, count: int = 3) -> list[str]:
        """The known words that are spelled most alike: no more than one edit away, or two for a word of five letters.

        An edit puts in, takes out or replaces a letter, or swaps two neighbours (optimal string alignment). The fewer
        edits the better; then, the more frequent. Upper and lower case are the same.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        found = process.extract(
            word,
            list(self.rows),
            scorer=OSA.distance,
            processor=str.lower,
            score_cutoff=1 if len(word) < 5 else 2,
            limit=count,
        )
        return [name for name, _, _ in found]
