"""What a source of pictures gives: labelled pictures, one after the other, and where they are from."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from quoi.io.files import reading

Split = Literal["train", "val"]

LeaveOut = Callable[[str, str], None]
"""Is given the reason why a picture is left out, and which one it is."""

SYNSET = re.compile(r"n\d{8}")
"""A noun of WordNet 3.0 by its offset, as ImageNet names its classes."""

_NAMED = re.compile(rf"({SYNSET.pattern})(?:[_ -]+(.*))?", re.DOTALL)


@dataclass(frozen=True)
class Drawing:
    """An SVG file, to be drawn on white, so many pixels wide and high."""

    path: Path
    size: int


Content = Path | bytes | Drawing
"""A picture as a file, as that file's bytes, or as a drawing."""


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
    """Calls a function for whatever is left out, and yields all others; the same data in the same order."""
    url: str | None = None
    attribution: str | None = None
    total: int | None = None
    more: dict[str, Any] = field(default_factory=dict)
    """What source.json says besides."""


def listed(folder: Path) -> list[Path]:
    """What is directly in a folder, sorted by name; hidden entries are passed over.

    Raises:
        QuoiError: it is no folder, or may not be read.
    """
    with reading(folder, "a folder"):
        return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))


def tidy(label: str) -> str:
    """A label as it is shown: composed characters (NFC), spaces for underscores, one at a time, none at the ends."""
    return unicodedata.normalize("NFC", shown(label.replace("_", " ")))


def shown(text: str) -> str:
    """Text that can be written and printed in one line; of file names that are not UTF-8, what is.

    Control characters are left out: a terminal would obey some of them.
    """
    decoded = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", decoded).split())


def named(text: str) -> tuple[str | None, str]:
    """Synset and label out of `n07739125_apple`, the label alone out of `apple`; a bare synset is its own label."""
    if match := _NAMED.fullmatch(text):
        return match[1], tidy(match[2] or "") or match[1]
    return None, tidy(text)


def distinct(pictures: Iterable[Picture]) -> Iterator[Picture]:
    """The same pictures, with one synset a label; all are read before the first is given.

    ImageNet has a crane that flies and a crane that lifts: a label that several synsets share gets theirs added in
    brackets. A picture without a synset has that of the others with its label, where there is just one.
    """
    pictures, synsets = list(pictures), defaultdict(set)
    for picture in pictures:
        if picture.synset is not None:
            synsets[picture.label].add(picture.synset)
    for picture in pictures:
        of_label = synsets[picture.label]
        if len(of_label) > 1 and picture.synset is not None:
            yield replace(picture, label=f"{picture.label} ({picture.synset})")
        else:
            yield replace(picture, synset=min(of_label)) if len(of_label) == 1 else picture
