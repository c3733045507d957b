"""The nouns that there are: WordNet's synsets with their lemmas, all of them or those that ImageNet-21k illustrates."""

from __future__ import annotations

import hashlib
import re
import tarfile
import zlib
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from quoi.io.download import obtain
from quoi.io.errors import QuoiError
from quoi.io.files import sha256
from quoi.io.installed import folder_of
from quoi.params.vectors import Labels, WordNet

LICENCE = "WordNet 3.0 licence (Princeton University)"
_FILE = "data.noun"
_SYNSET = re.compile(rb"(\d{8}) \d\d n [0-9a-f]{2} ((?:[!-~]+ [0-9a-f] )+)\d{3} .*\| .*\n")
_BETWEEN = re.compile(r"[\s_-]+")


class Synset(NamedTuple):
    """A set of nouns that mean the same."""

    id: str
    """`n` and the offset in WordNet 3.0, as in ImageNet: n02084071."""
    lemmas: tuple[str, ...]
    """The nouns, the most usual first, with spaces: `domestic dog`."""


class Nouns:
    """Noun synsets in the order of their ids, and for a note where they are from."""

    def __init__(self, synsets: Iterable[Synset], source: dict[str, Any]) -> None:
        self.synsets, self.source = sorted(synsets), source
        self._by_id = {synset.id: synset for synset in self.synsets}
        self._by_lemma, self._by_small_lemma = self._by(_same), self._by(lambda lemma: _same(lemma).lower())

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
    """The nouns that `labels.nouns` names. Raises as `imagenet21k` and `wordnet`."""
    return imagenet21k() if settings.nouns == "imagenet21k" else wordnet(settings.wordnet)


def imagenet21k() -> Nouns:
    """The 21,843 synsets of ImageNet-21k, and `teddy bear` of ImageNet-1k: timm ships the lemmas, and is not imported.

    Raises:
        QuoiError: the package is not installed.
    """
    path = folder_of("timm", "timm", "labels.nouns") / "data/_info/imagenet_synset_to_lemma.txt"
    entries = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    synsets = [Synset(id, tuple(filter(None, map(str.strip, lemmas.split(","))))) for id, lemmas in entries]
    source = {
        "name": "imagenet21k",
        "file": f"{path.name} of package timm {metadata.version('timm')}",
        "url": None,
        "licence": LICENCE,
        "sha256": sha256(path).hexdigest(),
    }
    return Nouns(synsets, source)


def wordnet(params: WordNet) -> Nouns:
    """All noun synsets of Princeton WordNet, from its archive, the folder of its database, or data.noun itself.

    Raises:
        QuoiError: the file is absent, cannot be downloaded, has another digest than the pinned one, is damaged or
            refused.
    """
    if params.path is not None and (folder := Path(params.path)).is_dir():
        params = params.model_copy(update={"path": str(next(iter(sorted(folder.rglob(_FILE))), folder / _FILE))})
    needed = "WordNet's archive, the folder of its database, or data.noun"
    file = obtain(params, "labels.wordnet", "WordNet", prefix="nouns-", needed=needed)
    with file.removed_if_refused():
        content = _content(file.path)
        synsets = read_synsets(content, str(file.path))
    digest = hashlib.sha256(content).hexdigest()
    return Nouns(
        synsets, {"name": "wordnet", "file": file.path.name, "url": file.url, "licence": LICENCE, "sha256": digest}
    )


def _content(path: Path) -> bytes:
    """data.noun, or the file of that name in a tar, plain or gzip, of which nothing is unpacked."""
    try:
        if not tarfile.is_tarfile(path):
            return path.read_bytes()
        with tarfile.open(path) as tar:
            for member in tar:
                if member.isreg() and PurePosixPath(member.name).name == _FILE:
                    return tar.extractfile(member).read()
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise QuoiError(f"{path} is no readable tar archive: {error or 'it breaks off'}.") from None
    raise QuoiError(f"There is no {_FILE} in {path}: it is another archive than WordNet's.")


def read_synsets(content: bytes, name: str) -> list[Synset]:
    """All synsets of WordNet's data.noun (wndb(5WN)).

    After some lines of licence, which begin with a space, each line is a synset:

        OFFSET FILE n WORDS word lex_id … POINTERS symbol OFFSET pos source/target … | gloss

    OFFSET is where the line itself begins, in bytes, so that a line that was lost or changed in length is noticed.

    Args:
        name: what to call the file in errors.

    Raises:
        QuoiError: a line is damaged, or at another place than it says; or there is no synset.
    """
    synsets: list[Synset] = []
    position = 0
    for number, line in enumerate(content.splitlines(keepends=True), 1):
        if not line.startswith(b" "):
            synset = _SYNSET.fullmatch(line)
            if not synset or int(synset[1]) != position:
                raise QuoiError(
                    f"{name}, line {number:,} is no noun synset of WordNet's that begins with its own offset, "
                    f"{position:08d}: {line[:40].decode('ascii', 'backslashreplace')!r}."
                )
            words = synset[2].decode().split(" ")[:-1:2]
            synsets.append(Synset(f"n{position:08d}", tuple(word.replace("_", " ") for word in words)))
        position += len(line)
    if not synsets:
        raise QuoiError(f"{name} holds no synset: it is not data.noun of WordNet.")
    return synsets
