"""English and French sentences of the Tatoeba project, as published for Anki: a zip with a table in it."""

from __future__ import annotations

import io
import zipfile
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from quoi.corpus.slices import Advance
from quoi.corpus.sources import CorpusSource
from quoi.corpus.sources.rows import LeftOut, OnBad
from quoi.io.download import obtain
from quoi.io.errors import QuoiError
from quoi.params.corpus import Tatoeba

DESCRIPTION = (
    "Sentences of the Tatoeba project (tatoeba.org) with their translations, as published for Anki at manythings.org; "
    "whose each is, corpus.attribution.gz tells line by line."
)
LICENCE = "CC BY 2.0 FR"
ATTRIBUTION = "corpus.attribution.gz"
TABLE = "fra.txt"


def source(params: Tatoeba, on_bad_line: OnBad = "skip") -> CorpusSource:
    """The table's columns: english, french, and the attribution, which the licence asks to keep.

    Raises:
        QuoiError: the zip cannot be downloaded, is absent or damaged; while it is read: most rows, or with `fail` the
            first that does, have another number of columns than 3.
    """
    file = obtain(params, "corpus.tatoeba", "the Tatoeba corpus")
    with file.removed_if_refused():
        table = _table(file.path)
    left_out = LeftOut(f"{TABLE} in {file.path}", on_bad_line, "3 columns (english, french, attribution) are needed")

    def chunks(advance: Advance) -> Iterator[tuple[bytes, ...]]:
        for number, line in enumerate(io.BytesIO(table), 1):
            advance(len(line))
            row = line.rstrip(b"\r\n")
            cells = row.split(b"\t")
            if len(cells) == 3:
                yield tuple(cell + b"\n" for cell in cells)
            else:
                left_out.add_odd(number, row, len(cells))

    return CorpusSource(
        name="tatoeba",
        description=DESCRIPTION,
        licence=LICENCE,
        chunks=chunks,
        total=len(table),
        sides=(f"column english of {file.path}", f"column french of {file.path}"),
        url=file.url,
        beside=(ATTRIBUTION,),
        more={"archive": {"sha256": file.sha256, "bytes": file.bytes}, "attribution": ATTRIBUTION},
        left_out=left_out,
    )


def _table(path: Path) -> bytes:
    """The table as it lies in the zip, in whichever folder, less its byte order mark; a few tens of megabytes."""
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if PurePosixPath(name).name == TABLE:
                    return archive.read(name).removeprefix(BOM_UTF8)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as error:
        raise QuoiError(f"{path} is no readable zip archive: {error or 'it breaks off'}.") from None
    raise QuoiError(f"There is no {TABLE} in {path}: it is another archive than the one that is needed.")
