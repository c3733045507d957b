"""YAML as plain data."""

from __future__ import annotations

from typing import Any


def load(content: str | bytes) -> Any:
    """What a YAML text holds: mappings, lists, strings, numbers.

    Raises:
        ValueError: it is not YAML, or not UTF-8; the message is one line.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    text = content.decode("utf-8") if isinstance(content, bytes) else content
    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None
