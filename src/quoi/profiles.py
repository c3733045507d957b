"""Profiles: whole settings of the dials, a file each in profiles/. One of them is installed as params.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from quoi import params
from quoi.errors import QuoiError
from quoi.files import replacing
from quoi.params.errors import closest
from quoi.params.vectors import MADE_HERE

PROFILES = Path("profiles")
PARAMS = Path("params.yaml")
ABSENT = "–"

MB, GB = 1_000_000, 1_000_000_000

BYTES = {
    "https://www.statmt.org/wmt10/training-giga-fren.tar": 2_595_102_720,
    "http://www.statmt.org/wmt10/training-giga-fren.tar": 2_595_102_720,
    "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz": 169 * MB,
    "https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-320.tgz": 342 * MB,
    "https://wordnetcode.princeton.edu/3.0/WordNet-3.0.tar.gz": 12 * MB,
    "https://www.manythings.org/anki/fra-eng.zip": 7 * MB,
    "https://dl.fbaipublicfiles.com/fasttext/vectors-wiki/wiki.en.vec": 6_600 * MB,
    "https://dl.fbaipublicfiles.com/fasttext/vectors-wiki/wiki.fr.vec": 3_000 * MB,
}
"""About how large the files are that the profiles here name; a server may change them."""


class Needs(NamedTuple):
    """What a run takes beside the downloads and the environment, where that was measured."""

    disk: int
    memory: str
    time: str


NEEDS = {
    "demo": Needs(200 * MB, "1.5 GB", "12 to 30 minutes on two CPU cores"),
    "smoke": Needs(50 * MB, "1 GB", "1 to 4 minutes on two CPU cores"),
    "tatoeba": Needs(500 * MB, "not measured", "not measured"),
    "lesson": Needs(
        8 * GB,
        "1.1 GB for each training at a time, on a CPU (benchmarks/lesson.py)",
        "about 8 hours on two CPU cores, by the pairs a second of benchmarks/lesson.py; not measured on a GPU",
    ),
}
"""By profile. Disk is the data, the models and their copies in DVC's cache and MLflow's store."""


@dataclass(frozen=True)
class Installed:
    """What `install` did.

    Attributes:
        changes: dotted key, value before, value now; ABSENT where a file has no such key. None: there was no
            params.yaml, or, where one was saved, it could not be read.
        saved: where a params.yaml of the user's own was kept; None where there was none.
    """

    changes: list[tuple[str, Any, Any]] | None
    saved: Path | None


def known(root: Path = Path()) -> dict[str, Path]:
    """The profiles by name.

    Raises:
        QuoiError: there are none here.
    """
    found = {path.stem: path for path in sorted((root / PROFILES).glob("*.yaml"))}
    if not found:
        raise QuoiError(f"{root / PROFILES} holds no profile here: run quoi at the root of the repository.")
    return found


def current(root: Path = Path()) -> str | None:
    """The profile that params.yaml is, byte for byte; None where it is none of them or absent."""
    file = root / PARAMS
    content = file.read_bytes() if file.is_file() else None
    return next((name for name, path in known(root).items() if path.read_bytes() == content), None)


def install(name: str, root: Path = Path()) -> Installed:
    """Make params.yaml a byte copy of a profile. A params.yaml that is no profile is kept beside it.

    Raises:
        QuoiError: no such profile, the profile breaks a rule, or the file cannot be written.
    """
    profiles = known(root)
    if name not in profiles:
        raise QuoiError(f"There is no profile {name!r}{closest(name, profiles)}.")
    params.load(profiles[name])
    file = root / PARAMS
    before = file.read_bytes() if file.is_file() else None
    saved = _save(before, root) if before is not None and current(root) is None else None
    _write(file, profiles[name].read_bytes())
    old = None if before is None else _read(before)
    return Installed(None if old is None else changes(old, settings(profiles[name])), saved)


def changes(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any, Any]]:
    """Where two settings differ: dotted key, value before, value now, in the order of the new ones.

    A section that only one of them has, or fills, is one change.
    """
    rows: list[tuple[str, Any, Any]] = []
    for key in [*new, *(key for key in old if key not in new)]:
        before, after = old.get(key, ABSENT), new.get(key, ABSENT)
        if isinstance(before, Mapping) and isinstance(after, Mapping) and before and after:
            rows += changes(before, after, f"{prefix}{key}.")
        elif before != after or type(before) is not type(after):
            rows.append((f"{prefix}{key}", before, after))
    return rows


def needs(told: Mapping[str, Any]) -> dict[str, str]:
    """What a run with these settings takes: downloads, disk, memory and time, in words.

    Args:
        told: a whole params.yaml, as YAML gives it.
    """
    files = downloads(told)
    listed = ", ".join(f"{url.rsplit('/', 1)[-1]} {size(BYTES.get(url))}" for url in files)
    total = sum(BYTES.get(url, 0) for url in files)
    images = told.get("images", {})
    rest = NEEDS.get(str(told.get("profile")), Needs(0, "not measured", "not measured"))
    own = {"pictures": f"yours, in {images['path']}"} if images.get("path") else {}
    return own | {
        "download": f"{listed}; {size(total)} together" if len(files) > 1 else listed or "nothing",
        "disk": f"about {size(total + rest.disk)}" if rest.disk else "not measured",
        "memory": rest.memory,
        "time": rest.time,
    }


def downloads(told: Mapping[str, Any]) -> list[str]:
    """The first URL of every file that these settings have fetched; a file that is already here is not."""
    corpus, vectors, images, labels = (told.get(name, {}) for name in ("corpus", "vectors", "images", "labels"))
    sections = [section.get(str(section.get("source")).replace("-", "_")) for section in (corpus, images)]
    for name in ("english", "french"):
        own = vectors.get(name) or {}
        if (own.get("source") or vectors.get("source", "train")) not in MADE_HERE:
            sections.append(own)
    if labels.get("nouns") == "wordnet":
        sections.append(labels.get("wordnet"))
    sections.append(labels.get("vectors"))
    urls = [each["urls"][0] for each in sections if each and each.get("urls") and not each.get("path")]
    return list(dict.fromkeys(urls))


def size(number: int | None) -> str:
    """Bytes for people, to two digits: `2.6 GB`."""
    if number is None:
        return "of unknown size"
    rounded = round(number, 2 - len(str(number)))
    return f"{rounded / GB:g} GB" if rounded >= GB else f"{rounded / MB:g} MB"


def settings(path: Path) -> dict[str, Any]:
    """A profile's file as YAML gives it, its values not checked.

    Raises:
        QuoiError: it is no mapping of sections.
    """
    found = _read(path.read_bytes())
    if found is None:
        raise QuoiError(f"{path} is not a mapping of sections in YAML.")
    return found


def _save(content: bytes, root: Path) -> Path:
    """Keep `content` in params.yaml.saved, or in the first of params.yaml.saved-2, -3 … that is free or the same."""
    number = 1
    while True:
        path = root / f"{PARAMS}.saved{f'-{number}' if number > 1 else ''}"
        if not path.exists():
            _write(path, content)
            return path
        if path.read_bytes() == content:
            return path
        number += 1


def _write(path: Path, content: bytes) -> None:
    with replacing(path) as partial:
        partial.write_bytes(content)


def _read(content: bytes) -> dict[str, Any] | None:
    """A YAML mapping; None where it is not one."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        found = YAML(typ="safe", pure=True).load(content.decode("utf-8"))
    except (YAMLError, UnicodeDecodeError):
        return None
    return found if isinstance(found, dict) else None
