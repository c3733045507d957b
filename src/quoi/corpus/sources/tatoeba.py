"""English and French sentences of the Tatoeba project, as published for Anki: a zip with a table in it."""

from __future__ import annotations

import zipfile
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from quoi.corpus.lines import LONGEST
from quoi.corpus.sources import Source
from quoi.corpus.sources.archives import in_zip, obtain
from quoi.corpus.sources.rows import LeftOut, OnBad
from quoi.corpus.stretches import Advance
from quoi.io.errors import QuoiError
from quoi.params.corpus import Tatoeba

DESCRIPTION = (
    "Sentences of the Tatoeba project (tatoeba.org) with their translations, as published for Anki at manythings.org; "
    "whose each is, corpus.attribution.gz tells line by line."
)
LICENCE = "CC BY 2.0 FR"
ATTRIBUTION = "corpus.attribution.gz"
TABLE = "fra.txt"


def source(params: Tatoeba, on_bad_line: OnBad = "skip") -> Source:
    """The table's columns: english, french, and the attribution, which the licence asks to keep.

    Raises:
        QuoiError: the zip cannot be downloaded, is absent, damaged or refused; while it is read: most rows, or with
            `fail` the first that does, have another number of columns than 3.
    """
    got, size = obtain(params, "corpus.tatoeba", "fra-eng.zip", "the Tatoeba corpus", _look)
    left_out = LeftOut(f"{TABLE} in {got.path}", on_bad_line, "3 columns (english, french, attribution) are needed")
    more = {"archive": {"sha256": got.sha256, "bytes": got.bytes}, "attribution": ATTRIBUTION}
    remarks: list[str] = []

    def chunks(advance: Advance) -> Iterator[tuple[bytes, bytes, bytes]]:
        used = 0
        for row in _rows(got.path, advance, left_out):
            yield row
            used += 1
        if remark := left_out.settle(used):
            remarks.append(remark)
        more["left_out"] = dict(left_out.counts)

    return Source(
        name="tatoeba",
        description=DESCRIPTION,
        licence=LICENCE,
        chunks=chunks,
        total=size,
        sides=(f"column english of {got.path}", f"column french of {got.path}"),
        url=got.url,
        beside=(ATTRIBUTION,),
        more=more,
        remarks=remarks,
    )


def _look(path: Path) -> int:
    """Read the table once, for its check sum; return its size in bytes."""
    size = 0
    with _table(path) as file:
        while piece := file.read(LONGEST):
            size += len(piece)
    return size


def _rows(path: Path, advance: Advance, left_out: LeftOut) -> Iterator[tuple[bytes, bytes, bytes]]:
    with _table(path) as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST), b""), 1):
            row = line.removeprefix(BOM_UTF8) if number == 1 else line
            row = row.rstrip(b"\r\n")
            cells = row.split(b"\t")
            advance(len(line))
            if len(cells) != 3:
                kind, why = ("columns", f"has {len(cells)} column{'s' if len(cells) > 1 else ''}")
                left_out.take(number, row, *(("blank", "is blank") if not row.strip() else (kind, why)))
                continue
            english, french, attribution = cells
            yield english + b"\n", french + b"\n", attribution + b"\n"


@contextmanager
def _table(path: Path) -> Iterator[BinaryIO]:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(in_zip(archive, path, TABLE)) as file:
            yield file
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise QuoiError(f"{path} is no readable zip archive: {error or 'it breaks off'}.") from None
