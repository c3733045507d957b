"""Where sentence pairs come from: one module each, one interface, one form on disk."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from quoi.corpus.lines import BAD, bad, text_blocks
from quoi.corpus.slices import RAW, Advance, sides
from quoi.io.errors import QuoiError
from quoi.io.files import replacing, sha256, write_json
from quoi.io.progress import bar
from quoi.params.corpus import Corpus
from quoi.params.languages import Languages

if TYPE_CHECKING:
    from quoi.corpus.sources.tsv import LeftOut

SHOWN, LONGEST_SHOWN = 3, 200
"""Pairs that are shown as they were read, and characters of a line."""


@dataclass(frozen=True)
class CorpusSource:
    """A corpus that can be read once, from start to end."""

    name: str
    description: str
    licence: str
    chunks: Callable[[Advance], Iterator[tuple[bytes, ...]]]
    """Given a function that moves a progress bar on, yields (source, target) text, and a text for each of `beside`.
    The pieces hold whole lines, one sentence each, and may be empty: what counts is each side's whole."""
    total: float | None = None
    """What the progress adds up to; None: not known."""
    sides: tuple[str, str] = ("the source side", "the target side")
    """What to call the two in an error."""
    url: str | None = None
    beside: tuple[str, ...] = ()
    """Names of further gzip files, aligned with the sides, that belong to the corpus."""
    more: dict[str, Any] = field(default_factory=dict)
    """Further keys of source.json."""
    remarks: list[str] = field(default_factory=list)
    """What whoever chose the source should know of it."""
    left_out: LeftOut | None = None
    """Rows that reading passes over, if it may."""


def fetch(
    params: Corpus, languages: Languages, folder: Path, say: Callable[[str], None] = lambda sentence: None
) -> int | None:
    """Write a raw corpus and a note on where it is from; return the number of lines, where it is known.

    Writes `corpus.source.gz`, `corpus.target.gz` and `source.json`. The same parameters and data give the same bytes.
    Damaged lines are left for the filter to count; rows of a table that are no pair are left out and counted.
    Giga-fren itself stays the archive that it is: source.json then tells where in it the two sides lie
    (`quoi.corpus.slices.sides`), and its lines are null, since only the filter counts them.

    Args:
        params, languages: sections `corpus` and `languages` of params.yaml.
        folder: where the corpus is written.
        say: called with what looks odd in the source and, for all but Giga-fren, the first pairs as they were read.

    Raises:
        QuoiError: the source is absent, cannot be downloaded, is damaged, refused, empty or not aligned; the folder
            cannot be written.
    """
    folder = Path(folder)
    if params.source == "giga-fren":
        from quoi.corpus.sources import giga_fren

        giga_fren.fetch(params.giga_fren, languages, folder)
        return None
    source = _source(params, languages)
    names = (*RAW, *source.beside)
    lines, damaged = [0] * len(names), [0] * len(names)
    with ExitStack() as stack:
        advance = stack.enter_context(bar(f"Fetching the corpus ({source.name})", source.total))
        files = [_packed(stack.enter_context(replacing(folder / name)), stack) for name in names]
        for chunk in source.chunks(advance):
            for side, text in enumerate(chunk):
                files[side].write(text)
                lines[side] += text.count(b"\n")
                damaged[side] += sum(map(bool, map(bad, text.split(b"\n")))) if bad(text) else 0
        remarks = [*source.remarks, *(source.left_out.remarks(lines[0]) if source.left_out else [])]
        if params.source == "files" and params.on_bad_line == "skip":
            counts = zip(source.sides, damaged, strict=False)
            remarks += [
                f"{name}: lines that are damaged, and will be left out: {number:,}" for name, number in counts if number
            ]
        for name, number in zip(source.sides, lines, strict=False):
            if not number:
                raise QuoiError(f"There is no line in {name}: at least one is needed.")
        if lines[0] != lines[1]:
            raise QuoiError(
                f"{source.sides[0]} has {lines[0]:,} lines and {source.sides[1]} has {lines[1]:,}: the two must be "
                f"aligned line by line."
            )
    write_json(
        folder / "source.json",
        {
            "name": source.name,
            "description": source.description,
            "url": source.url,
            "licence": source.licence,
            "lines": lines[0],
            "sha256": {name: sha256(folder / name).hexdigest() for name in names},
            "bytes": {name: (folder / name).stat().st_size for name in names},
            **source.more,
            **({"left_out": dict(source.left_out.counts)} if source.left_out else {}),
            **({"repaired": dict(source.left_out.repaired)} if source.left_out and source.left_out.repaired else {}),
        },
    )
    for remark in remarks:
        say(remark)
    _show(folder, say)
    return lines[0]


def _packed(path: Path, stack: ExitStack) -> BinaryIO:
    """A gzip file to write to, with no name and no time in its header, until the stack unwinds."""
    raw = stack.enter_context(path.open("wb"))
    # Level 4 makes files 6% larger than level 9, in a quarter of its time.
    packed = gzip.GzipFile("", "wb", compresslevel=4, fileobj=raw, mtime=0)
    return stack.enter_context(io.BufferedWriter(packed, 1 << 18))


def _show(folder: Path, say: Callable[[str], None]) -> None:
    """The first pairs of a raw corpus, as every later stage reads them."""
    first = []
    for side in sides(folder):
        with closing(text_blocks(side)) as blocks:
            first.append(next(blocks))
    for row in range(min(SHOWN, *map(len, first))):
        texts = (f"({BAD[block.bad[row]]})" if row in block.bad else block.text(row) for block in first)
        say(f"{row + 1}: {' | '.join(map(_printable, texts))}")


def _printable(text: str) -> str:
    """The start of a line, without what would move a terminal's cursor."""
    return "".join(sign if sign.isprintable() else " " for sign in text[:LONGEST_SHOWN])


def _source(params: Corpus, languages: Languages) -> CorpusSource:
    if params.source == "files":
        from quoi.corpus.sources import files

        return files.source(params.files, languages, params.on_bad_line)
    if params.source == "tatoeba":
        from quoi.corpus.sources import tatoeba

        return tatoeba.source(params.tatoeba, languages, params.on_bad_line)
    if params.source == "verses":
        from quoi.corpus.sources import verses

        return verses.source(params.verses, languages)
    import atlas

    def chunks(advance: Advance) -> Iterator[tuple[bytes, bytes]]:
        try:
            for pair in atlas.generate(params.atlas.questions, params.atlas.seed):
                advance(1)
                sides = dict(zip(("en", "fr"), map(_line, pair), strict=True))
                yield sides[languages.source], sides[languages.target]
        except atlas.Exhausted as error:
            raise QuoiError(str(error)) from None

    return CorpusSource("atlas", atlas.DESCRIPTION, atlas.LICENCE, chunks, total=10 * params.atlas.questions)


def _line(text: str | bytes) -> bytes:
    # Damaged lines are part of the generated corpus and come as bytes, or as text with lone surrogates.
    return (text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")) + b"\n"
