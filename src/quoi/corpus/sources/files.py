"""Your own sentence pairs: two aligned text files, or a table with tabs between its columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from pathlib import Path

from quoi.corpus.lines import OnBad, bad, line_blocks, looks_latin, why_bad
from quoi.corpus.slices import Advance, FileSlice
from quoi.corpus.sources import CorpusSource, looks
from quoi.corpus.sources.tsv import HOW_TO_SKIP, KEY, LeftOut, Tsv, cleaned, head
from quoi.io.errors import QuoiError
from quoi.params.corpus import Files
from quoi.params.languages import Languages

MOST_INVALID = 0.05
"""Share of lines that are not UTF-8 above which they are not called damaged, if they look like Latin-1."""


def source(params: Files, languages: Languages, on_bad_line: OnBad = "skip") -> CorpusSource:
    """Two aligned text files, or a table; each plain or packed, which is recognised by content and not by name.

    The start of each file is read at once, and what looks odd in it is among the source's remarks.

    Raises:
        QuoiError: a file is absent, a folder, empty, of a form that is not read, or in Latin-1; the columns of a table
            are not as `Tsv` needs them. While it is read: a packed file is damaged; with `fail`, a row is bad.
    """
    if params.pairs is None:
        paths = Path(params.source or ""), Path(params.target or "")
        return _two_files(paths, languages, params.licence, on_bad_line)
    path = Path(params.pairs)
    _refuse_latin(path, head(path))
    table = Tsv(path, params.columns, languages, on_bad_line)
    return CorpusSource(
        name="files",
        description="Sentence pairs from a table of your own.",
        licence=params.licence,
        chunks=lambda advance: table.texts(advance, table.columns),
        total=FileSlice(path).length(),
        sides=(f"the source column of {path}", f"the target column of {path}"),
        more={"columns": [place + 1 for place in table.columns]},
        remarks=table.remarks,
        left_out=table.left_out,
    )


def _two_files(paths: tuple[Path, Path], languages: Languages, licence: str, on_bad_line: OnBad) -> CorpusSource:
    needed = f"lines with a sentence on both sides are needed{HOW_TO_SKIP}"
    left_out = LeftOut(f"{paths[0]} and {paths[1]}", on_bad_line, needed)
    return CorpusSource(
        name="files",
        description="Sentence pairs from two aligned files of your own.",
        licence=licence,
        chunks=lambda advance: _aligned(paths, advance, left_out),
        total=sum(FileSlice(path).length() for path in paths),
        sides=(str(paths[0]), str(paths[1])),
        remarks=_odd_looks(paths, languages),
        left_out=left_out,
    )


def read_pairs(
    path: Path, languages: Languages, columns: Sequence[int | str] | None = None, key: str = KEY
) -> tuple[list[tuple[str, str]], list[str]]:
    """All (source, target) sentences of a table like `source`'s, normalised, in memory: a test set, not a corpus.

    Args:
        path, languages, columns, key: as for `Tsv`.

    Returns:
        the pairs, and what whoever gave the file should know of it.

    Raises:
        QuoiError: as `source`; and, since a score is over every pair, for any row that is bad, cannot be read or lacks
            a side.
    """
    table = Tsv(path, columns, languages, "fail", key)
    pairs: list[tuple[str, str]] = []
    for number, cells in chain.from_iterable(table.rows()):
        both = [cells[place] for place in table.columns]
        if damaged := [cell for cell in both if bad(cell)]:
            raise QuoiError(f"{path}, line {number:,} {why_bad(damaged[0])}.")
        pair = tuple(map(cleaned, both))
        if not all(pair):
            raise QuoiError(f"{path}, line {number:,} lacks the sentence in one of the two languages.")
        pairs.append(pair)
    if not pairs:
        raise QuoiError(f"There is no line in {path}: at least one pair of sentences is needed.")
    return pairs, table.remarks


def _aligned(paths: tuple[Path, Path], advance: Advance, left_out: LeftOut) -> Iterator[tuple[bytes, ...]]:
    """Both files in pieces; blank lines at the end, of which one side often has more, are left out."""
    rows: list[tuple[bytes | None, ...]] = []
    done = 0
    for row in zip_longest(*(_lines(path, advance) for path in paths)):
        rows.append(row)
        if any(line is not None and line.strip(b"\r") for line in row):
            # A side that has ended gives nothing, and the numbers of lines will tell.
            yield tuple(b"".join(line + b"\n" for line in side if line is not None) for side in zip(*rows, strict=True))
            done += len(rows)
            rows.clear()
    if rows:
        left_out.add(done + 1, b"", "blank", len(rows))


def _lines(path: Path, advance: Advance) -> Iterator[bytes]:
    return chain.from_iterable(block.removesuffix(b"\n").split(b"\n") for block in line_blocks(path, advance))


def _odd_looks(paths: tuple[Path, Path], languages: Languages) -> list[str]:
    """What the first lines of two aligned files tell against them; nothing of it is an error, but a wrong encoding."""
    heads = [head(path) for path in paths]
    for path, lines in zip(paths, heads, strict=True):
        _refuse_latin(path, lines)
    both = min(map(len, heads))
    sides = [[cleaned(line) for line in lines[:both]] for lines in heads]
    if wrong := looks.mixed_up(*sides, languages):
        return [f"{paths[0]} and {paths[1]}, read as {' and '.join(languages.names.values())}, {wrong}"]
    return looks.foreign(paths, sides, languages)


def _refuse_latin(path: Path, lines: Sequence[bytes]) -> None:
    """Refuse a text in Latin-1, of which else every line with an accent would be left out as damaged.

    Raises:
        QuoiError: of the lines that are not ASCII most are not UTF-8, and these are such as French has in Latin-1.
    """
    accented = {number: line for number, line in enumerate(lines, 1) if not line.isascii()}
    invalid = [number for number, line in accented.items() if bad(line) == "invalid_utf8"]
    latin = [number for number in invalid if looks_latin(accented[number])]
    if len(invalid) > max(len(accented) / 2, MOST_INVALID * len(lines)) and len(latin) > len(invalid) / 2:
        raise QuoiError(
            f"{path}, line {latin[0]:,} {why_bad(accented[latin[0]])}; of the first {len(lines):,} lines, "
            f"{len(invalid):,} are like that."
        )
