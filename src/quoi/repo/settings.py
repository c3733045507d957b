"""YAML files of parameters: a value by its dotted key, and values set with everything else left as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from quoi.io import yaml
from quoi.io.errors import QuoiError
from quoi.io.files import write_text

ABSENT = object()
"""What `value` gives for a key that is not there."""


def read(path: Path) -> Any:
    """A file's content; an empty mapping where it is absent or not YAML."""
    try:
        return yaml.load(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}


def value(content: Any, key: str) -> Any:
    """The value of a dotted key."""
    for name in key.split("."):
        if not isinstance(content, Mapping) or name not in content:
            return ABSENT
        content = content[name]
    return content


def set_values(path: Path, values: Mapping[str, Any]) -> None:
    """Set values by their dotted keys; comments, order and all other values stay, and so does a file that has them.

    Raises:
        QuoiError: the file is not YAML, or has a value where a section is needed.
    """
    before = read(path)
    if all(value(before, key) == wanted for key, wanted in values.items()):
        return

    def put(content: Any) -> None:
        for key, wanted in values.items():
            *sections, last = key.split(".")
            section = content
            for name in sections:
                if section.get(name) is None:
                    section[name] = {}
                section = section[name]
                if not isinstance(section, Mapping):
                    raise QuoiError(
                        f"{path.name} cannot be set to the run's parameters: {key} is not a section's there."
                    )
            _put(section, last, wanted)

    write_text(path, yaml.edited(path.read_text(encoding="utf-8") if before else "{}", put))


def _put(section: Any, key: str, wanted: Any) -> None:
    """Set a value; of a section only what differs, so that the comments in it stay."""
    here = section.get(key)
    if isinstance(wanted, Mapping) and isinstance(here, Mapping):
        for gone in [name for name in here if name not in wanted]:
            del here[gone]
        for name, inner in wanted.items():
            _put(here, name, inner)
    elif key not in section or here != wanted:
        section[key] = wanted
