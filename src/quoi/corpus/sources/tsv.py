"""A table of sentence pairs with tabs between its columns: which of them are source and target, and its rows.

Rows that cannot be used are left out, counted, and the first is shown; or it is refused at once.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain, islice

from quoi.corpus.lines import OnBad, line_blocks
from quoi.corpus.normalise import normalise
from quoi.corpus.slices import Advance, FileSlice, Text
from quoi.corpus.sources import looks
from quoi.io.errors import QuoiError
from quoi.params.languages import Languages, name

KEY = "corpus.files.columns"

NAMES: dict[str, tuple[str, ...]] = {
    "en": ("eng", "en-us", "en-gb", "anglais"),
    "fr": ("fra", "fre", "fr-fr", "français", "francais"),
}
"""What a header calls a language beside its code and its English name, in lower case."""

KINDS = {
    "blank": "is blank",
    "columns": "has too few or too many columns",
    "header": "is the header once more",
}
"""Why a row cannot be used, as the end of a sentence."""

HOW_TO_SKIP = ", and corpus.on_bad_line: skip leaves such rows out"

SAMPLE = 1000
"""Lines at the start of a file by which it is judged."""


class LeftOut:
    """Counts the rows of one file that are left out, or refuses the first; `needed` is what every row should be."""

    def __init__(self, name: str, on_bad_line: OnBad, needed: str) -> None:
        self.counts: Counter[str] = Counter()
        self._name, self._on_bad_line, self._needed = name, on_bad_line, needed
        self._first = ""

    def add(self, line: int, row: bytes, kind: str, count: int = 1) -> None:
        """Count so many rows from a line on, whose content is `row`; `kind` is a key of `KINDS`.

        Raises:
            QuoiError: `on_bad_line` is `fail`.
        """
        if not self._first:
            text = row.decode("utf-8", "backslashreplace").rstrip("\r")
            self._first = f"line {line:,} {KINDS[kind]}: {text[:60]!r}"
        if self._on_bad_line == "fail":
            raise QuoiError(f"{self._name}, {self._first}; {self._needed}.")
        self.counts[kind] += count

    def remarks(self, used: int) -> list[str]:
        """What to say of the rows that were left out.

        Raises:
            QuoiError: those that are not blank are more than those that are used: the file is of another form.
        """
        odd = self.counts.total() - self.counts["blank"]
        if odd > used:
            raise QuoiError(f"{self._name}, {self._first}; {self._needed}, and {odd:,} rows are not like that.")
        kinds = ", ".join(f"{number:,} {kind}" for kind, number in self.counts.items() if number)
        return [f"{self._name}: rows left out: {kinds}; the first is {self._first}"] if kinds else []


def head(text: Text) -> list[bytes]:
    """The first lines of a text, without their line ends and byte order mark. Raises as `line_blocks`."""
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
        text: a file, plain or packed, or a slice of one.
        columns: which hold source and target, by number from 1 or by their names in the first row. None: the two
            that a header names; else the first two of two; else those that are plainly in the two languages.
        languages: of source and target.
        on_bad_line: whether rows that are blank, have another number of columns than most, or repeat the header are
            left out, or the first is an error.
        key: what chooses the columns, for errors: a key of params.yaml, or an option.

    Attributes:
        width: how many columns there are; columns: where source and target stand, from 0.
        remarks: what whoever gave the file should know of it.
        left_out: the rows that were passed over so far.

    Raises:
        QuoiError: the file cannot be read or is empty; there are no such columns, or none are named and they cannot be
            recognised, or those read look swapped, the same, or of one language.
    """

    def __init__(
        self,
        text: Text,
        columns: Sequence[int | str] | None,
        languages: Languages,
        on_bad_line: OnBad,
        key: str = KEY,
    ) -> None:
        self.text = FileSlice.of(text)
        self.remarks: list[str] = []
        self._key, self._languages = key, languages
        self._named = " and ".join(languages.names.values())
        table = [[cleaned(cell) for cell in line.split(b"\t")] for line in head(text)]
        filled = [(number, row) for number, row in enumerate(table, 1) if any(row) or len(row) > 1]
        if not filled:
            raise QuoiError(f"There is no line in {text}: at least one pair of sentences is needed.")
        widths = Counter(len(row) for _, row in filled)
        self.width = max(widths, key=lambda width: (widths[width], width > 1))
        numbers, rows = zip(*((number, row) for number, row in filled if len(row) == self.width), strict=True)
        if self.width == 1:
            raise QuoiError(
                f"{text}, line {numbers[0]:,} has 1 column, as most lines: {rows[0][0][:60]!r}; at least two with a "
                f"tab between them, {self._named}, are needed."
            )
        self.columns, named = self._choose(rows, columns)
        self._header = numbers[0] if named else 0
        if named:
            self.remarks.append(f"{text}: line {self._header:,} is read as a header: {_shown(rows[0])}")
        self._check_languages(rows[1:] if named else rows, chosen=columns is not None)
        needed = f"{self.width} columns with tabs between them are needed{HOW_TO_SKIP if key == KEY else ''}"
        self.left_out = LeftOut(str(text), on_bad_line, needed)

    def rows(self, advance: Advance = lambda size: None) -> Iterator[list[tuple[int, list[bytes]]]]:
        """Yield the number of its line and the cells, as they stand, of every usable row, in pieces.

        Raises:
            QuoiError: as `line_blocks`; a row is bad and `on_bad_line` is `fail`.
        """
        lines, header = 0, None
        for block in line_blocks(self.text, advance):
            if not lines:
                block = block.removeprefix(BOM_UTF8)
            piece = []
            for line, row in enumerate(block.removesuffix(b"\n").split(b"\n"), lines + 1):
                cells = row.split(b"\t")
                if len(cells) != self.width:
                    self.left_out.add(line, row, "columns" if row.strip() else "blank")
                elif line == self._header:
                    header = row.rstrip(b"\r")
                elif header is not None and row.rstrip(b"\r") == header:
                    self.left_out.add(line, row, "header")
                else:
                    piece.append((line, cells))
            lines = line
            yield piece

    def texts(self, advance: Advance, columns: Sequence[int]) -> Iterator[tuple[bytes, ...]]:
        """Yield the cells of some columns, a line each, in pieces of the same rows. Raises as `rows`."""
        for piece in self.rows(advance):
            yield tuple(b"".join(cells[place] + b"\n" for _, cells in piece) for place in columns)

    def _choose(self, rows: Sequence[list[str]], columns: Sequence[int | str] | None) -> tuple[Sequence[int], bool]:
        """Where source and target stand, and whether the first row is a header."""
        names = [cell.casefold() for cell in rows[0]]
        known = [
            [place for place, cell in enumerate(names) if cell in _names(side, language)]
            for side, language in self._languages.both.items()
        ]
        header = all(known)
        if columns is not None:
            places = [self._place(column, rows[0]) for column in columns]
            return places, header or any(isinstance(column, str) for column in columns)
        if [len(places) for places in known] == [1, 1]:
            return [known[0][0], known[1][0]], True
        if self.width == 2:
            return [0, 1], header
        seen = [looks.language_of(row[place] for row in rows)[0] for place in range(self.width)]
        if any(seen.count(language) != 1 for language in self._languages.both.values()):
            raise QuoiError(
                f"{self.text} has {self.width} columns, and it cannot be told which are {self._named}: "
                f"{self._key} names them; its first row is {_shown(rows[0])!r}."
            )
        source, target = map(seen.index, self._languages.both.values())
        self.remarks.append(
            f"{self.text}: of {self.width} columns, {source + 1} and {target + 1} are read as {self._named}; "
            f"{self._key} chooses others"
        )
        return [source, target], False

    def _place(self, column: int | str, first: list[str]) -> int:
        if isinstance(column, int):
            places = [column - 1] if 1 <= column <= self.width else []
        else:
            wanted = normalise(column).strip().casefold()
            places = [place for place, name in enumerate(first) if name.casefold() == wanted]
        if len(places) != 1:
            raise QuoiError(
                f"{self._key} names column {column!r}, and {self.text} has {len(places)} of that name or number: it "
                f"has {self.width} columns, and its first row is {_shown(first)!r}."
            )
        return places[0]

    def _check_languages(self, rows: Sequence[list[str]], chosen: bool) -> None:
        """Compare a sample of both columns with what they are said to be; an error, unless the user has chosen them."""
        sides = [[row[place] for row in rows] for place in self.columns]
        source, target = (place + 1 for place in self.columns)
        if wrong := looks.mixed_up(*sides, self._languages):
            look = f"Columns {source} and {target} of {self.text}, read as {self._named}, {wrong}"
            if not chosen:
                raise QuoiError(f"{look}: {self._key} names those that are meant, the source first.")
            self.remarks.append(look)
        else:
            called = [f"Column {place} of {self.text}" for place in (source, target)]
            self.remarks += looks.foreign(called, sides, self._languages)


def _names(side: str, language: str) -> set[str]:
    return {side, language, name(language).casefold(), *NAMES.get(language, ())}


def _shown(row: Sequence[str]) -> str:
    return " | ".join(row)[:100]
