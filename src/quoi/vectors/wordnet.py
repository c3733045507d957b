"""The nouns that there are: WordNet's synsets with their lemmas, all of them or those that ImageNet-21k illustrates."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from quoi.io.download import obtain
from quoi.io.errors import QuoiError
from quoi.io.files import reading, sha256
from quoi.io.installed import folder_of
from quoi.params.vectors import Labels, WordNet
from quoi.vectors.data_noun import LARGEST, Synset, read

LICENCE = "WordNet 3.0 licence (Princeton University)"
_FILE = "data.noun"
_DATABASE = ("", "dict")
_GZIP = b"\x1f\x8b"
_IMAGENET = re.compile(r"(n\d{8})\t(\S.*)")
_BETWEEN = re.compile(r"[\s_-]+")


@dataclass(frozen=True)
class Nouns:
    """Noun synsets in the order of their ids, and where they are from."""

    synsets: list[Synset]
    source: dict[str, Any]
    """`name`, `url`, `licence`, `sha256`, for a note."""

    def __len__(self) -> int:
        return len(self.synsets)

    def of_id(self, id: str) -> Synset | None:
        """The synset with an id like n02084071."""
        return self._by_id.get(id)

    def named(self, text: str) -> Synset | None:
        """The synset of which a text is a lemma; hyphen, underscore and space are equal.

        Of several it is one that spells it with the same capitals (China, china), if there is; of these, one whose
        first, most usual lemma it is; of these, the one with the lowest id.
        """
        return self._by_lemma.get(_same(text)) or self._by_small_lemma.get(_same(text).lower())

    @cached_property
    def _by_id(self) -> dict[str, Synset]:
        return {synset.id: synset for synset in self.synsets}

    @cached_property
    def _by_lemma(self) -> dict[str, Synset]:
        return self._by(_same)

    @cached_property
    def _by_small_lemma(self) -> dict[str, Synset]:
        return self._by(lambda lemma: _same(lemma).lower())

    def _by(self, key: Callable[[str], str]) -> dict[str, Synset]:
        first: dict[str, Synset] = {}
        others: dict[str, Synset] = {}
        for synset in self.synsets:
            for place, lemma in enumerate(synset.lemmas):
                (others if place else first).setdefault(key(lemma), synset)
        return others | first


def _same(text: str) -> str:
    """What the spellings of one lemma have in common."""
    return _BETWEEN.sub(" ", text.replace("’", "'")).strip()


def nouns(settings: Labels) -> Nouns:
    """The nouns that `labels.nouns` names.

    Raises:
        QuoiError: as `imagenet21k` or `wordnet`.
    """
    return imagenet21k() if settings.nouns == "imagenet21k" else wordnet(settings.wordnet)


def imagenet21k() -> Nouns:
    """The 21,844 synsets of ImageNet-21k and ImageNet-1k, of which package timm ships the lemmas; it is not imported.

    They are the 21,843 of the former, and `teddy bear`, which only the latter has.

    Raises:
        QuoiError: the package is not installed, or its file is absent or of another form.
    """
    path = folder_of("timm", "timm", "labels.nouns") / "data/_info/imagenet_synset_to_lemma.txt"
    with reading(path, "timm's list of lemmas"):
        text = path.read_text(encoding="utf-8", errors="backslashreplace")
    synsets = []
    for number, line in enumerate(text.splitlines(), 1):
        found = _IMAGENET.fullmatch(line)
        lemmas = tuple(filter(None, (each.strip() for each in found[2].split(",")))) if found else ()
        if not lemmas:
            raise QuoiError(f"{path}, line {number:,} is {line[:40]!r}: a synset, a tab and its lemmas are needed.")
        synsets.append(Synset(found[1], lemmas))
    source = {
        "name": "imagenet21k",
        "file": f"{path.name} of package timm {metadata.version('timm')}",
        "url": None,
        "licence": LICENCE,
        "sha256": sha256(path).hexdigest(),
    }
    return _ordered(synsets, source, str(path))


def wordnet(params: WordNet) -> Nouns:
    """All noun synsets of Princeton WordNet, from its archive, the folder of its database, or data.noun itself.

    Raises:
        QuoiError: the file is absent, cannot be downloaded, has another digest than the pinned one, is damaged or
            refused.
    """
    if params.path is not None:
        params = params.model_copy(update={"path": str(_chosen(Path(params.path)))})
    needed = "WordNet's archive, the folder of its database, or data.noun"
    file = obtain(params, "labels.wordnet", "WordNet", prefix="nouns-", needed=needed)
    with file.removed_if_refused():
        return _read(file.path, file.url)


def _read(path: Path, url: str | None) -> Nouns:
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP or path.suffix == ".tar"
        file.seek(0)
        synsets, digest = _of_archive(file, path) if packed else read(file, str(path))
    source = {"name": "wordnet", "file": path.name, "url": url, "licence": LICENCE, "sha256": digest}
    return _ordered(synsets, source, str(path))


def _chosen(path: Path) -> Path:
    """data.noun in a folder, or the path itself."""
    if not path.is_dir():
        return path
    for folder in _DATABASE:
        if (path / folder / _FILE).is_file():
            return path / folder / _FILE
    raise QuoiError(f"There is no {_FILE} in the folder {path} that labels.wordnet.path names.")


def _of_archive(file: BinaryIO, path: Path) -> tuple[list[Synset], str]:
    """Read data.noun where it lies in a tar, plain or gzip; nothing is unpacked."""
    from isal import igzip, isal_zlib

    packed = file.read(2) == _GZIP
    file.seek(0)
    try:
        text = _Bounded(igzip.IGzipFile(fileobj=file, mode="rb") if packed else file)
        with tarfile.open(fileobj=text, mode="r|", bufsize=1 << 16) as tar:
            for member in tar:
                if member.isreg() and PurePosixPath(member.name).name == _FILE:
                    return read(tar.extractfile(member), f"{member.name} in {path}")
    except (tarfile.TarError, EOFError, OSError, ValueError, OverflowError, isal_zlib.error) as error:
        raise QuoiError(f"{path} is no readable tar archive: {error or 'it breaks off'}.") from None
    raise QuoiError(f"There is no {_FILE} in {path}: it is another archive than WordNet's.")


class _Bounded:
    """A stream that ends in an error before a compression bomb has filled the memory, or taken an hour."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._left = LARGEST

    def read(self, size: int) -> bytes:
        self._left -= size
        if self._left < 0:
            raise tarfile.ReadError("it holds far more than WordNet")
        return self._file.read(size)


def _ordered(synsets: Iterable[Synset], source: dict[str, Any], name: str) -> Nouns:
    ordered = sorted(synsets)
    for one, other in pairwise(ordered):
        if one.id == other.id:
            raise QuoiError(f"{name} holds the synset {one.id} twice.")
    return Nouns(ordered, source)
