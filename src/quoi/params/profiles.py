"""Profiles: each file in profiles/ holds what it changes of the default, and is installed whole as params.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from quoi.io import yaml
from quoi.io.errors import QuoiError
from quoi.io.files import read_as, reading, replacing
from quoi.params import PARAMS, Params, parse, read
from quoi.params.errors import closest

PROFILES = Path("profiles")
DEFAULT = "demo"
"""The profile whose file is whole: it has every key, its default and its comment."""
WHOLE = "variants"
"""The section that a profile replaces as a whole, so that it can leave out a variant of the default's."""
ABSENT = "–"

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


def known(root: Path = Path()) -> dict[str, Path]:
    """The files of the profiles by name.

    Raises:
        QuoiError: there are none here.
    """
    files = {path.stem: path for path in sorted((root / PROFILES).glob("*.yaml"))}
    if not files:
        raise QuoiError(f"{root / PROFILES} holds no profile here: run quoi at the root of the repository.")
    return files


def text(name: str, root: Path = Path()) -> str:
    """The whole params.yaml of a profile: the default's text with the profile's values in place.

    Raises:
        QuoiError: no such profile, there is no default, or a file is not a mapping in YAML.
    """
    files = known(root)
    if name not in files:
        raise QuoiError(f"There is no profile {name!r}{closest(name, files)}.")
    default = root / PROFILES / f"{DEFAULT}.yaml"
    with reading(default, "the default profile"):
        whole = default.read_text(encoding="utf-8")
    if name == DEFAULT:
        return whole
    own = read(files[name].read_bytes(), files[name])

    def put(content: Any) -> None:
        merge(content, own | {"profile": name})
        if WHOLE in own:  # the blank line after it went with it
            after = list(content)[list(content).index(WHOLE) + 1]
            content.yaml_set_comment_before_after_key(after, before="\n")

    return yaml.edited(whole, put)


def merge(settings: MutableMapping[str, Any], own: Mapping[str, Any]) -> None:
    """Put a profile's own values into the default's settings: mappings key by key; lists and WHOLE are replaced."""
    for key, value in own.items():
        here = settings.get(key)
        if here and isinstance(here, Mapping) and isinstance(value, Mapping) and key != WHOLE:
            merge(here, value)
        else:  # also where the default's section is empty: `{}` is written on one line, and its keys would be
            settings[key] = value


def load(name: str, root: Path = Path()) -> Params:
    """The parameters of a profile.

    Raises:
        QuoiError: as `text`, or the profile breaks a rule.
    """
    return parse(text(name, root), root / PROFILES / f"{name}.yaml")


def current(root: Path = Path()) -> str | None:
    """The profile that params.yaml is, byte for byte; None where it is none of them or absent."""
    name = str(settings(root / PARAMS).get("profile"))
    try:
        whole = text(name, root)
    except QuoiError:
        return None
    return name if whole.encode() == (root / PARAMS).read_bytes() else None


def install(name: str, root: Path = Path()) -> Path | None:
    """Write a profile as params.yaml.

    Returns:
        where a params.yaml that is no profile is kept; None where there was none.

    Raises:
        QuoiError: as `load`, or a file cannot be written.
    """
    file, saved, whole = root / PARAMS, None, text(name, root)
    parse(whole, root / PROFILES / f"{name}.yaml")
    if file.is_file() and current(root) is None:
        saved = _save(file.read_bytes(), root)
    _write(file, whole.encode())
    return saved


def settings(path: Path) -> dict[str, Any]:
    """What a parameter file holds, not checked; nothing where it is absent or no mapping in YAML."""
    try:
        return read(path.read_bytes(), path)
    except (FileNotFoundError, QuoiError):
        return {}


def changes(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any, Any]]:
    """Where two settings differ: dotted key, value before, value now, in the order of the new ones.

    A section that only one of them has, or fills, is one change. A key that is not there has the value ABSENT.
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


def _save(content: bytes, root: Path) -> Path:
    """Keep `content` in params.yaml.saved, or in the first of params.yaml.saved-2, -3 … that is free or the same."""
    names = (root / f"{PARAMS}.saved{f'-{number}' if number > 1 else ''}" for number in count(1))
    path = next(path for path in names if not path.exists() or path.read_bytes() == content)
    _write(path, content)
    return path


def _write(path: Path, content: bytes) -> None:
    with replacing(path) as partial:
        partial.write_bytes(content)
