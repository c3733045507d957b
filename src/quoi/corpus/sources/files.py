"""Your own sentence pairs: two aligned text files, or a table with tabs between its columns."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from quoi.corpus.lines import BAD, line_blocks, text_blocks
from quoi.corpus.sources import Source
from quoi.corpus.stretches import Advance
from quoi.errors import QuoiError
from quoi.params.corpus import Files


def source(params: Files) -> Source:
    """Two aligned text files, or a TSV; each plain or gzip, which is recognised by content and not by name.

    Raises:
        QuoiError: while it is read: a file is absent, a folder, empty, a damaged gzip; a row of the table has another
            number of columns than 2 (english, french) or 3 (anything, english, french), or than the first row.
    """
    if params.pairs is not None:
        path = Path(params.pairs)
        sides = f"column english of {path}", f"column french of {path}"
        description = "Sentence pairs from a table of your own."
        return Source("files", description, params.licence, lambda advance: _table(path, advance), _size(path), sides)
    paths = Path(params.english or ""), Path(params.french or "")

    def chunks(advance: Advance) -> Iterator[tuple[bytes, bytes]]:
        return zip_longest(*(line_blocks(path, advance) for path in paths), fillvalue=b"")

    description = "Sentence pairs from two aligned files of your own."
    return Source("files", description, params.licence, chunks, _size(*paths), (str(paths[0]), str(paths[1])))


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """All (English, French) sentences of a table like `source`'s, in memory: for a test set, not for a corpus.

    Raises:
        QuoiError: as `source`; and, since a score is over every pair, a line that cannot be read or lacks a side.
    """
    pairs: list[tuple[str, str]] = []
    columns = 0
    for block in text_blocks(path):
        for row, line in enumerate(block.lines):
            number = len(pairs) + 1
            if row in block.bad:
                raise QuoiError(f"{path}, line {number:,} {BAD[block.bad[row]]}.")
            cells = line.split("\t")
            columns = columns or len(cells)
            _check_columns(path, number, len(cells), columns)
            english, french = (cell.strip() for cell in cells[-2:])
            if not (english and french):
                raise QuoiError(f"{path}, line {number:,} has no {'French' if english else 'English'} sentence.")
            pairs.append((english, french))
    if not pairs:
        raise QuoiError(f"There is no line in {path}: at least one pair of sentences is needed.")
    return pairs


def _table(path: Path, advance: Advance) -> Iterator[tuple[bytes, bytes]]:
    columns = 0
    line = 0
    for block in line_blocks(path, advance):
        if not line and block.startswith(BOM_UTF8):
            block = block[len(BOM_UTF8) :]
        rows = [row.split(b"\t") for row in block.removesuffix(b"\n").split(b"\n")]
        columns = columns or len(rows[0])
        for number, row in enumerate(rows, line + 1):
            _check_columns(path, number, len(row), columns)
        line += len(rows)
        yield b"".join(row[-2] + b"\n" for row in rows), b"".join(row[-1] + b"\n" for row in rows)


def _check_columns(path: Path, line: int, found: int, first: int) -> None:
    if found not in (2, 3) or found != first:
        more = f", as line 1 has {first}" if first in (2, 3) else ""
        raise QuoiError(
            f"{path}, line {line:,} has {found} column{'s' if found > 1 else ''}: 2 (english, french) "
            f"or 3 (anything, english, french) with tabs between them are needed{more}."
        )


def _size(*paths: Path) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())
