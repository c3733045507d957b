"""Sentences of the Tatoeba project with their English, as published for Anki: a zip with a table in it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from quoi.corpus.lines import OnBad
from quoi.corpus.slices import FileSlice, reading_zip
from quoi.corpus.sources import CorpusSource
from quoi.corpus.sources.tsv import Tsv
from quoi.io.download import obtain
from quoi.io.errors import QuoiError
from quoi.params.corpus import Tatoeba
from quoi.params.languages import Languages

DESCRIPTION = (
    "Sentences of the Tatoeba project (tatoeba.org) with their translations, as published for Anki at manythings.org; "
    "whose each is, corpus.attribution.gz tells line by line."
)
LICENCE = "CC BY 2.0 FR"
ATTRIBUTION = "corpus.attribution.gz"


def source(params: Tatoeba, languages: Languages, on_bad_line: OnBad = "skip") -> CorpusSource:
    """The table's columns: English, the other language, and the attribution, which the licence asks to keep.

    Raises:
        QuoiError: the zip cannot be downloaded, is absent or damaged, or holds another table; while it is read: most
            rows, or with `fail` the first that does, have another number of columns.
    """
    code = params.code(languages)
    file = obtain(params.of(languages), "corpus.tatoeba", "the Tatoeba corpus")
    columns = (0, 1) if languages.source == "en" else (1, 0)
    with file.removed_if_refused():
        content = _table(file.path, f"{code}.txt")
        text = FileSlice(Path(f"{code}.txt in {file.path}"), data=content)
        table = Tsv(text, [place + 1 for place in columns], languages, on_bad_line)
        if table.width != 3:
            raise QuoiError(f"{table.text} has {table.width} columns; two languages and attribution are needed.")
    return CorpusSource(
        name="tatoeba",
        description=DESCRIPTION,
        licence=LICENCE,
        chunks=lambda advance: table.texts(advance, (*columns, 2)),
        total=len(content),
        sides=(f"the source column of {file.path}", f"the target column of {file.path}"),
        url=file.url,
        beside=(ATTRIBUTION,),
        more={"archive": {"sha256": file.sha256, "bytes": file.bytes}, "attribution": ATTRIBUTION},
        left_out=table.left_out,
    )


def _table(path: Path, table: str) -> bytes:
    """The table as it lies in the zip, in whichever folder; a few tens of megabytes."""
    with reading_zip(path, path) as archive:
        for name in archive.namelist():
            if PurePosixPath(name).name == table:
                return archive.read(name).replace(b"\r\n", b"\n")
    raise QuoiError(f"There is no {table} in {path}: it is another archive than the one that is needed.")
