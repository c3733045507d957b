"""A table of sentence pairs with tabs between its columns: which of them are English and French, and its rows."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain, islice
from pathlib import Path

from quoi.corpus.lines import line_blocks
from quoi.corpus.normalise import normalise
from quoi.corpus.slices import Advance, Text
from quoi.corpus.sources import languages
from quoi.corpus.sources.rows import HOW_TO_SKIP, LeftOut, OnBad
from quoi.io.errors import QuoiError

KEY = "corpus.files.columns"

SIDES: dict[languages.Language, str] = {"en": "english", "fr": "french"}

NAMES: dict[languages.Language, frozenset[str]] = {
    "en": frozenset(("english", "en", "eng", "en-us", "en-gb", "anglais")),
    "fr": frozenset(("french", "fr", "fra", "fre", "fr-fr", "français", "francais")),
}
"""What a header calls the two columns, in lower case."""

SAMPLE = 1000
"""Lines at the start of a file by which it is judged."""


def head(text: Text) -> list[bytes]:
    """The first lines of a text, without their line ends and byte order mark.

    Raises:
        QuoiError: as `line_blocks`.
    """
    with closing(line_blocks(text)) as blocks:
        lines = chain.from_iterable(block.removesuffix(b"\n").split(b"\n") for block in blocks)
        first = [line.rstrip(b"\r") for line in islice(lines, SAMPLE)]
    return [first[0].removeprefix(BOM_UTF8), *first[1:]] if first else []


def cleaned(cell: bytes) -> str:
    """A cell for people and for comparisons: as text, normalised, without outer spaces."""
    return normalise(cell.decode("utf-8", "replace")).strip()


class Tsv:
    """A table, of which the first lines have been read.

    Args:
        path: the file, plain or packed.
        columns: which hold English and French, by number from 1 or by their names in the first row. None: the two
            that a header names; else the first two of two; else those that are plainly English and French.
        on_bad_line: rows that are blank, have another number of columns than most, or repeat the header are left out
            and counted; or the first is an error.
        key: what chooses the columns, for errors: a key of params.yaml, or an option.

    Attributes:
        columns: where English and French stand, from 0; remarks: what whoever gave the file should know of it.
        left_out: the rows that were passed over so far.

    Raises:
        QuoiError: the file cannot be read or is empty; there are no such columns, or none are named and they cannot be
            recognised, or those read look swapped, the same, or of one language.
    """

    def __init__(self, path: Path, columns: Sequence[int | str] | None, on_bad_line: OnBad, key: str) -> None:
        self.path = path
        self.remarks: list[str] = []
        self._key = key
        table = [[cleaned(cell) for cell in line.split(b"\t")] for line in head(path)]
        filled = [(number, row) for number, row in enumerate(table, 1) if any(row) or len(row) > 1]
        if not filled:
            raise QuoiError(f"There is no line in {path}: at least one pair of sentences is needed.")
        widths = Counter(len(row) for _, row in filled)
        self.width = max(widths, key=lambda width: (widths[width], width > 1))
        if self.width == 1:
            line, row = filled[0]
            raise QuoiError(
                f"{path}, line {line:,} has 1 column, as most lines: {row[0][:60]!r}; at least two with a tab between "
                f"them, english and french, are needed."
            )
        numbers, rows = zip(*((number, row) for number, row in filled if len(row) == self.width), strict=True)
        self.columns, named = self._choose(rows, columns)
        self._header = numbers[0] if named else 0
        if named:
            self.remarks.append(f"{path}: line {self._header:,} is read as a header: {_shown(rows[0])}")
        self._check_languages(rows[1:] if named else rows, chosen=columns is not None)
        needed = f"{self.width} columns with tabs between them are needed"
        self.left_out = LeftOut(path, on_bad_line, needed, HOW_TO_SKIP if key == KEY else "")

    def rows(self, advance: Advance = lambda size: None) -> Iterator[list[tuple[int, bytes, bytes]]]:
        """Yield the number of its line, the English and the French cell of every usable row, in pieces.

        The cells are as they stand in the file: they may be damaged or empty.

        Raises:
            QuoiError: as `line_blocks`; a row is bad and `on_bad_line` is `fail`.
        """
        lines, header = 0, None
        for block in line_blocks(self.path, advance):
            if not lines:
                block = block.removeprefix(BOM_UTF8)
            piece = []
            for line, row in enumerate(block.removesuffix(b"\n").split(b"\n"), lines + 1):
                cells = row.split(b"\t")
                if len(cells) != self.width:
                    self.left_out.add_odd(line, row, len(cells))
                elif line == self._header:
                    header = row.rstrip(b"\r")
                elif header is not None and row.rstrip(b"\r") == header:
                    self.left_out.add(line, row, "header", "is the header once more")
                else:
                    piece.append((line, cells[self.columns[0]], cells[self.columns[1]]))
            lines = line
            yield piece

    def _choose(self, rows: Sequence[list[str]], columns: Sequence[int | str] | None) -> tuple[tuple[int, int], bool]:
        """Where English and French stand, and whether the first row is a header."""
        names = [cell.casefold() for cell in rows[0]]
        known = [[place for place, name in enumerate(names) if name in NAMES[language]] for language in SIDES]
        header = all(known)
        if columns is not None:
            english, french = (self._place(column, rows[0]) for column in columns)
            if english == french:
                raise QuoiError(f"{self._key} names column {english + 1} of {self.path} for both english and french.")
            return (english, french), header or any(isinstance(column, str) for column in columns)
        if [len(places) for places in known] == [1, 1]:
            return (known[0][0], known[1][0]), True
        if self.width == 2:
            return (0, 1), header
        seen = [languages.count_words(row[place] for row in rows).language for place in range(self.width)]
        if (seen.count("en"), seen.count("fr")) != (1, 1):
            raise QuoiError(
                f"{self.path} has {self.width} columns, and it cannot be told which are english and french: "
                f"{self._key} names them, for example {self._named(1, 2)}; its first row is {_shown(rows[0])!r}."
            )
        english, french = seen.index("en"), seen.index("fr")
        self.remarks.append(
            f"{self.path}: of {self.width} columns, {english + 1} is read as english and {french + 1} as french; "
            f"{self._key} chooses others"
        )
        return (english, french), header

    def _named(self, english: int, french: int) -> str:
        """Two columns as params.yaml names them, or an option."""
        return f"[{english}, {french}]" if self._key == KEY else f"{english},{french}"

    def _place(self, column: int | str, first: list[str]) -> int:
        if isinstance(column, int):
            if not 1 <= column <= self.width:
                raise QuoiError(f"{self._key} names column {column}, and {self.path} has {self.width}.")
            return column - 1
        places = [place for place, name in enumerate(first) if name.casefold() == normalise(column).strip().casefold()]
        if len(places) != 1:
            number = f"{len(places)} columns" if places else "no column"
            raise QuoiError(
                f"{self._key} names column {column!r}, and the first row of {self.path} has {number} of that name: "
                f"{_shown(first)!r}."
            )
        return places[0]

    def _check_languages(self, rows: Sequence[list[str]], chosen: bool) -> None:
        """Compare a sample of both columns with what they are said to be; an error, unless the user has chosen them."""
        sides = [[row[place] for row in rows] for place in self.columns]
        numbers = [place + 1 for place in self.columns]
        if wrong := languages.mixed_up(*sides):
            look = f"Columns {numbers[0]} and {numbers[1]} of {self.path}, read as english and french, {wrong}"
            if not chosen:
                raise QuoiError(
                    f"{look}: {self._key} names those that are meant, {self._named(*numbers[::-1])} the other way "
                    f"round and {self._named(*numbers)} as they stand."
                )
            self.remarks.append(look)
            return
        for (language, name), number, side in zip(SIDES.items(), numbers, sides, strict=True):
            if against := languages.foreign(side, language):
                self.remarks.append(f"Column {number} of {self.path}, read as {name}, {against}")


def _shown(row: Sequence[str]) -> str:
    return " | ".join(row)[:100]
