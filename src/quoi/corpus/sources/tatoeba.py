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
from quoi.corpus.stretches import Advance
from quoi.errors import QuoiError
from quoi.params.corpus import Tatoeba

DESCRIPTION = (
    "Sentences of the Tatoeba project (tatoeba.org) with their translations, as published for Anki at manythings.org; "
    "whose each is, corpus.attribution.gz tells line by line."
)
LICENCE = "CC BY 2.0 FR"
ATTRIBUTION = "corpus.attribution.gz"
TABLE = "fra.txt"


def source(params: Tatoeba) -> Source:
    """The table's columns: english, french, and the attribution, which the licence asks to keep.

    Raises:
        QuoiError: the zip cannot be downloaded, is absent, damaged or refused; while it is read: a row has another
            number of columns than 3.
    """
    got, size = obtain(params, "corpus.tatoeba", "fra-eng.zip", "the Tatoeba corpus", _look)
    return Source(
        name="tatoeba",
        description=DESCRIPTION,
        licence=LICENCE,
        chunks=lambda advance: _rows(got.path, advance),
        total=size,
        sides=(f"column english of {got.path}", f"column french of {got.path}"),
        url=got.url,
        beside=(ATTRIBUTION,),
        more={"archive": {"sha256": got.sha256, "bytes": got.bytes}, "attribution": ATTRIBUTION},
    )


def _look(path: Path) -> int:
    """Read the table once, for its check sum; return its size in bytes."""
    size = 0
    with _table(path) as file:
        while piece := file.read(LONGEST):
            size += len(piece)
    return size


def _rows(path: Path, advance: Advance) -> Iterator[tuple[bytes, bytes, bytes]]:
    with _table(path) as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST), b""), 1):
            row = line.removeprefix(BOM_UTF8) if number == 1 else line
            cells = row.rstrip(b"\r\n").split(b"\t")
            if len(cells) != 3:
                raise QuoiError(
                    f"{path}, line {number:,} of {TABLE} has {len(cells)} column{'s' if len(cells) > 1 else ''}: 3 "
                    f"(english, french, attribution) with tabs between them are needed."
                )
            english, french, attribution = cells
            advance(len(line))
            yield english + b"\n", french + b"\n", attribution + b"\n"


@contextmanager
def _table(path: Path) -> Iterator[BinaryIO]:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(in_zip(archive, path, TABLE)) as file:
            yield file
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise QuoiError(f"{path} is no readable zip archive: {error or 'it breaks off'}.") from None
