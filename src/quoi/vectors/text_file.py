"""Word vectors in text, one `WORD NUMBER NUMBER …` a line: fastText's .vec files and GloVe's.

The file is streamed: only the numbers of the words asked for are read, of all other rows the columns are counted. A
.vec file begins with a line `WORDS DIMENSIONS`, and that many rows must follow. GloVe's have no such line.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
from rich.filesize import decimal

from quoi.corpus.lines import OnBad, line_blocks
from quoi.corpus.slices import FileSlice
from quoi.io.errors import QuoiError
from quoi.io.progress import bar
from quoi.vectors.table import WordVectors, WordVectorSource

_HEADER = re.compile(rb"(\d{1,18}) (\d{1,9}) ?\r?")
_DIGITS = b"0123456789+-.eE "
_FIRST = 3
"""GloVe's dimensions are learnt from one of so many lines."""

_Rows = list[tuple[bytes, np.ndarray]]


class BadRow(QuoiError):
    """A line that is no word and its vector."""


class TextFile(WordVectorSource):
    """A file of word vectors in text, plain or packed, fastText's (with a `header`) or GloVe's.

    Only the ASCII space separates columns; the one at a line's end, which fastText writes, is none. In GloVe's form a
    word may hold spaces: the last columns are the vector. A bad row (blank, a header once more, another number of
    columns, text in place of a number) is left out and counted, or is an error.
    """

    def __init__(self, path: Path, header: bool, on_bad_row: OnBad = "fail") -> None:
        self.path, self.header, self.on_bad_row = Path(path), header, on_bad_row
        self.dimensions = 0
        self._size = FileSlice(self.path).length()
        self._first_bad: BadRow | None = None

    def __str__(self) -> str:
        return f"{self.path.name}, {decimal(self._size)}"

    def lookup(self, words: Sequence[str]) -> WordVectors:
        """Read the file once for the vectors of some words; of a word that is there twice the first row counts.

        Raises:
            QuoiError: the file is absent, damaged or truncated, of another form, holds no row, not as many as its
                header promises, or more bad rows than good ones; with `fail`, a row is bad. The message gives the line.
        """
        self.repeated = 0
        vector_of: dict[bytes, np.ndarray] = {}
        with bar(f"Reading {self.path.name}", self._size) as advance:
            for rows in self._read({word.encode() for word in words}, advance):
                for word, vector in rows:
                    self.repeated += word in vector_of
                    vector_of.setdefault(word, vector)
        vectors = np.zeros((len(words), self.dimensions), dtype=np.float32)
        found = np.array([word.encode() in vector_of for word in words], dtype=bool)
        for row in np.flatnonzero(found):
            vectors[row] = vector_of[words[row].encode()]
        return WordVectors(vectors, found, np.zeros(len(words), dtype=bool))

    def frequent(self, count: int) -> Iterator[tuple[list[str], np.ndarray]]:
        """As `WordVectorSource.frequent`, reading no further than needed and raising as `lookup`.

        A word that is no valid UTF-8, or came before, is passed over.
        """
        seen: set[str] = set()
        anew = TextFile(self.path, self.header, self.on_bad_row)  # what a look-up has counted stays
        with bar(f"Reading {self.path.name}", count) as advance, closing(anew._read(None)) as blocks:
            for rows in blocks:
                new: dict[str, np.ndarray] = {}
                for word, vector in rows:
                    with suppress(UnicodeDecodeError):
                        if len(seen) < count and (text := word.decode()) not in seen:
                            seen.add(text)
                            new[text] = vector
                if new:
                    yield list(new), np.stack(list(new.values()))
                advance(len(new))
                if len(seen) == count:
                    return

    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation of all numbers of the file, which are all parsed. Raises as `lookup`."""
        count, total, squares = 0, 0.0, 0.0
        with bar(f"Measuring {self.path.name}", self._size) as advance:
            for rows in TextFile(self.path, self.header, self.on_bad_row)._read(None, advance):
                numbers = np.concatenate([vector for _, vector in rows] or [np.zeros(0, dtype=np.float32)])
                count += len(numbers)
                total += numbers.sum(dtype=np.float64)
                squares += np.square(numbers, dtype=np.float64).sum()
        mean = total / count
        return float(mean), float(np.sqrt(max(0.0, squares / count - mean**2)))

    def remark(self) -> str | None:
        """What to say of the rows that the last look-up left out; None where there were none."""
        return f"rows left out: {self.left_out:,}, the first: {self._first_bad}" if self.left_out else None

    def _read(self, wanted: set[bytes] | None, advance: Callable[[int], None] = lambda size: None) -> Iterator[_Rows]:
        """Yield the wanted rows of the file (None: all), block by block, and check all rows' numbers of columns."""
        self.words = self.left_out = 0
        self._first_bad = None
        promised = usual = None
        number = 0
        for block in line_blocks(self.path, advance):
            if not number:
                block = block.removeprefix(BOM_UTF8)
                self.dimensions, promised = self._begin(block)
                if self.header:
                    number, block = 1, block.partition(b"\n")[2]
            if not block:
                continue
            whole = block.endswith(b"\n")
            block += b"" if whole else b"\n"
            ends, spaces, regular = _layout(block, self.dimensions)
            usual = usual or int(np.bincount(spaces).argmax())
            if not whole and spaces[-1] < usual:
                raise QuoiError(f"{self.path} breaks off in line {number + len(ends):,}.")
            rows: _Rows = []
            start = 0
            for end, looks_regular in zip(ends.tolist(), regular.tolist(), strict=True):
                number += 1
                if not looks_regular or wanted is None or block[start : block.find(b" ", start, end)] in wanted:
                    try:
                        word, vector = self._row(block[start:end], number, wanted)
                        if vector is not None:
                            rows.append((word, vector))
                    except BadRow as error:
                        if self.on_bad_row == "fail":
                            raise
                        self._first_bad = self._first_bad or error
                        self.left_out += 1
                start = end + 1
            self.words += len(ends)
            yield rows
        self.words -= self.left_out
        if self._first_bad and self.left_out > self.words:
            raise self._first_bad
        if not self.words:
            raise QuoiError(f"{self.path} holds no word vectors.")
        if promised is not None and not self.words <= promised <= self.words + self.left_out:
            raise QuoiError(
                f"{self.path} breaks off or is damaged: line 1 promises {promised:,} words, and there are "
                f"{self.words:,}."
            )

    def _begin(self, block: bytes) -> tuple[int, int | None]:
        """The dimensions by the first lines, and how many words a .vec file promises."""
        lines = block.removesuffix(b"\n").split(b"\n", _FIRST)[:_FIRST]
        header = _HEADER.fullmatch(lines[0])
        if self.header and header and int(header[2]):
            return int(header[2]), int(header[1])
        if not self.header:
            for line in lines:
                numbers = _stripped(line).partition(b" ")[2]
                if b" " in numbers and _numbers(numbers) is not None:
                    return numbers.count(b" ") + 1, None
        raise QuoiError(
            f"{self.path}, line 1 is {_shown(lines[0])}: a .vec file (fasttext-vec) begins with the number of words "
            f"and that of dimensions, GloVe's form (glove) with a word and its numbers; fastText's binary form is "
            f"fasttext-bin."
        )

    def _row(self, line: bytes, number: int, wanted: set[bytes] | None) -> tuple[bytes, np.ndarray | None]:
        """The word of a line and, where it is wanted, its vector: float32 (dimensions,)."""
        line = _stripped(line)
        columns = line.count(b" ")
        if columns < self.dimensions or (self.header and columns > self.dimensions):
            raise BadRow(
                f"{self.path}, line {number:,}: after the word {self.dimensions:,} numbers are needed, not {columns:,}."
            )
        word = line.rsplit(b" ", self.dimensions)[0]
        if wanted is not None and word not in wanted:
            return word, None
        vector = _numbers(line[len(word) + 1 :])
        if vector is None:
            raise BadRow(f"{self.path}, line {number:,}: what follows {_shown(word)} are no finite decimal numbers.")
        return word, vector


