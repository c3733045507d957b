"""Word vectors in text, one `WORD NUMBER NUMBER …` a line: fastText's .vec files and GloVe's.

The file is streamed. Only the rows of the words asked for are kept and their numbers read; of all others the columns
are counted. A .vec file begins with a line `WORDS DIMENSIONS`, and that many rows must follow. GloVe's have no such
line: the first row gives the dimensions, and so a file that was cut between two rows looks whole (a digest tells).
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Literal

import numpy as np

from quoi.corpus.lines import LONGEST, line_blocks
from quoi.io.errors import QuoiError
from quoi.io.progress import bar
from quoi.vectors.table import WordVectors, WordVectorSource

_HEADER = re.compile(rb"(\d{1,18}) (\d{1,9}) ?")
_BINARY = b"\xba\x16\x4f\x2f"
_DIGITS = b"0123456789+-.eE "
_FIRST = 3
"""GloVe's dimensions are learnt from one of so many lines."""

_Rows = list[tuple[bytes, np.ndarray]]
OnBad = Literal["skip", "fail"]


class BadRow(QuoiError):
    """A line that is no word and its vector."""


class TextFile(WordVectorSource):
    """A file of word vectors in text, plain or packed.

    Only the ASCII space separates columns, so that a word may hold a no-break space. One space at a line's end, which
    fastText writes, is no column. In GloVe's form a word may hold spaces: the last columns are the vector.

    Args:
        path: the file.
        header: whether it begins with the numbers of words and of dimensions (fastText) or not (GloVe).
        on_bad_row: a bad row (blank, a header once more, another number of columns, text in place of a number) is left
            out and counted, or is an error.
    """

    def __init__(self, path: Path, header: bool, on_bad_row: OnBad = "fail") -> None:
        self.path, self.header, self.on_bad_row = Path(path), header, on_bad_row
        self.dimensions = 0
        self._first_bad: BadRow | None = None

    def __str__(self) -> str:
        size = self._size()
        return f"{self.path.name}, {size / 1e9:.1f} GB" if size >= 1e8 else self.path.name

    def lookup(self, words: Sequence[str]) -> WordVectors:
        """Read the file once for the vectors of some words.

        Of a word that is there more than once the first row counts. Afterwards `words` is the number of rows in the
        file, `dimensions` that of numbers in a vector, `repeated` that of rows of the words asked for whose word had a
        row already, and `left_out` that of bad rows.

        Raises:
            QuoiError: the file is absent, packed and damaged or truncated, of another form, holds no row, not as many
                as its header promises, or more bad rows than good ones; with `fail`, a row has another number of
                columns, or a word asked for has something else than a finite number. The message gives the line.
        """
        self.repeated = 0
        vector_of: dict[bytes, np.ndarray] = {}
        with bar(f"Reading {self.path.name}", self._size()) as advance:
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
        """As `WordVectorSource.frequent`, reading no further than needed.

        A word that is no valid UTF-8, or came before, is passed over.

        Raises:
            QuoiError: as `lookup`, as far as the file is read.
        """
        seen: set[str] = set()
        with bar(f"Reading {self.path.name}", count) as advance, closing(self._anew()._read(None)) as blocks:
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
        """Mean and standard deviation of all numbers of the file.

        All of them are parsed, which takes several times as long as a look-up.

        Raises:
            QuoiError: as `lookup`, of every row.
        """
        count, total, squares = 0, 0.0, 0.0
        with bar(f"Measuring {self.path.name}", self._size()) as advance:
            for rows in self._anew()._read(None, advance):
                numbers = np.concatenate([vector for _, vector in rows] or [np.zeros(0, dtype=np.float32)])
                count += len(numbers)
                total += numbers.sum(dtype=np.float64)
                squares += np.square(numbers, dtype=np.float64).sum()
        mean = total / count
        return float(mean), float(np.sqrt(max(0.0, squares / count - mean**2)))

    def remark(self) -> str | None:
        """What to say of the rows that the last look-up left out; None where there were none."""
        if not self.left_out:
            return None
        return f"{self.left_out:,} row{'s' * (self.left_out > 1)} left out, the first: {self._first_bad}"

    def _size(self) -> int:
        return self.path.stat().st_size if self.path.is_file() else 0

    def _anew(self) -> TextFile:
        """The same file, to be read without touching what was counted here."""
        return TextFile(self.path, self.header, self.on_bad_row)

    def _read(self, wanted: set[bytes] | None, advance: Callable[[int], None] = lambda size: None) -> Iterator[_Rows]:
        """Yield the wanted rows of the file (None: all), block by block, and check all rows' numbers of columns.

        The columns are counted for a whole block at once; only lines that look unusual are then taken apart.
        """
        self.words = self.left_out = 0
        self._first_bad = None
        promised = usual = None
        number = 0
        for block in line_blocks(self.path, advance):
            if not number:
                block = block.removeprefix(BOM_UTF8)
                if self.header:
                    head, _, block = block.partition(b"\n")
                    promised, number = self._read_header(head), 1
                else:
                    self._learn_dimensions(block)
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
                        word, numbers = self._columns(block[start:end], number)
                        if wanted is None or word in wanted:
                            rows.append((word, self._vector(word, numbers, number)))
                    except BadRow as error:
                        if self.on_bad_row == "fail":
                            raise
                        self._first_bad = self._first_bad or error
                        self.left_out += 1
                start = end + 1
            self.words += len(ends)
            yield rows
        self.words -= self.left_out
        self._check_numbers(promised)

    def _read_header(self, line: bytes) -> int:
        """Set the dimensions by the first line of a .vec file, and return how many words it promises."""
        header = _HEADER.fullmatch(line.removesuffix(b"\r"))
        if not header or not int(header[2]):
            raise QuoiError(
                f"{self.path}, line 1 is {_shown(line)}: a .vec file begins with the number of words and that of "
                f"dimensions{_other_form(line, self.header)}."
            )
        self.dimensions = int(header[2])
        return int(header[1])

    def _learn_dimensions(self, block: bytes) -> None:
        """Set the dimensions by the first row of GloVe's form; if bad rows are left out, two may stand before it."""
        lines = block.removesuffix(b"\n").split(b"\n", _FIRST)[: _FIRST if self.on_bad_row == "skip" else 1]
        for line in lines:
            numbers = _stripped(line).partition(b" ")[2]
            if b" " in numbers and _numbers(numbers) is not None:
                self.dimensions = numbers.count(b" ") + 1
                return
        if block:
            raise BadRow(
                f"{self.path}, line 1 is {_shown(lines[0])}: in GloVe's form a word and its numbers are on every "
                f"line{_other_form(lines[0], self.header)}."
            )

    def _columns(self, line: bytes, number: int) -> tuple[bytes, bytes]:
        """The word of a line and the text of its numbers."""
        if len(line) > LONGEST:
            raise BadRow(f"{self.path}, line {number:,} has more than {LONGEST:,} characters: it is no word vector.")
        line = _stripped(line)
        columns = line.count(b" ")
        if columns < self.dimensions or (self.header and columns > self.dimensions):
            raise BadRow(
                f"{self.path}, line {number:,} has {columns:,} number{'s' * (columns != 1)}: after the word "
                f"{self.dimensions:,} are needed, as line 1 {'says' if self.header else 'has'}."
            )
        word = line.rsplit(b" ", self.dimensions)[0]
        return word, line[len(word) + 1 :]

    def _vector(self, word: bytes, numbers: bytes, number: int) -> np.ndarray:
        """float32 (dimensions,)."""
        vector = _numbers(numbers)
        if vector is None:
            bad = next(column for column in numbers.split(b" ") if _numbers(column) is None)
            place = f"{self.path}, line {number:,}"
            raise BadRow(f"{place}: a number of {_shown(word)} is {_shown(bad)}; a finite decimal number is needed.")
        return vector

    def _check_numbers(self, promised: int | None) -> None:
        if self._first_bad and self.left_out > self.words:
            raise self._first_bad
        if not self.words:
            raise QuoiError(
                f"{self.path} holds no word vectors: it {'is empty' if promised is None else 'ends after line 1'}."
            )
        if promised is not None and not self.words <= promised <= self.words + self.left_out:
            state = "breaks off" if self.words < promised else "is damaged"
            raise QuoiError(f"{self.path} {state}: line 1 promises {promised:,} words, and there are {self.words:,}.")


