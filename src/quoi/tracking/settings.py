"""YAML files of parameters: a value by its dotted key, and values set with everything else left as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
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
    from ruamel.yaml import YAML

    here = read(path)
    changed = {key: each for key, each in values.items() if value(here, key) != each}
    if not changed:
        return
    editor = YAML()  # which keeps comments
    editor.width = 4096
    content = editor.load(path.read_text(encoding="utf-8")) if here else {}
    for key, each in changed.items():
        section = content
        *names, last = key.split(".")
        for name in names:
            if section.get(name) is None:
                section[name] = {}
            section = section[name]
            if not isinstance(section, Mapping):
                raise QuoiError(f"{path.name} cannot be set to the run's parameters: {key} is not a section's there.")
        _put(section, last, each)
    text = StringIO()
    editor.dump(content, text)
    write_text(path, text.getvalue())


def _put(section: Any, key: str, each: Any) -> None:
    """Set a value; of a section only what differs, so that the comments in it stay."""
    here = section.get(key)
    if not (isinstance(each, Mapping) and isinstance(here, Mapping)):
        section[key] = each
        return
    for gone in [name for name in here if name not in each]:
        del here[gone]
    for name, value_ in each.items():
        if name not in here or here[name] != value_:
            _put(here, name, value_)
