"""What a source of pictures gives: labelled pictures, one after the other, and where they are from."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

Split = Literal["train", "val"]

LeaveOut = Callable[[str, str], None]
"""Told the reason why a picture is left out, and which one it is."""

SYNSET = re.compile(r"n\d{8}")
"""A noun of WordNet 3.0 by its offset, as ImageNet names its classes."""

_NAMED = re.compile(rf"({SYNSET.pattern})(?:[_ -]+(.*))?", re.DOTALL)


@dataclass(frozen=True)
class Drawing:
    """An SVG file, to be drawn on white, so many pixels wide and high."""

    path: Path
    size: int


Content = Path | bytes | Drawing | np.ndarray
"""A picture as a file, as that file's bytes, as a drawing, or as its pixels [height, width, 3], uint8."""


@dataclass(frozen=True)
class Picture:
    """One labelled picture, not yet looked at."""

    name: str
    label: str
    content: Content
    synset: str | None = None
    group: str | None = None
    split: Split | None = None


@dataclass(frozen=True)
class Source:
    """Labelled pictures that can be gone through once."""

    name: str
    description: str
    licence: str
    pictures: Callable[[LeaveOut], Iterator[Picture]]
    """Given a function that is told of what is left out, yields all others; the same data in the same order."""
    url: str | None = None
    attribution: str | None = None
    total: int | None = None
    more: dict[str, Any] = field(default_factory=dict)
    """What source.json tells besides."""


def tidy(label: str) -> str:
    """A label as it is shown: composed characters (NFC), spaces for underscores, one at a time, none at the ends."""
    return unicodedata.normalize("NFC", shown(label.replace("_", " ")))


def shown(text: str) -> str:
    """Text that can be written and printed in one line; of file names that are not UTF-8, what is."""
    return " ".join(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").split())


def named(text: str) -> tuple[str | None, str]:
    """Synset and label out of `n07739125_apple`, the label alone out of `apple`; a bare synset is its own label."""
    if found := _NAMED.fullmatch(text):
        return found[1], tidy(found[2] or "") or found[1]
    return None, tidy(text)


def spelled_alike(pictures: Iterable[Picture]) -> Iterator[Picture]:
    """The same pictures; of labels that differ in case alone, the spelling that comes first is everyone's."""
    first: dict[str, str] = {}
    for picture in pictures:
        yield replace(picture, label=first.setdefault(picture.label.casefold(), picture.label))


def told_apart(pictures: Iterable[Picture]) -> list[Picture]:
    """The same pictures, with one synset a label.

    ImageNet has a crane that flies and a crane that lifts: a label that several synsets share gets theirs added in
    brackets. A picture without a synset has that of the others with its label, where there is just one.
    """
    pictures = list(pictures)
    synsets: dict[str, set[str]] = defaultdict(set)
    for picture in pictures:
        if picture.synset is not None:
            synsets[picture.label].add(picture.synset)
    return [_told_apart(picture, synsets.get(picture.label, set())) for picture in pictures]


def _told_apart(picture: Picture, synsets: set[str]) -> Picture:
    if len(synsets) > 1 and picture.synset is not None:
        return replace(picture, label=f"{picture.label} ({picture.synset})")
    return replace(picture, synset=next(iter(synsets))) if len(synsets) == 1 else picture