def _layout(block: bytes, dimensions: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of whole lines, where each ends (its line feed), how many spaces it holds, and whether it looks regular:
    int64, int64, bool (lines,).

    A regular line has as many spaces as dimensions, one at its end not counted.
    """
    characters = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(characters == ord("\n"))
    spaces = np.diff(np.searchsorted(np.flatnonzero(characters == ord(" ")), ends), prepend=0)
    return ends, spaces, spaces - (characters[ends - 1] == ord(" ")) == dimensions


def _stripped(line: bytes) -> bytes:
    """Without the space or carriage return that some files end their lines with."""
    return line.removesuffix(b"\r").removesuffix(b" ")


def _numbers(text: bytes) -> np.ndarray | None:
    """float32 (columns,) of decimal numbers with a space between; None where one is none, or too large for 32 bits."""
    if text.translate(None, _DIGITS) or b"  " in text:
        return None
    try:
        numbers = np.fromstring(text, dtype=np.float32, sep=" ")
    except ValueError:
        return None
    return numbers if len(numbers) == text.count(b" ") + 1 and np.isfinite(numbers).all() else None


def _shown(text: bytes) -> str:
    """The beginning of a text that may be anything, between quotation marks."""
    return repr(text[:40].decode("utf-8", "backslashreplace"))
