"""Your own sentence pairs: two aligned text files, or a table with tabs between its columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from quoi.corpus.lines import BAD, LATIN, LONGEST, line_blocks, looks_latin
from quoi.corpus.normalise import normalise
from quoi.corpus.sources import Source, languages
from quoi.corpus.sources.rows import LeftOut, OnBad
from quoi.corpus.sources.tsv import KEY, SIDES, Tsv, head
from quoi.corpus.stretches import Advance
from quoi.io.errors import QuoiError
from quoi.params.corpus import Files

MOST_INVALID = 0.05
"""Share of lines that are not UTF-8 above which they are not called damaged, if they can be told for Latin-1."""


def source(params: Files, on_bad_line: OnBad = "skip") -> Source:
    """Two aligned text files, or a table; each plain or packed, which is recognised by content and not by name.

    The start of each file is read at once, and what looks odd in it is among the source's remarks.

    Raises:
        QuoiError: a file is absent, a folder, empty, of a form that is not read, or in Latin-1; the columns of a table
            are not as `Tsv` needs them. While it is read: a packed file is damaged; with `fail`, a row is bad.
    """
    if params.pairs is not None:
        path = Path(params.pairs)
        _refuse_latin(path, head(path))
        table = Tsv(path, params.columns, on_bad_line, KEY)

        def rows(advance: Advance) -> Iterator[tuple[bytes, bytes]]:
            for piece in table.rows(advance):
                yield tuple(b"".join(row[side] + b"\n" for row in piece) for side in (1, 2))
            more["left_out"] = dict(table.left_out.counts)

        more: dict[str, Any] = {"columns": [place + 1 for place in table.columns]}
        names = f"column english of {path}", f"column french of {path}"
        description = "Sentence pairs from a table of your own."
        return Source("files", description, params.licence, rows, _size(path), names, more=more, remarks=table.remarks)
    paths = Path(params.english or ""), Path(params.french or "")
    left_out = LeftOut(f"{paths[0]} and {paths[1]}", on_bad_line, "lines with a sentence on both sides are needed")
    remarks = _looked_at(paths)
    told: dict[str, Any] = {}

    def chunks(advance: Advance) -> Iterator[tuple[bytes, bytes]]:
        yield from _aligned(paths, advance, left_out)
        told["left_out"] = dict(left_out.counts)
        if remark := left_out.settle(left_out.counts.total()):
            remarks.append(remark)

    description = "Sentence pairs from two aligned files of your own."
    return Source(
        "files",
        description,
        params.licence,
        chunks,
        _size(*paths),
        (str(paths[0]), str(paths[1])),
        more=told,
        remarks=remarks,
    )


def read_pairs(
    path: Path, columns: Sequence[int | str] | None = None, key: str = KEY
) -> tuple[list[tuple[str, str]], list[str]]:
    """All (English, French) sentences of a table like `source`'s, normalised, in memory: a test set, not a corpus.

    Args:
        path, columns, key: as for `Tsv`.

    Returns:
        the pairs, and what whoever gave the file should know of it.

    Raises:
        QuoiError: as `source`; and, since a score is over every pair, for any row that is bad, cannot be read or lacks
            a side.
    """
    table = Tsv(path, columns, "fail", key)
    pairs: list[tuple[str, str]] = []
    for piece in table.rows():
        for number, *cells in piece:
            english, french = (_sentence(path, number, cell) for cell in cells)
            if not (english and french):
                raise QuoiError(f"{path}, line {number:,} has no {'French' if english else 'English'} sentence.")
            pairs.append((english, french))
    if not pairs:
        raise QuoiError(f"There is no line in {path}: at least one pair of sentences is needed.")
    return pairs, table.remarks


def _sentence(path: Path, number: int, cell: bytes) -> str:
    try:
        text = cell.decode()
    except UnicodeDecodeError:
        why = BAD["invalid_utf8"] + (LATIN if looks_latin(cell) else "")
    else:
        why = BAD["nul"] if "\0" in text else BAD["too_long"] if len(text) > LONGEST else ""
    if why:
        raise QuoiError(f"{path}, line {number:,} {why}.")
    return normalise(text).strip()


def _aligned(paths: tuple[Path, Path], advance: Advance, left_out: LeftOut) -> Iterator[tuple[bytes, bytes]]:
    """Both files in pieces; blank lines at the end, of which one side often has more, are left out."""
    lines = [0, 0]
    held = [b"", b""]
    for pieces in zip_longest(*(line_blocks(path, advance) for path in paths), fillvalue=b""):
        out = []
        for side, piece in enumerate(pieces):
            full = len(piece.rstrip(b"\r\n"))
            end = piece.find(b"\n", full) + 1 or len(piece)
            whole = held[side] + piece[:end] if full else b""
            held[side] = piece[end:] if full else held[side] + piece
            lines[side] += whole.count(b"\n") + (bool(whole) and not whole.endswith(b"\n"))
            out.append(whole)
        yield out[0], out[1]
    ends = [text.split(b"\n")[:-1] if text.endswith(b"\n") else text.split(b"\n") if text else [] for text in held]
    needed = [max(lines) - number for number in lines]
    if any(len(end) < number for end, number in zip(ends, needed, strict=True)):
        yield held[0], held[1]  # not aligned, blank lines or not: which the number of lines will tell
        return
    if extra := max(len(end) - number for end, number in zip(ends, needed, strict=True)):
        left_out.take(max(lines) + 1, b"", "blank", "is blank", extra)
    yield b"\n" * needed[0], b"\n" * needed[1]


def _looked_at(paths: tuple[Path, Path]) -> list[str]:
    """What the first lines of two aligned files tell against them; nothing of it is an error, but a wrong encoding."""
    heads = [head(path) for path in paths]
    for path, lines in zip(paths, heads, strict=True):
        _refuse_latin(path, lines)
    both = min(map(len, heads))
    sides = [[normalise(line.decode("utf-8", "replace")).strip() for line in lines[:both]] for lines in heads]
    if wrong := languages.mixed_up(*sides):
        return [f"{paths[0]} and {paths[1]}, read as english and french, {wrong}"]
    return [
        f"{path}, read as {name}, {against}"
        for (language, name), path, side in zip(SIDES.items(), paths, sides, strict=True)
        if (against := languages.foreign(side, language))
    ]


def _refuse_latin(path: Path, lines: Sequence[bytes]) -> None:
    """Refuse a text in Latin-1, of which else every line with an accent would be left out as damaged.

    Raises:
        QuoiError: of the lines that are not ASCII most are not UTF-8, and these are such as French has in Latin-1.
    """
    invalid = []
    valid = 0
    for number, line in enumerate(lines, 1):
        if not line.isascii():
            try:
                line.decode()
                valid += 1
            except UnicodeDecodeError:
                invalid.append(number)
    if (
        len(invalid) > max(valid, MOST_INVALID * len(lines))
        and sum(looks_latin(lines[number - 1]) for number in invalid) > len(invalid) / 2
    ):
        raise QuoiError(
            f"{path}, line {invalid[0]:,} {BAD['invalid_utf8']}{LATIN}; of the first {len(lines):,} lines, "
            f"{len(invalid):,} are like that."
        )


def _size(*paths: Path) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())