def _layout(block: bytes, dimensions: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of whole lines, where each ends (its line feed), how many spaces it holds, and whether it looks regular:
    int64, int64, bool (lines,).

    A regular line has as many spaces as dimensions, one at its end not counted. A bit for each byte, 64 of them in a
    number: the spaces before a place are those of the whole numbers before it and of some bits of one more, which
    takes a fraction of the time of counting line by line.
    """
    characters = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(characters == ord("\n"))
    bits = np.packbits(characters == ord(" "), bitorder="little")
    numbers = np.zeros(len(characters) // 64 + 1, dtype=np.uint64)
    numbers.view(np.uint8)[: len(bits)] = bits
    before = np.zeros(len(numbers), dtype=np.int64)
    np.cumsum(np.bitwise_count(numbers[:-1]), out=before[1:])
    below = (np.uint64(1) << (ends % 64).astype(np.uint64)) - np.uint64(1)
    spaces = np.diff(before[ends // 64] + np.bitwise_count(numbers[ends // 64] & below), prepend=0)
    return ends, spaces, spaces - (characters[ends - 1] == ord(" ")) == dimensions


def _other_form(line: bytes, header: bool) -> str:
    """The end of a sentence about a first line that does not fit: which other form it is of, if that can be seen."""
    if line.startswith(_BINARY):
        return "; this is fastText's binary form, vectors.source: fasttext-bin"
    line = _stripped(line)
    if header and line.count(b" ") > 1 and _numbers(line.partition(b" ")[2]) is not None:
        return "; without that line this looks like GloVe's form, vectors.source: glove"
    if not header and _HEADER.fullmatch(line):
        return "; this looks like the first line of a .vec file, vectors.source: fasttext-vec"
    return ""


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


def _shown(text: bytes, most: int = 40) -> str:
    """The beginning of a text that may be anything, between quotation marks."""
    shown = text.decode("utf-8", "backslashreplace")
    return repr(shown if len(shown) <= most else shown[:most] + "…")
