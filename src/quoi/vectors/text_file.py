"""Word vectors in text, one `WORD NUMBER NUMBER …` a line: fastText's .vec files and GloVe's.

The file is streamed. Only the rows of the words asked for are kept and their numbers read; of all others the columns
are counted. A .vec file begins with a line `WORDS DIMENSIONS`, and that many rows must follow. GloVe's have no such
line: the first row tells the dimensions, and so a file that was cut between two rows looks whole (a digest tells).
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Container, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np

from quoi.corpus.lines import LONGEST, line_blocks
from quoi.errors import QuoiError
from quoi.progress import bar
from quoi.vectors.table import Found
from quoi.vectors.text_lines import decoded, layout, numbers_of, shown, stripped

_HEADER = re.compile(rb"(\d{1,18}) (\d{1,9}) ?")
_BINARY = b"\xba\x16\x4f\x2f"


class TextFile:
    """A file of word vectors in text, plain or gzip.

    Only the ASCII space separates columns, so that a word may hold a no-break space. One space at a line's end, which
    fastText writes, is no column. In GloVe's form a word may hold spaces: the last columns are the vector.

    Args:
        path: the file.
        header: whether it begins with the numbers of words and of dimensions (fastText) or not (GloVe).
    """

    subwords = False

    def __init__(self, path: Path, header: bool) -> None:
        self.path = Path(path)
        self._header = header
        self._start()

    def __str__(self) -> str:
        size = self.path.stat().st_size if self.path.is_file() else 0
        return f"{self.path.name}, {size / 1e9:.1f} GB" if size >= 1e8 else self.path.name

    def _start(self) -> None:
        self.words = 0
        self.dimensions = 0
        self.repeated = 0
        self._promised: int | None = None
        self._kept: dict[bytes, np.ndarray | None] = {}

    def lookup(self, words: Sequence[str]) -> Found:
        """Read the file once for the vectors of some words; see `quoi.vectors.table.Found`.

        Of a word that is there more than once the first row counts. Afterwards `words` is the number of rows in the
        file, `dimensions` that of numbers in a vector, and `repeated` that of rows passed over because their word,
        one of those asked for, had a row already.

        Raises:
            QuoiError: the file is absent, a damaged or truncated gzip, of another form, holds no row or not as many
                as its header promises; a row has another number of columns; a number that is needed is none, or is
                not finite in 32 bits. The message gives the line.
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
        reader = TextFile(self.path, self._header)
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
        head = _HEADER.fullmatch(line.removesuffix(b"\r"))
        if not head or not int(head[2]):
            raise QuoiError(
                f"{self.path}, line 1 is {shown(line)}: a .vec file begins with the number of words and that of "
                f"dimensions{self._form(line)}."
            )
        self._promised, self.dimensions = int(head[1]), int(head[2])

    def _form(self, line: bytes) -> str:
        """The end of a sentence about a first line that does not fit: which form it is of, if that can be seen."""
        if line.startswith(_BINARY):
            return "; this is fastText's binary form, vectors.source: fasttext-bin"
        line = stripped(line)
        if self._header and line.count(b" ") > 1 and numbers_of(line.partition(b" ")[2]) is not None:
            return "; without that line this looks like GloVe's form, vectors.source: glove"
        if not self._header and _HEADER.fullmatch(line):
            return "; this looks like the first line of a .vec file, vectors.source: fasttext-vec"
        return ""

    def _read(self, block: bytes, number: int, wanted: Container[bytes]) -> int:
        """Take the rows of a block of whole lines; returns the number of the last line, given that of the one before.

        The columns are counted for the whole block at once. Line by line there is only one look-up to do, but for the
        lines whose number of spaces is not the usual one.
        """
        if not block:
            return number
        if not self.words:
            self._read_first(block.partition(b"\n")[0], number + 1)
        if not block.endswith(b"\n"):
            block += b"\n"
            if block.count(b" ", block.rfind(b"\n", 0, -1) + 1) < self._spaces:
                number += block.count(b"\n")
                raise QuoiError(f"{self.path} breaks off in line {number:,}.")
        ends, spaces = layout(block)
        start, find = 0, block.find
        for end, usual in zip(ends.tolist(), (spaces == self._spaces).tolist(), strict=True):
            number += 1
            if not usual or block[start : find(b" ", start, end)] in wanted:
                self._take(block[start:end], number, wanted)
            start = end + 1
        self.words += len(ends)
        return number

    def _read_first(self, line: bytes, number: int) -> None:
        """Learn from the first row what is usual, and refuse a file of another form before it is read to its end."""
        if not self._header:
            numbers = stripped(line).partition(b" ")[2]
            self.dimensions = numbers.count(b" ") + 1
            if self.dimensions < 2 or numbers_of(numbers) is None:
                raise QuoiError(
                    f"{self.path}, line {number:,} is {shown(line)}: in GloVe's form a word and its numbers are on "
                    f"every line{self._form(line)}."
                )
        self._vector(*self._split(line, number), number)
        self._spaces = line.count(b" ")

    def _take(self, line: bytes, number: int, wanted: Container[bytes]) -> None:
        """Check the columns of a line and keep its vector, if it is wanted."""
        word, numbers = self._split(line, number)
        if word in wanted:
            if word in self._kept:
                self.repeated += 1
            else:
                self._kept[word] = self._vector(word, numbers, number)

    def _split(self, line: bytes, number: int) -> tuple[bytes, bytes]:
        """The word of a line and the text of its numbers."""
        if len(line) > LONGEST:
            raise QuoiError(f"{self.path}, line {number:,} has more than {LONGEST:,} characters: it is no word vector.")
        line = stripped(line)
        columns = line.count(b" ")
        if columns < self.dimensions or (self._header and columns > self.dimensions):
            raise QuoiError(
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
            raise QuoiError(
                f"{self.path}, line {number:,}: number {place:,} of {shown(word)} is {shown(bad)}; a finite "
                f"decimal number is needed."
            )
        return vector

    def _check_number(self, lines: int) -> None:
        if not self.words:
            raise QuoiError(f"{self.path} holds no word vectors: it {'ends after line 1' if lines else 'is empty'}.")
        if self._promised is not None and self.words != self._promised:
            state = "breaks off" if self.words < self._promised else "is damaged"
            raise QuoiError(
                f"{self.path} {state}: line 1 promises {self._promised:,} words, and there are {self.words:,}."
            )


class _Every:
    """Holds every word."""

    def __contains__(self, word: bytes) -> bool:
        return True


_EVERY = _Every()
