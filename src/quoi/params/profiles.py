"""Profiles: each file in profiles/ holds what it changes of the default, and is installed whole as params.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from quoi.io import yaml
from quoi.io.errors import QuoiError
from quoi.io.files import link_or_copy, read_as, reading, write_text
from quoi.params import PARAMS, Params, parse, settings
from quoi.params.errors import closest

PROFILES = Path("profiles")
DEFAULT = "demo"
"""The profile whose file is whole: it has every key, its default and its comment."""
WHOLE = "variants"
"""The section that a profile replaces as a whole, so that it can leave out a variant of the default's."""

MEASURED = PROFILES / "measured.json"
"""About how large the files are that the profiles name, and what a run of each takes beside them."""


class Needs(NamedTuple):
    """What a run takes beside the downloads: bytes on the disk (0: not measured), memory and time in words."""

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
    own = settings.parse(files[name].read_bytes(), files[name])

    def put(content: Any) -> None:
        merge(content, own | {"profile": name})
        if WHOLE in own:  # the blank line after it went with it
            after = list(content)[list(content).index(WHOLE) + 1]
            content.yaml_set_comment_before_after_key(after, before="\n")

    return yaml.edited(whole, put)


def merge(whole: MutableMapping[str, Any], own: Mapping[str, Any]) -> None:
    """Put a profile's own values into the default's settings: mappings key by key; lists and WHOLE are replaced."""
    for key, value in own.items():
        here = whole.get(key)
        if here and isinstance(here, Mapping) and isinstance(value, Mapping) and key != WHOLE:
            merge(here, value)
        else:  # also where the default's section is empty: `{}` is written on one line, and its keys would be
            whole[key] = value


def load(name: str, root: Path = Path()) -> Params:
    """The parameters of a profile.

    Raises:
        QuoiError: as `text`, or the profile breaks a rule.
    """
    return parse(text(name, root), root / PROFILES / f"{name}.yaml")


def current(root: Path = Path()) -> str | None:
    """The profile that params.yaml is, byte for byte; None where it is none of them or absent."""
    name = str(settings.read(root / PARAMS).get("profile"))
    try:
        whole = text(name, root)
    except QuoiError:
        return None
    return name if whole.encode() == (root / PARAMS).read_bytes() else None


def install(name: str, root: Path = Path()) -> Path | None:
    """Write a profile as params.yaml.

    Returns:
        where a params.yaml that is no profile is kept: params.yaml.saved, or params.yaml.saved-2, -3 …; None where
        there was none.

    Raises:
        QuoiError: as `load`, or a file cannot be written.
    """
    file, saved, whole = root / PARAMS, None, text(name, root)
    parse(whole, root / PROFILES / f"{name}.yaml")
    if file.is_file() and current(root) is None:
        names = (root / f"{PARAMS}.saved{f'-{number}' if number > 1 else ''}" for number in count(1))
        saved = next(path for path in names if not path.exists() or path.read_bytes() == file.read_bytes())
        link_or_copy(file, saved)
    write_text(file, whole)
    return saved


def measured(root: Path = Path()) -> Measured:
    """What was measured of the profiles here; nothing where there is no such file.

    Raises:
        QuoiError: the file is damaged.
    """
    return read_as(root / MEASURED, Measured) if (root / MEASURED).exists() else Measured({}, {})
