"""Word vectors in text, one `WORD NUMBER NUMBER …` a line: fastText's .vec files and GloVe's.

The file is streamed. Only the rows of the words asked for are kept and their numbers read; of all others the columns
are counted. A .vec file begins with a line `WORDS DIMENSIONS`, and that many rows must follow. GloVe's have no such
line: the first row tells the dimensions, and so a file that was cut between two rows looks whole (a digest tells).
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Container, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np

from quoi.corpus.lines import LONGEST, line_blocks
from quoi.io.errors import QuoiError
from quoi.io.progress import bar
from quoi.vectors.table import Found
from quoi.vectors.text_lines import HEADER, BadRow, decoded, form_of, layout, numbers_of, shown, stripped

_FIRST = 3
"""Among this many lines, one must be a row."""


class TextFile:
    """A file of word vectors in text, plain or packed.

    Only the ASCII space separates columns, so that a word may hold a no-break space. One space at a line's end, which
    fastText writes, is no column. In GloVe's form a word may hold spaces: the last columns are the vector.

    Args:
        path: the file.
        header: whether it begins with the numbers of words and of dimensions (fastText) or not (GloVe).
        on_bad_row: a row that is none (blank, a header once more, another number of columns, a number that is none) is
            left out and counted, or the first is an error.
    """

    subwords = False

    def __init__(self, path: Path, header: bool, on_bad_row: Literal["skip", "fail"] = "fail") -> None:
        self.path = Path(path)
        self._header = header
        self._on_bad_row = on_bad_row
        self._start()

    def __str__(self) -> str:
        size = self.path.stat().st_size if self.path.is_file() else 0
        return f"{self.path.name}, {size / 1e9:.1f} GB" if size >= 1e8 else self.path.name

    def _start(self) -> None:
        self.words = 0
        self.dimensions = 0
        self.repeated = 0
        self.left_out = 0
        self._first_bad: BadRow | None = None
        self._spaces: int | None = None
        self._promised: int | None = None
        self._kept: dict[bytes, np.ndarray | None] = {}

    def lookup(self, words: Sequence[str]) -> Found:
        """Read the file once for the vectors of some words; see `quoi.vectors.table.Found`.

        Of a word that is there more than once the first row counts. Afterwards `words` is the number of rows in the
        file, `dimensions` that of numbers in a vector, and `repeated` that of rows passed over because their word,
        one of those asked for, had a row already; `left_out` is that of the rows that are none.

        Raises:
            QuoiError: the file is absent, packed and damaged or truncated, of another form, holds no row, not as many
                as its header promises, or more that are none than that are; with `fail`, a row has another number of
                columns, or a number that is needed is none, or is not finite in 32 bits. The message gives the line.
        """
        self._start()
        wanted = {word.encode() for word in words}
        size = self.path.stat().st_size if self.path.is_file() else None
        with bar(f"Reading {self.path.name}", size) as advance:
            number = 0
            for block in line_blocks(self.path, advance):
                number = self._read(*self._rows(block, number), wanted)
        self._check_number(number)
        vectors = np.zeros((len(words), self.dimensions), dtype=np.float32)
        found = np.zeros(len(words), dtype=bool)
        for row, word in enumerate(words):
            if (vector := self._kept.get(word.encode())) is not None:
                vectors[row], found[row] = vector, True
        return Found(vectors, found, np.zeros(len(words), dtype=bool))

    def frequent(self, count: int) -> Iterator[tuple[list[str], np.ndarray]]:
        """Yield the first `count` words of the file, which are the most frequent ones, with their vectors.

        They come in pieces of some hundred: words, and float32 (words, dimensions). The file is read no further than
        needed. A word that is no valid UTF-8, or was there before, is passed over.

        Raises:
            QuoiError: as `lookup`, as far as the file is read.
        """
        reader = TextFile(self.path, self._header, self._on_bad_row)
        number = given = 0
        with bar(f"Reading {self.path.name}", count) as advance, closing(line_blocks(self.path)) as blocks:
            for block in blocks:
                seen = len(reader._kept)
                number = reader._read(*reader._rows(block, number), _EVERY)
                new = list(islice(reversed(reader._kept.items()), len(reader._kept) - seen))[::-1]
                reader._kept.update((word, None) for word, _ in new)
                piece = [(word, vector) for each, vector in new if (word := decoded(each))][: count - given]
                if piece:
                    yield [word for word, _ in piece], np.stack([vector for _, vector in piece])
                given += len(piece)
                advance(len(piece))
                if given == count:
                    return
        reader._check_number(number)

    def remark(self) -> str | None:
        """What to say of the rows that the last look-up left out; None where there were none."""
        if not self.left_out:
            return None
        return f"{self.left_out:,} row{'s' * (self.left_out > 1)} left out, the first: {self._first_bad}"

    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation of every row's numbers, of a file that `lookup` has read.

        All of them are parsed, which takes several times as long as a look-up.

        Raises:
            QuoiError: a number is none.
        """
        count, total, squares = 0, 0.0, 0.0
        lines = 0
        with bar(f"Measuring {self.path.name}", self.path.stat().st_size) as advance:
            for block in line_blocks(self.path, advance):
                rows = block.removesuffix(b"\n").split(b"\n")
                if not lines and self._header:
                    rows = rows[1:]
                lines += block.count(b"\n")
                if self.left_out:
                    rows = [row for row in rows if self._is_row(row)]
                text = b" ".join(self._numbers(row) for row in rows)
                numbers = numbers_of(text) if rows else np.zeros(0, dtype=np.float32)
                if numbers is None:
                    raise QuoiError(f"{self.path}, up to line {lines:,}: one of the numbers is none, or not finite.")
                count += len(numbers)
                total += numbers.sum(dtype=np.float64)
                squares += np.square(numbers, dtype=np.float64).sum()
        mean = total / count
        return float(mean), float(np.sqrt(max(0.0, squares / count - mean**2)))

    def _rows(self, block: bytes, number: int) -> tuple[bytes, int]:
        """The rows of a block that begins behind line `number`, and the number of the line before them.

        The first block has a header or a byte order mark before them.
        """
        if number:
            return block, number
        block = block.removeprefix(BOM_UTF8)
        if self._header:
            head, _, block = block.partition(b"\n")
            self._read_header(head)
        return block, int(self._header)

    def _numbers(self, line: bytes) -> bytes:
        line = stripped(line)
        return line.split(b" ", line.count(b" ") - self.dimensions + 1)[-1]

    def _read_header(self, line: bytes) -> None:
        head = HEADER.fullmatch(line.removesuffix(b"\r"))
        if not head or not int(head[2]):
            raise QuoiError(
                f"{self.path}, line 1 is {shown(line)}: a .vec file begins with the number of words and that of "
                f"dimensions{form_of(line, self._header)}."
            )
        self._promised, self.dimensions = int(head[1]), int(head[2])

    def _read(self, block: bytes, number: int, wanted: Container[bytes]) -> int:
        """Take the rows of a block of whole lines; returns the number of the last line, given that of the one before.

        The columns are counted for the whole block at once. Line by line there is only one look-up to do, but for the
        lines whose number of spaces is not the usual one.
        """
        if not block:
            return number
        if self._spaces is None:
            self._read_first(block, number + 1)
        if not block.endswith(b"\n"):
            block += b"\n"
            if block.count(b" ", block.rfind(b"\n", 0, -1) + 1) < self._spaces:
                number += block.count(b"\n")
                raise QuoiError(f"{self.path} breaks off in line {number:,}.")
        ends, spaces = layout(block)
        self.words += len(ends)
        start, find = 0, block.find
        for end, usual in zip(ends.tolist(), (spaces == self._spaces).tolist(), strict=True):
            number += 1
            if not usual or block[start : find(b" ", start, end)] in wanted:
                self._take(block[start:end], number, wanted)
            start = end + 1
        return number

    def _read_first(self, block: bytes, number: int) -> None:
        """Learn from the first row what is usual, and refuse a file of another form before it is read to its end.

        With `skip`, the first two lines may be no rows.
        """
        for line in block.removesuffix(b"\n").split(b"\n", _FIRST)[:_FIRST]:
            try:
                if not self._header:
                    self._learn_dimensions(line, number)
                self._vector(*self._split(line, number), number)
            except BadRow as error:
                self._first_bad = self._first_bad or error
                if self._on_bad_row == "fail":
                    raise
                number += 1
            else:
                self._spaces = line.count(b" ")
                return
        raise self._first_bad

    def _learn_dimensions(self, line: bytes, number: int) -> None:
        numbers = stripped(line).partition(b" ")[2]
        self.dimensions = numbers.count(b" ") + 1
        if self.dimensions < 2 or numbers_of(numbers) is None:
            raise BadRow(
                f"{self.path}, line {number:,} is {shown(line)}: in GloVe's form a word and its numbers are on "
                f"every line{form_of(line, self._header)}."
            )

    def _take(self, line: bytes, number: int, wanted: Container[bytes]) -> None:
        """Check the columns of a line and keep its vector, if it is wanted."""
        try:
            word, numbers = self._split(line, number)
            if word in wanted:
                if word in self._kept:
                    self.repeated += 1
                else:
                    self._kept[word] = self._vector(word, numbers, number)
        except BadRow as error:
            if self._on_bad_row == "fail":
                raise
            self._first_bad = self._first_bad or error
            self.left_out += 1
            self.words -= 1

    def _is_row(self, line: bytes) -> bool:
        try:
            self._vector(*self._split(line, 0), 0)
        except BadRow:
            return False
        return True

    def _split(self, line: bytes, number: int) -> tuple[bytes, bytes]:
        """The word of a line and the text of its numbers."""
        if len(line) > LONGEST:
            raise BadRow(f"{self.path}, line {number:,} has more than {LONGEST:,} characters: it is no word vector.")
        line = stripped(line)
        columns = line.count(b" ")
        if columns < self.dimensions or (self._header and columns > self.dimensions):
            raise BadRow(
                f"{self.path}, line {number:,} has {columns:,} number{'' if columns == 1 else 's'}: after the word "
                f"{self.dimensions:,} are needed, as line 1 {'says' if self._header else 'has'}."
            )
        word = line.rsplit(b" ", self.dimensions)[0] if columns > self.dimensions else line[: line.find(b" ")]
        return word, line[len(word) + 1 :]

    def _vector(self, word: bytes, numbers: bytes, number: int) -> np.ndarray:
        vector = numbers_of(numbers)
        if vector is None:
            place, bad = next(
                (place, each) for place, each in enumerate(numbers.split(b" "), 1) if numbers_of(each) is None
            )
            raise BadRow(
                f"{self.path}, line {number:,}: number {place:,} of {shown(word)} is {shown(bad)}; a finite "
                f"decimal number is needed."
            )
        return vector

    def _check_number(self, lines: int) -> None:
        if self._first_bad and self.left_out > self.words:
            raise self._first_bad
        if not self.words:
            raise QuoiError(f"{self.path} holds no word vectors: it {'ends after line 1' if lines else 'is empty'}.")
        if self._promised is not None and not self.words <= self._promised <= self.words + self.left_out:
            state = "breaks off" if self.words < self._promised else "is damaged"
            raise QuoiError(
                f"{self.path} {state}: line 1 promises {self._promised:,} words, and there are {self.words:,}."
            )


class _Every:
    """Holds every word."""

    def __contains__(self, word: bytes) -> bool:
        return True


_EVERY = _Every()
