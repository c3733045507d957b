"""What every section of params.yaml is, and the kinds of values in it."""

from __future__ import annotations

import os
import re
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _url(text: str) -> str:
    if not re.fullmatch(r"https?://\S+", text):
        raise ValueError("must begin with http:// or https://, and hold no space")
    return text


def _sha256(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise ValueError("must be 64 hexadecimal digits, or null")
    return text.lower()


def _distinct(values: list) -> list:
    if len(set(values)) != len(values):
        raise ValueError("must all be different")
    return values


def _from_home(path: str | None) -> str | None:
    return path and os.path.expanduser(path)


Distinct = AfterValidator(_distinct)
Positive = Annotated[int, Field(ge=1)]
Probability = Annotated[float, Field(ge=0, le=1)]
Dropout = Annotated[float, Field(ge=0, lt=1)]
Percent = Annotated[float, Field(gt=0, le=100)]
Url = Annotated[str, AfterValidator(_url)]
Sha256 = Annotated[str, AfterValidator(_sha256)]
OWN = "a path of the user's own"
"""What marks such a key, so that `quoi.params.outside` finds them all."""
OwnPath = Annotated[str | None, AfterValidator(_from_home), OWN]
Seeds = Annotated[list[Annotated[int, Field(ge=0, lt=2**32)]], Field(min_length=1), Distinct]


class ParamsSection(BaseModel):
    """A part of params.yaml: no unknown keys, no silent conversion, no change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


Section = TypeVar("Section", bound=ParamsSection)


def filled(section: Section, place: str, value: str) -> Section:
    """The section with a value in place of `{place}`, wherever its text has that: one path or address for many."""

    def put(given: Any) -> Any:
        if isinstance(given, list):
            return [put(each) for each in given]
        return given.replace(f"{{{place}}}", value) if isinstance(given, str) else given

    return section.model_copy(update={name: put(given) for name, given in section})


def require_file(what: str, key: str, section: Any) -> None:
    """Refuse a section that names neither a file of the user's own nor an address to fetch one from.

    Raises:
        ValueError: it names neither.
    """
    if section.path is None and not section.urls:
        raise ValueError(f"{what} needs {key}.path or {key}.urls")
