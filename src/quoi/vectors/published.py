"""Published word vectors: found or fetched, unpacked where they must be, checked, and opened as a source."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np

from quoi.io.download import FOLDER, obtain
from quoi.io.errors import QuoiError
from quoi.io.files import replacing
from quoi.io.http import file_name
from quoi.io.progress import bar
from quoi.params.vectors import PublishedVectors, Vectors
from quoi.vectors.fasttext_bin import BinaryModel
from quoi.vectors.table import Found
from quoi.vectors.text_file import TextFile

_SUFFIXES = {"fasttext-vec": ".vec", "fasttext-bin": ".bin", "glove": ".txt"}
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Published:
    """One language's published vectors, ready to be asked. `str` says what is read for it."""

    name: str
    """Of the source: `fasttext-vec`, `fasttext-bin` or `glove`."""
    vectors: TextFile | BinaryModel
    file: str
    """The name of the file or archive."""
    url: str | None
    """Where it was fetched; None for a local copy."""
    licence: str
    sha256: str

    def __str__(self) -> str:
        return str(self.vectors)

    @property
    def subwords(self) -> bool:
        """Whether they can be composed of subwords."""
        return self.vectors.subwords

    def lookup(self, words: Sequence[str]) -> Found:
        """The vectors of some words, those composed of subwords included; see `quoi.vectors.table.Found`.

        Raises:
            QuoiError: as `TextFile.lookup` or `BinaryModel.lookup`.
        """
        return self.vectors.lookup(words)

    def frequent(self, count: int) -> Iterator[tuple[list[str], np.ndarray]]:
        """The first words of the file with a vector of their own, piece by piece: the most frequent ones.

        Raises:
            QuoiError: as `TextFile.frequent` or `BinaryModel.frequent`.
        """
        return self.vectors.frequent(count)

    def moments(self) -> tuple[float, float] | None:
        """Mean and standard deviation of all numbers of a text file; None of a binary model, which holds more."""
        return self.vectors.moments() if isinstance(self.vectors, TextFile) else None

    def describe(self) -> dict[str, Any]:
        """What a report tells of them: where they are from, and of the file, once it was asked, what it holds."""
        return {
            "name": self.name,
            "file": self.file,
            "url": self.url,
            "licence": self.licence,
            "sha256": self.sha256,
            "words": self.vectors.words,
            "repeated": self.vectors.repeated,
            "left_out": self.vectors.left_out if isinstance(self.vectors, TextFile) else 0,
        }

    def remark(self) -> str | None:
        """What to say of rows that the last look-up left out; None where there were none."""
        return self.vectors.remark() if isinstance(self.vectors, TextFile) else None


OnBad = Literal["skip", "fail"]


def open_published(settings: Vectors, language: str, on_bad_row: OnBad = "fail") -> Published:
    """Find or fetch the vectors of `en` or `fr` and check their digest and, of a binary model, structure and memory.

    Args:
        on_bad_row: of a text file, as for `TextFile`.

    Raises:
        QuoiError: the file is absent or cannot be fetched, has another digest than params.yaml gives, is an archive
            that is damaged or holds no such file, or is refused by `BinaryModel`.
    """
    section = f"vectors.{'english' if language == 'en' else 'french'}"
    return open_file(settings.source_of(language), settings.published(language), section, language, on_bad_row)


def open_file(name: str, given: PublishedVectors, section: str, language: str, on_bad_row: OnBad = "fail") -> Published:
    """As `open_published`, of a source that any section of params.yaml names.

    Args:
        name: `fasttext-vec`, `fasttext-bin` or `glove`.
        section: where `given` stands in params.yaml, for errors.
        language: `en` or `fr`. Sections that name the same file in the same language share one download.
        on_bad_row: of a text file, as for `TextFile`.

    Raises:
        QuoiError: as `open_published`.
    """
    what = f"word vectors ({language})"
    local = obtain(given, section, what, prefix=f"{language}-", needed="a file of word vectors")
    path, url, digest = local.path, local.url, local.sha256
    shown = file_name(url) if url else path.name
    file = _unpacked(path, digest, name, given, section)
    source = BinaryModel(file) if name == "fasttext-bin" else TextFile(file, name == "fasttext-vec", on_bad_row)
    return Published(name, source, shown, url, given.licence, digest)


def _unpacked(path: Path, digest: str, name: str, given: PublishedVectors, section: str) -> Path:
    """The file itself; of an archive, or a gzip file that fastText is to load, what it holds, unpacked once."""
    with path.open("rb") as file:
        head = file.read(4)
    if head in (b"PK\x03\x04", b"PK\x05\x06"):
        return _unpack_member(path, digest, name, given.member, section)
    if given.member is not None:
        raise QuoiError(f"{path} is no .zip archive, so {section}.member must be null; it is {given.member!r}.")
    if not head.startswith(b"\x1f\x8b") or name != "fasttext-bin":
        return path
    from isal import igzip, isal_zlib

    target = _target(digest, path.name.removesuffix(".gz"))
    if not target.exists():
        try:
            with igzip.open(path) as packed:
                _write(packed, target, path.name, None)
        except (EOFError, igzip.BadGzipFile, isal_zlib.error) as error:
            raise QuoiError(f"{path} is a damaged or truncated gzip file: {error}.") from None
    return target


def _unpack_member(path: Path, digest: str, name: str, member: str | None, section: str) -> Path:
    try:
        with zipfile.ZipFile(path) as archive:
            entry = _choose(path, archive, name, member, section)
            target = _target(digest, file_name(entry.filename))
            if not target.exists():
                FOLDER.mkdir(parents=True, exist_ok=True)
                free = shutil.disk_usage(FOLDER).free
                if entry.file_size > free:
                    raise QuoiError(
                        f"{entry.filename} of {path} takes {entry.file_size / 1e9:.1f} GB and {free / 1e9:.1f} GB are "
                        f"free in {FOLDER}."
                    )
                with archive.open(entry.filename) as packed:
                    _write(packed, target, entry.filename, entry.file_size)
            return target
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise QuoiError(f"{path} is a damaged .zip archive: {error}.") from None
    except (RuntimeError, NotImplementedError) as error:
        raise QuoiError(f"{path} cannot be unpacked: {error}.") from None


def _choose(path: Path, archive: zipfile.ZipFile, name: str, member: str | None, section: str) -> zipfile.ZipInfo:
    """The member that is named, or the only one of the source's form; an archive of one file holds that."""
    files = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}
    fitting = [each for each in files if each.endswith(_SUFFIXES[name])]
    chosen = [member] if member is not None else fitting if len(files) > 1 else list(files)
    if len(chosen) == 1 and chosen[0] in files:
        return files[chosen[0]]
    shown = ", ".join(list(files)[:10]) or "nothing"
    wrong = f"is {member!r}" if member is not None else "must name one file"
    raise QuoiError(f"{section}.member {wrong}: {path} holds {shown}.")


def _target(digest: str, name: str) -> Path:
    return FOLDER / f"{digest[:12]}-{name}"


def _write(packed: BinaryIO, target: Path, name: str, size: float | None) -> None:
    with replacing(target) as partial, partial.open("wb") as file, bar(f"Unpacking {name}", size) as advance:
        while block := packed.read(_BLOCK):
            file.write(block)
            advance(len(block))
