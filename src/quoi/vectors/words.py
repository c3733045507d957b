"""The word vectors that a search may name: written once, and opened in a tenth of a second."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from quoi.io.arrays import mapped
from quoi.io.tables import read_table

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
class Words:
    """Words with a vector each, the most frequent first. The vectors are mapped, not read."""

    names: Any
    """pyarrow array of strings, in one chunk."""
    vectors: np.ndarray
    """float32 (words, dimensions)."""

    @classmethod
    def open(cls, folder: Path) -> Words:
        """Open what `write` has written.

        Raises:
            QuoiError: a file is absent or damaged.
        """
        names = read_table(Path(folder) / NAMES, ["word"]).column("word").combine_chunks()
        return cls(names, mapped(Path(folder) / VECTORS))

    def __len__(self) -> int:
        return len(self.names)

    def vector(self, word: str) -> np.ndarray | None:
        """float32 (dimensions,) of a word as it is given, else in lower case; None where neither is known."""
        row = self.row(word)
        if row is None and word != word.lower():
            row = self.row(word.lower())
        return None if row is None else np.array(self.vectors[row])

    def row(self, word: str) -> int | None:
        """Where a word stands, 0 for the most frequent one; None where it is not known as it is given.

        A scan over the letters of all words: for a few words that is faster than making a table of them.
        """
        letters = word.encode("utf-8", "surrogatepass")
        starts = self._offsets[:-1]
        rows = np.flatnonzero(np.diff(self._offsets) == len(letters))
        for place, letter in enumerate(letters):
            rows = rows[self._letters[starts[rows] + place] == letter]
        return int(rows[0]) if len(rows) else None

    def spellings(self, word: str, count: int = 3) -> list[str]:
        """The known words that are spelled most alike: no more than one edit away, or two for a word of five letters.

        An edit puts in, takes out or replaces a letter, or swaps two neighbours (optimal string alignment). The fewer
        edits the better; then, the more frequent. Upper and lower case count as in the word, or as in lower case.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        edits = 1 if len(word) < 5 else 2
        rows = np.flatnonzero(np.abs(self._lengths - len(word)) <= edits)
        # pyarrow's own `take` would import pandas, which takes half a second.
        letters, starts, ends = self._letters.tobytes(), self._offsets[rows], self._offsets[rows + 1]
        choices = [letters[start:end].decode() for start, end in zip(starts, ends, strict=True)]
        edits_of: dict[int, int] = {}
        for spelling in dict.fromkeys((word, word.lower())):
            for _, distance, place in process.extract(
                spelling, choices, scorer=OSA.distance, score_cutoff=edits, limit=None
            ):
                edits_of[place] = min(distance, edits_of.get(place, distance))
        return [choices[place] for place in sorted(edits_of, key=lambda place: (edits_of[place], place))[:count]]

    @cached_property
    def _offsets(self) -> np.ndarray:
        """int32 (words + 1,): where in `_letters` each word begins, and the last one ends."""
        return np.frombuffer(self.names.buffers()[1], np.int32)[self.names.offset :][: len(self) + 1]

    @cached_property
    def _letters(self) -> np.ndarray:
        return np.frombuffer(self.names.buffers()[2] or b"", np.uint8)

    @cached_property
    def _lengths(self) -> np.ndarray:
        """int32 (words,) characters: the bytes of UTF-8 that do not go on with one."""
        before = np.zeros(len(self._letters) + 1, dtype=np.int32)
        np.cumsum((self._letters & 0xC0) != 0x80, dtype=np.int32, out=before[1:])
        return np.diff(before[self._offsets])
