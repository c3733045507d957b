"""YAML as plain data."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
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


def edited(text: str, change: Callable[[Any], None]) -> str:
    """A YAML text after `change` has changed its content in place; comments stay, and lists put in are on one line."""
    from ruamel.yaml import YAML
    from ruamel.yaml.representer import RoundTripRepresenter

    class Representer(RoundTripRepresenter):
        """null is written out, as a reader expects."""

    Representer.add_representer(type(None), lambda it, _: it.represent_scalar("tag:yaml.org,2002:null", "null"))
    Representer.add_representer(list, lambda it, items: it.represent_sequence("tag:yaml.org,2002:seq", items, True))
    editor = YAML()
    editor.Representer = Representer
    editor.preserve_quotes = True
    editor.width = 4096
    editor.indent(mapping=2, sequence=4, offset=2)
    content = editor.load(text)
    change(content)
    whole = StringIO()
    editor.dump(content, whole)
    return whole.getvalue()
