"""Parameter files, their keys not checked: read, a value by its dotted key, values set with all else as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from quoi.io import yaml
from quoi.io.errors import QuoiError
from quoi.io.files import write_text

ABSENT = "–"
"""The value of a key that is not there."""


def parse(content: str | bytes, path: Path) -> dict[str, Any]:
    """The content of a parameter file; `path` is what errors call it.

    Raises:
        QuoiError: it is not YAML, or no mapping.
    """
    try:
        data = yaml.load(content)
    except ValueError as error:
        raise QuoiError(f"{path} is not valid YAML: {error}") from None
    if not isinstance(data, dict):
        raise QuoiError(f"{path} must be a mapping of sections; it holds {type(data).__name__}.")
    return data


def read(path: Path) -> dict[str, Any]:
    """What a parameter file holds; nothing where it is absent or no mapping in YAML."""
    try:
        return parse(path.read_bytes(), path)
    except (FileNotFoundError, QuoiError):
        return {}


def value(content: Any, key: str) -> Any:
    """The value of a dotted key, or ABSENT."""
    for name in key.split("."):
        if not isinstance(content, Mapping) or name not in content:
            return ABSENT
        content = content[name]
    return content


def set_values(path: Path, values: Mapping[str, Any]) -> None:
    """Set values by their dotted keys; comments, order and all other values stay, and so does a file that has them."""
    from dvc.utils.collections import apply_diff

    before = read(path)
    if all(value(before, key) == wanted for key, wanted in values.items()):
        return

    def put(content: Any) -> None:
        for key, wanted in values.items():
            *sections, last = key.split(".")
            section = content
            for name in sections:
                if not isinstance(section.get(name), Mapping):
                    section[name] = {}
                section = section[name]
            if isinstance(wanted, Mapping) and isinstance(section.get(last), Mapping):
                apply_diff(wanted, section[last])  # only what differs, so that comments in a section stay
            else:
                section[last] = wanted

    write_text(path, yaml.edited(path.read_text(encoding="utf-8") if before else "{}", put))


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


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings with dotted keys."""
    result: dict[str, Any] = {}
    for key, inner in values.items():
        result |= flat(inner, f"{prefix}{key}.") if isinstance(inner, dict) else {f"{prefix}{key}": inner}
    return result
