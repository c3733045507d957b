"""The cells of a table's rows: with tabs between them as they stand, with commas or semicolons as CSV has them."""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice

from quoi.corpus.lines import line_blocks
from quoi.corpus.slices import Advance, FileSlice
from quoi.io.errors import QuoiError

MOST = 0.9
"""Share of a CSV's rows that have the same number of cells: sentences in lines that merely hold commas have not."""

_PIECE = 5_000
_SAID = re.compile(rb"sep=([\t,;])\r?")
_BREAK = re.compile(rb"\s*[\r\n]+\s*")

Cells = list[bytes] | bytes
"""A row's cells, or the whole row, where the quotes in it do not fit."""


def separator(lines: Sequence[bytes]) -> bytes:
    """What stands between the cells of a table that begins with these lines: a tab, a comma or a semicolon.

    It is what Excel's first line says, `sep=;`; a tab where half of the lines have one, or where neither of the others
    makes rows of one number of cells. Where both do, it is the semicolon: sentences have commas.
    """
    filled = [line for line in lines if line.strip()]
    if said := _SAID.fullmatch(filled[0] if filled else b""):
        return said[1]
    if 2 * sum(b"\t" in line for line in filled) >= len(filled):
        return b"\t"
    shares = {sign: _share(filled, sign) for sign in (b";", b",")}
    best = max(shares, key=lambda sign: shares[sign])
    return best if shares[best] >= MOST else b"\t"


def one_line(text: bytes) -> tuple[bytes, int]:
    """A cell in which a line break, with the spaces around it, has become a space, and how many there were."""
    return _BREAK.subn(b" ", text)


def rows(text: FileSlice, separator: bytes, advance: Advance = lambda size: None) -> Iterator[list[tuple[int, Cells]]]:
    """Yield the rows of a table in pieces, each with the number of the line that it begins in, from 1.

    Between tabs, quotes are letters like any other. In a CSV, a cell in quotes may hold separators and line breaks,
    and a quote is written twice.

    Raises:
        QuoiError: as `line_blocks`; a quote in a CSV is not closed.
    """
    blocks = _unmarked(line_blocks(text, advance))
    pieces = _plain(blocks) if separator == b"\t" else _quoted_pieces(blocks, separator, str(text))
    for piece in pieces:
        line, first = piece[0]
        if line == 1 and isinstance(first, list) and _SAID.fullmatch(separator.join(first)):
            del piece[0]  # Excel's first line is no row
        yield piece


def _plain(blocks: Iterator[bytes]) -> Iterator[list[tuple[int, Cells]]]:
    lines = 1
    for block in blocks:
        piece = block.removesuffix(b"\n").split(b"\n")
        yield [(line, row.split(b"\t")) for line, row in enumerate(piece, lines)]
        lines += len(piece)


def _quoted_pieces(blocks: Iterable[bytes], separator: bytes, name: str) -> Iterator[list[tuple[int, Cells]]]:
    quoted = _quoted(blocks, separator, name)
    yield from iter(lambda: list(islice(quoted, _PIECE)), [])


def _unmarked(blocks: Iterator[bytes]) -> Iterator[bytes]:
    first = next(blocks, None)
    return blocks if first is None else chain([first.removeprefix(BOM_UTF8)], blocks)


def _quoted(blocks: Iterable[bytes], separator: bytes, name: str) -> Iterator[tuple[int, Cells]]:
    read: list[str] = []

    def lines() -> Iterator[str]:
        for block in blocks:
            # A line ends with a line feed and with nothing else; damaged bytes come out again as they went in.
            for line in io.StringIO(block.decode("utf-8", "surrogateescape"), newline="\n"):
                read.append(line)
                yield line

    reader = csv.reader(lines(), delimiter=separator.decode(), skipinitialspace=True, strict=True)
    while True:
        number = reader.line_num + 1
        read.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error) or ("larger" in str(error) and len(read) > 1):
                raise QuoiError(
                    f"{name}, line {number:,} opens a quote that is not closed within {csv.field_size_limit():,} "
                    f"characters: {read[0][:60]!r}; in a CSV, a quote inside a cell is written twice."
                ) from None
            yield number, "".join(read).rstrip("\r\n").encode("utf-8", "surrogateescape")
        else:
            yield number, [cell.encode("utf-8", "surrogateescape") for cell in cells]


def _share(lines: Sequence[bytes], separator: bytes) -> float:
    """The share of the rows that have the most frequent number of cells; 0 where that is one."""
    widths: Counter[int] = Counter()
    with suppress(QuoiError):  # the last row of a sample may go on after it
        for _, row in _quoted([b"\n".join(lines)], separator, ""):
            widths[len(row) if isinstance(row, list) else 0] += 1
    ((width, number),) = widths.most_common(1) or [(0, 0)]
    return number / widths.total() if width > 1 else 0
