"""Profiles: whole settings of the dials, a file each in profiles/. One of them is installed as params.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from quoi import params
from quoi.io import yaml
from quoi.io.errors import QuoiError
from quoi.io.files import read_as, replacing
from quoi.params.errors import closest
from quoi.params.outside import downloads

PROFILES = Path("profiles")
PARAMS = Path("params.yaml")
ABSENT = "–"

MB, GB = 1_000_000, 1_000_000_000

MEASURED = PROFILES / "measured.json"
"""About how large the files are that the profiles name, and what a run of each takes beside them."""


class Needs(NamedTuple):
    """What a run takes beside the downloads and the environment, where that was measured.

    Attributes:
        disk: bytes of the data, the models and their copies in DVC's cache and MLflow's store; 0: not measured.
        memory, time: in words.
    """

    disk: int = 0
    memory: str = "not measured"
    time: str = "not measured"


@dataclass(frozen=True)
class Measured:
    """Bytes by address, and needs by profile."""

    bytes: dict[str, int]
    needs: dict[str, Needs]

    def total(self, urls: Iterable[str]) -> int:
        """Bytes of some files, as far as they are known."""
        return sum(self.bytes.get(url, 0) for url in urls)


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
        elif repr(before) != repr(after):  # Python takes 0 for False, also in a list
            rows.append((f"{prefix}{key}", before, after))
    return rows


def measured(root: Path = Path()) -> Measured:
    """What was measured of the profiles here; nothing where there is no such file.

    Raises:
        QuoiError: the file is damaged.
    """
    return read_as(root / MEASURED, Measured) if (root / MEASURED).exists() else Measured({}, {})


def needs(given: params.Params, root: Path = Path()) -> dict[str, str]:
    """What a run with these settings takes: downloads, disk, memory and time, in words."""
    known, files = measured(root), downloads(given)
    listed = ", ".join(f"{url.rsplit('/', 1)[-1]} {size(known.bytes.get(url))}" for url in files)
    total = known.total(files)
    rest = known.needs.get(given.profile, Needs())
    own = {"pictures": f"yours, in {given.images.path}"} if given.images.path else {}
    return own | {
        "download": f"{listed}; {size(total)} together" if len(files) > 1 else listed or "nothing",
        "disk": f"about {size(total + rest.disk)}" if rest.disk else "not measured",
        "memory": rest.memory,
        "time": rest.time,
    }


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
    try:
        found = yaml.load(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
