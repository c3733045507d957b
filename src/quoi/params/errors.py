"""What is wrong with params.yaml, in one sentence: the key, what was given, what is allowed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

# pydantic puts the name of each branch of a union into the location of its errors.
_UNION_TAG = re.compile(r"(constrained-)?(int|float|str)|(literal|dict)\[.*|\[key\]", re.DOTALL)

RENAMED = {
    "direction": "languages: {source: fr, target: en}",
    "questions.normalise": "corpus.normalise",
    "vectors.english": "vectors.languages: {en: …}, or vectors.published for both",
    "vectors.french": "vectors.languages: {fr: …}, or vectors.published for both",
}
"""Keys of earlier versions, and what stands in their place; others had a language for a side in their name."""
_LANGUAGE = re.compile(r"english|french|(?<=_)(en|fr)(?=_|$)")


def sentence(path: Path, error: ValidationError, model: type[BaseModel], prefix: tuple[str, ...] = ()) -> str:
    """The first error as a sentence, and how many there are after it.

    Args:
        error: from the validation of the file, or of the section below `prefix`, against `model`.
    """
    errors = error.errors(include_url=False)
    unknown = (each for each in errors if each["type"] == "extra_forbidden")
    first = next(unknown, errors[0])
    # Of a union's branches, the one that went deeper was meant.
    below = [each for each in errors if _place(each)[: len(_place(first))] == _place(first)]
    first = max(below, key=lambda each: len(_place(each)))
    place = _place(first)
    key = ".".join(map(str, (*prefix, *place)))
    if first["type"] == "extra_forbidden":
        if new := _now(key, _known(model, place)):
            return f"{path}: {key} is not a key any more: {new} has taken its place."
        return f"{path}: {key} is not a known key{closest(str(place[-1]), _known(model, place))}."
    if first["type"] == "missing":
        return f"{path}: {key} is missing."
    rule = " or ".join(dict.fromkeys(_rule(other) for other in errors if _place(other) == place))
    if first["type"] == "model_type":
        rule = f"must be a mapping: {_form(model, place)}"
    others = len({tuple(_place(other)) for other in errors}) - 1
    more = f" ({others} more after that.)" if others else ""
    if rule.startswith(("should", "must", "is ")):
        return f"{path}: {key} is {first['input']!r}: it {rule}.{more}"
    return ": ".join(filter(None, (str(path), key, rule))) + f".{more}"


def _now(key: str, known: Iterable[str]) -> str:
    """What an earlier version's key is called now, by the keys that are known beside it; empty where it was none."""
    *section, name = key.split(".")
    sides = [_LANGUAGE.sub(side, name) for side in ("source", "target")]
    return RENAMED.get(key, " or ".join(".".join((*section, side)) for side in sides if side in known))


def closest(given: str, known: Iterable[str]) -> str:
    """The end of a sentence about a name that is not known: the nearest one that is, and all of them."""
    known = list(known)
    close = difflib.get_close_matches(given, known, n=1)
    hint = f"; did you mean {close[0]!r}? Allowed here: " if close else "; allowed here: "
    return hint + ", ".join(known)


def _place(error: Any) -> list[Any]:
    return [part for part in error["loc"] if not _UNION_TAG.fullmatch(str(part))]


def _rule(error: Any) -> str:
    return re.sub(r"^(Input|List) s", "s", error["msg"].removeprefix("Value error, "))


def _known(section: type[BaseModel], place: list[Any]) -> list[str]:
    return list(_parent(section, place).model_fields)


def _parent(section: type[BaseModel], place: list[Any]) -> type[BaseModel]:
    """The section that the last part of a place is in."""
    for part in place[:-1]:
        if part in section.model_fields:  # no key of a mapping to sections
            section = _section(section.model_fields[part].annotation)
    return section


def _form(section: type[BaseModel], place: list[Any]) -> str:
    """What a section looks like, by its first keys: with the default's values, where it sets them."""
    field = _parent(section, place).model_fields.get(place[-1]) if place else None
    default = getattr(field, "default", None)
    keys = {key: getattr(default, key, None) for key in _known(section, [*place, ""])}
    shown = [f"{key}: {value if isinstance(value, int | float | str) else '…'}" for key, value in keys.items()]
    return f"{{{', '.join([*shown[:3], *(['…'] if len(shown) > 3 else [])])}}}"


def _section(annotation: Any) -> Any:
    """The section in an annotation, which may be optional or a mapping."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _section(inner))), None)
