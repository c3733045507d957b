"""Your own sentence pairs: two aligned text files, a table (TSV, CSV), a TMX, or a zip with one of these in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from pathlib import Path

from quoi.corpus.lines import OnBad, bad, line_blocks, why_bad
from quoi.corpus.slices import Advance, FileSlice, is_zip
from quoi.corpus.sources import CorpusSource, encodings, looks, moses, tatoeba_export
from quoi.corpus.sources.cells import one_line
from quoi.corpus.sources.tmx import Tmx, as_xml
from quoi.corpus.sources.tsv import HOW_TO_SKIP, KEY, LeftOut, Tsv, cleaned, head
from quoi.io.errors import QuoiError
from quoi.io.files import reading
from quoi.params.corpus import Files
from quoi.params.languages import Languages


def source(params: Files, languages: Languages, on_bad_line: OnBad = "skip") -> CorpusSource:
    """Two aligned text files, or one file of pairs; plain or packed, and its form recognised by content, not by name.

    The start of each file is read at once, and what looks odd in it is among the source's remarks.

    Raises:
        QuoiError: a file is absent, a folder, empty, of a form that is not read, or in another encoding than it should
            be; the columns of a table are not as `Tsv` needs them, the members of a zip not as `moses.members` does.
            While it is read: a packed file is damaged; with `fail`, a row is bad.
    """
    sides = [FileSlice(Path(path), encoding=params.encoding) for path in (params.source, params.target) if path]
    if params.pairs is None:
        _refuse_one_for_both(sides)
        return _two_files(sides, languages, params.licence, on_bad_line)
    texts = [FileSlice(Path(params.pairs), encoding=params.encoding)]
    if sides:
        return tatoeba_export.source(sides, texts[0], languages, params.licence, on_bad_line)
    with reading(params.pairs, "a table, a TMX or a zip"):
        if is_zip(texts[0].path):
            texts = moses.members(texts[0].path, languages, params.encoding)
    if len(texts) == 2:
        if params.columns is not None:
            raise QuoiError(f"{params.pairs} holds {texts[0].member} and {texts[1].member}, and {KEY} is for a table.")
        return _two_files(texts, languages, params.licence, on_bad_line)
    table = _opened(texts[0], params.columns, languages, on_bad_line, KEY)
    return CorpusSource(
        name="files",
        description="Sentence pairs from a file of your own.",
        licence=params.licence,
        chunks=lambda advance: table.texts(advance, table.columns),
        total=table.text.length(),
        sides=table.titles,
        more={"columns": [place + 1 for place in table.columns]} if isinstance(table, Tsv) else {},
        remarks=table.remarks,
        left_out=table.left_out,
    )


def _refuse_one_for_both(sides: Sequence[FileSlice]) -> None:
    """Refuse what is no aligned text but holds both languages; what is absent is refused as it is read."""
    wanted = "corpus.files.source and corpus.files.target name two aligned texts, and corpus.files.pairs"
    if sides[0].path.resolve() == sides[1].path.resolve():
        raise QuoiError(f"{sides[0]} is named twice: {wanted} one file with both languages.")
    for side in sides:
        with reading(side.path, "a text file, plain or packed,"):
            packed = is_zip(side.path)
        if packed or as_xml(side):
            raise QuoiError(f"{side} is {'a zip' if packed else 'XML'}: {wanted} a TMX, or a zip with both languages.")


def _opened(
    text: FileSlice, columns: Sequence[int | str] | None, languages: Languages, on_bad_line: OnBad, key: str
) -> Tsv | Tmx:
    xml = as_xml(text)
    if key == KEY:
        encodings.check(xml or text, languages.both.values())
    if xml is None:
        return Tsv(text, columns, languages, on_bad_line, key)
    if columns is not None:
        raise QuoiError(f"{text} is XML, and {key} is for a table: a TMX tells by itself which side is which.")
    return Tmx(xml, languages, on_bad_line)


def _two_files(texts: Sequence[FileSlice], languages: Languages, licence: str, on_bad_line: OnBad) -> CorpusSource:
    remarks = _odd_looks(texts, languages)
    needed = f"lines with a sentence on both sides are needed{HOW_TO_SKIP}"
    left_out = LeftOut(f"{texts[0]} and {texts[1]}", on_bad_line, needed)
    return CorpusSource(
        name="files",
        description="Sentence pairs from two aligned files of your own.",
        licence=licence,
        chunks=lambda advance: _aligned(texts, advance, left_out),
        total=sum(text.length() for text in texts),
        sides=(str(texts[0]), str(texts[1])),
        remarks=remarks,
        left_out=left_out,
    )


def read_pairs(
    path: Path, languages: Languages, columns: Sequence[int | str] | None = None, key: str = KEY
) -> tuple[list[tuple[str, str]], list[str]]:
    """All (source, target) sentences of a table or TMX, normalised, in memory: a test set, not a corpus.

    Args:
        path, languages, columns, key: as for `Tsv`.

    Returns:
        the pairs, and what whoever gave the file should know of it.

    Raises:
        QuoiError: as `source`; and, since a score is over every pair, for any row that is bad, cannot be read or lacks
            a side.
    """
    table = _opened(FileSlice.of(path), columns, languages, "fail", key)
    table.left_out.passed = frozenset(("blank",))
    pairs: list[tuple[str, str]] = []
    for number, cells in chain.from_iterable(table.rows()):
        both = [one_line(cells[place])[0] for place in table.columns]
        if damaged := [cell for cell in both if bad(cell)]:
            raise QuoiError(f"{path}, line {number:,} {why_bad(damaged[0])}.")
        pair = tuple(map(cleaned, both))
        if not all(pair):
            raise QuoiError(f"{path}, line {number:,} lacks the sentence in one of the two languages.")
        pairs.append(pair)
    if not pairs:
        raise QuoiError(f"There is no line in {path}: at least one pair of sentences is needed.")
    return pairs, table.remarks


def _aligned(texts: Sequence[FileSlice], advance: Advance, left_out: LeftOut) -> Iterator[tuple[bytes, ...]]:
    """Both files in pieces; blank lines at the end, of which one side often has more, are left out."""
    rows: list[tuple[bytes | None, ...]] = []
    done = 0
    for row in zip_longest(*(_lines(text, advance) for text in texts)):
        rows.append(row)
        if any(line is not None and line.strip(b"\r") for line in row):
            # A side that has ended gives nothing, and the numbers of lines will tell.
            yield tuple(b"".join(line + b"\n" for line in side if line is not None) for side in zip(*rows, strict=True))
            done += len(rows)
            rows.clear()
    if rows:
        left_out.add(done + 1, b"", "blank", len(rows))


def _lines(text: FileSlice, advance: Advance) -> Iterator[bytes]:
    return chain.from_iterable(block.removesuffix(b"\n").split(b"\n") for block in line_blocks(text, advance))


def _odd_looks(texts: Sequence[FileSlice], languages: Languages) -> list[str]:
    """What the first lines of two aligned files tell against them. Raises as `source`."""
    for text, language in zip(texts, languages.both.values(), strict=True):
        encodings.check(text, [language])
    heads = [head(text) for text in texts]
    for text, lines in zip(texts, heads, strict=True):
        if 2 * sum(b"\t" in line for line in lines) > len(lines):
            raise QuoiError(f"{text} has tabs in most lines: a table that holds both languages is corpus.files.pairs.")
    both = min(map(len, heads))
    sides = [[cleaned(line) for line in lines[:both]] for lines in heads]
    source, target = languages.names.values()
    way_out = f"corpus.files.source is to name the text in {source}, and corpus.files.target that in {target}"
    if texts[0].member:
        way_out = "the names of the two texts are to end in their languages' codes"
    return looks.check(f"{texts[0]} and {texts[1]}", texts, sides, languages, way_out)
