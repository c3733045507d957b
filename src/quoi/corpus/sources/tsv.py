"""A table of sentence pairs, TSV or CSV: which of its columns are the source's and the target's, and its rows.

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
from quoi.corpus.sources.cells import one_line, rows, separator
from quoi.corpus.sources.columns import KEY, choose, shown_row
from quoi.corpus.sources.looks import check
from quoi.io.errors import QuoiError
from quoi.params.languages import Languages

KINDS = {
    "blank": "is blank",
    "columns": "has too few or too many columns",
    "header": "is the header once more",
    "quotes": "has quotes or carriage returns that do not fit",
    "side": "lacks one of the two languages",
}
"""Why a row cannot be used, as the end of a sentence."""

HARMLESS = {"blank", "side"}
"""Of these kinds, rows do not tell that a file is of another form, however many they are."""

REPAIRS = {
    "line_break": "line breaks inside a sentence, read as spaces",
    "further": "further versions of a sentence, of which the first is read",
}
"""What is repaired in rows that are used, as it is counted."""

HOW_TO_SKIP = ", and corpus.on_bad_line: skip leaves such rows out"

SAMPLE = 1000
"""Lines at the start of a file by which it is judged."""


class LeftOut:
    """Counts the rows of one file that are left out, or refuses the first; `needed` is what every row should be."""

    def __init__(self, name: str, on_bad_line: OnBad, needed: str) -> None:
        self.counts: Counter[str] = Counter()
        self.repaired: Counter[str] = Counter()
        """By key of `REPAIRS`."""
        self.passed: frozenset[str] = frozenset()
        """Kinds that are counted even where the first bad row is an error."""
        self._name, self._on_bad_line, self._needed = name, on_bad_line, needed
        self._first = ""

    def add(self, line: int, row: bytes, kind: str, count: int = 1, of: object = None) -> None:
        """Count so many rows from a line on, whose content is `row`; `kind` is a key of `KINDS`.

        Args:
            of: the file, where there are several.

        Raises:
            QuoiError: `on_bad_line` is `fail`.
        """
        if not self._first:
            text = row.decode("utf-8", "backslashreplace").rstrip("\r")
            place = f"line {line:,}" + (f" of {of}" if of else "")
            self._first = f"{place} {KINDS[kind]}: {text[:60]!r}"
        if self._on_bad_line == "fail" and kind not in self.passed:
            raise QuoiError(f"{self._name}, {self._first}; {self._needed}.")
        self.counts[kind] += count

    def remarks(self, used: int) -> list[str]:
        """What to say of the rows that were left out.

        Raises:
            QuoiError: those that are not harmless are more than those that are used: the file is of another form.
        """
        odd = sum(number for kind, number in self.counts.items() if kind not in HARMLESS)
        if odd > used:
            raise QuoiError(f"{self._name}, {self._first}; {self._needed}, and {odd:,} rows are not like that.")
        kinds = ", ".join(f"{number:,} {kind}" for kind, number in self.counts.items() if number)
        left_out = [f"{self._name}: rows left out: {kinds}; the first is {self._first}"] if kinds else []
        return left_out + [f"{self._name}: {REPAIRS[kind]}: {number:,}" for kind, number in self.repaired.items()]


def head(text: Text) -> list[bytes]:
    """The first lines of a text, without their line ends and byte order mark.

    Raises:
        QuoiError: as `line_blocks`; or its lines end with carriage returns alone.
    """
    with closing(line_blocks(text)) as blocks:
        lines = chain.from_iterable(block.removesuffix(b"\n").split(b"\n") for block in blocks)
        first = [line.rstrip(b"\r") for line in islice(lines, SAMPLE)]
    if len(first) == 1 and b"\r" in first[0]:
        raise QuoiError(f"{text} has carriage returns for line ends, as on old Macintoshs: save it with line feeds.")
    return [first[0].removeprefix(BOM_UTF8), *first[1:]] if first else []


def cleaned(cell: bytes) -> str:
    """A cell for people and for comparisons: as text, normalised, without outer spaces."""
    return normalise(cell.decode("utf-8", "replace")).strip()


class Tsv:
    """A table, of which the first rows have been read.

    Args:
        text: a file, plain or packed, or a slice of one.
        columns: which hold source and target, by number from 1 or by their names in the first row. None: the two
            that a header names; else the two that are plainly in the two languages; else the only two that hold more
            than numbers, as they stand, unless one of them is plainly in the other's language.
        languages: of source and target.
        on_bad_line: whether rows that are blank, have another number of columns than most, do not close a quote or
            repeat the header are left out, or the first is an error.
        key: what chooses the columns, for errors: a key of params.yaml, or an option.

    Attributes:
        width: how many columns there are; columns: where source and target stand, from 0; titles: what to call them.
        remarks: what whoever gave the file should know of it.
        left_out: the rows that were passed over so far.

    Raises:
        QuoiError: the file cannot be read or is empty; there are no such columns, or none are named and they cannot be
            recognised, or those read look swapped or, unless chosen, the same or of one language.
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
        self._languages = languages
        self.remarks: list[str] = []
        self._key = key
        self._separator = separator(head(self.text))
        with closing(rows(self.text, self._separator)) as pieces:
            sample = islice(((line, row) for piece in pieces for line, row in piece if isinstance(row, list)), SAMPLE)
            table = [(line, [cleaned(one_line(cell)[0]) for cell in row]) for line, row in sample]
        filled = [(line, row) for line, row in table if any(row) or len(row) > 1]
        if not filled:
            raise QuoiError(f"There is no line in {text}: at least one pair of sentences is needed.")
        widths = Counter(len(row) for _, row in filled)
        self.width = max(widths, key=lambda width: (widths[width], width > 1))
        numbers, shown = zip(*((line, row) for line, row in filled if len(row) == self.width), strict=True)
        if self.width == 1:
            raise QuoiError(
                f"{text}, line {numbers[0]:,} has 1 column, as most lines: {shown[0][0][:60]!r}; at least two are "
                f"needed, with tabs between them, or with commas or semicolons that make as many in nine rows of ten"
                f"{', where a quote inside a cell in quotes is written twice' if chr(34) in shown[0][0] else ''}."
            )
        between = {b"\t": "tabs", b",": "commas", b";": "semicolons"}[self._separator]
        if between != "tabs":
            self.remarks.append(f"{text} is read as a CSV: {self.width} columns with {between} between them")
        elif quoted := next((cell for row in shown for cell in row if _as_in_csv(cell, shown)), None):
            self.remarks.append(f"{text}: between tabs, quotes are letters like any other, as in {quoted[:60]!r}")
        self.columns, named, sure, remarks = choose(str(text), shown, columns, languages, key)
        self.remarks += remarks
        self.titles = f"the source column of {text}", f"the target column of {text}"
        self._header = numbers[0] if named else 0
        if named:
            self.remarks.append(f"{text}: line {self._header:,} is read as a header: {shown_row(shown[0])}")
        self._check_languages(shown[1:] if named else shown, sure)
        needed = f"{self.width} columns with {between} between them are needed{HOW_TO_SKIP if key == KEY else ''}"
        self.left_out = LeftOut(str(text), on_bad_line, needed)

    def rows(self, advance: Advance = lambda size: None) -> Iterator[list[tuple[int, list[bytes]]]]:
        """Yield the number of its line and the cells, as they stand, of every usable row, in pieces.

        Raises:
            QuoiError: as `cells.rows`; a row is bad and `on_bad_line` is `fail`.
        """
        header: list[bytes] = []
        for piece in rows(self.text, self._separator, advance):
            usable = []
            for line, cells in piece:
                if isinstance(cells, bytes):
                    self.left_out.add(line, cells, "quotes")
                elif len(cells) != self.width:
                    row = self._separator.join(cells)
                    self.left_out.add(line, row, "columns" if row.strip() else "blank")
                elif line == self._header:
                    header = _unended(cells)
                elif header and cells[0] == header[0] and _unended(cells) == header:
                    self.left_out.add(line, self._separator.join(cells), "header")
                else:
                    usable.append((line, cells))
            yield usable

    def texts(self, advance: Advance, columns: Sequence[int]) -> Iterator[tuple[bytes, ...]]:
        """Yield the cells of some columns, a line each, in pieces of the same rows. Raises as `rows`."""
        for piece in self.rows(advance):
            yield tuple(b"".join(self._line(cells[place]) for _, cells in piece) for place in columns)

    def _line(self, cell: bytes) -> bytes:
        if self._separator != b"\t":
            cell, breaks = one_line(cell)
            if breaks:
                self.left_out.repaired["line_break"] += breaks
        return cell + b"\n"

    def _check_languages(self, rows: Sequence[list[str]], sure: bool) -> None:
        """Compare a sample of both columns with what they are said to be."""
        sides = [[row[place] for row in rows] for place in self.columns]
        first, second = (place + 1 for place in self.columns)
        columns = [f"Column {place} of {self.text}" for place in (first, second)]
        way_out = f"{self._key} names those that are meant, {self._languages.names['source']} first"
        both = f"Columns {first} and {second} of {self.text}"
        self.remarks += check(both, columns, sides, self._languages, way_out, sure)


def _as_in_csv(cell: str, rows: Sequence[list[str]]) -> bool:
    """Whether a cell is as a CSV would have it: quotes around it, and doubled ones inside or some around every cell."""
    inside = cell[1:-1]
    if not (cell[:1] == cell[-1:] == '"' and '"' not in inside.replace('""', "")):
        return False
    return '""' in inside or all(other[:1] == other[-1:] == '"' for row in rows for other in row)


def _unended(cells: list[bytes]) -> list[bytes]:
    """A row's cells without what is left of its line end."""
    return [*cells[:-1], cells[-1].rstrip(b"\r")]
