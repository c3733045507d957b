"""Contact sheets: rows of pictures under a title, each with a caption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from quoi.io.files import replacing
from quoi.report.style import FAINT, INK, NOTE, ink

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont


class Shown(NamedTuple):
    """A picture, and what is written below it; with a colour (`#rrggbb`), its frame and its name are drawn in that."""

    picture: Image
    caption: str = ""
    colour: str | None = None


Row: TypeAlias = tuple[str, Sequence["Shown | tuple[Image, str]"]]
"""A title, and pictures with their captions."""
_Band: TypeAlias = "_Line | _Pictures"

_MARGIN, _GAP = 24, 14
_CAPTION, _TITLE, _HEAD = 13, 17, 22  # sizes of letters
_CAPTION_LINES, _TITLE_LINES = 2, 3  # at most; without a caption's paler ones
_LONGEST = 300  # characters of a text that are looked at
_NARROWEST = 3  # columns, so that titles have room
_LARGER = 4  # times that a small picture is drawn larger at most


def sheet(
    path: Path,
    rows: Sequence[Row],
    title: str = "",
    *,
    side: int = 160,
    columns: int = 6,
    note: str = "",
    colours: int | None = None,
) -> None:
    """Draw rows of pictures into one PNG file; the same pictures give the same bytes.

    Args:
        rows: each a title and its pictures, which go on in the next line after `columns` of them. A picture is fitted
            into a square without being cut; transparent parts are white. What stands in a caption behind a line
            break, such as a similarity, is drawn paler, on a line of its own each.
        title: over all of them.
        side: of a picture's square, in pixels.
        note: a line below all of them, such as a credit.
        colours: at most so many, up to 256, which makes the file a third as large; None: as many as there are.

    Raises:
        QuoiError: the disk is full or may not be written.
    """
    from PIL import Image, ImageDraw

    columns = max(_NARROWEST, min(columns, max((len(pictures) for _, pictures in rows), default=0)))
    inside = columns * side + (columns - 1) * _GAP
    bands: list[_Band] = _lines(title, dejavu(_HEAD, bold=True), inside, INK, after=_GAP)
    for text, pictures in rows:
        bands += _lines(text, dejavu(_TITLE, bold=True), inside, INK, after=8)
        shown = [Shown(*each) for each in pictures]
        bands += [_Pictures(shown[start : start + columns], side) for start in range(0, len(shown), columns)]
    bands += _lines(note, dejavu(_CAPTION), inside, NOTE)
    drawn = Image.new("RGB", (inside + 2 * _MARGIN, 2 * _MARGIN + sum(band.height for band in bands)), "white")
    pen, top = ImageDraw.Draw(drawn), _MARGIN
    for band in bands:
        band.draw(drawn, pen, top)
        top += band.height
    save(Path(path), drawn, colours)


def save(path: Path, drawn: Image, colours: int | None = None) -> None:
    """Write a PNG file without anything but the pixels, reduced to a palette of at most so many colours.

    Raises:
        QuoiError: the disk is full or may not be written.
    """
    from PIL import Image

    if colours is not None:
        drawn = drawn.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    with replacing(path) as partial:
        drawn.save(partial, format="PNG", optimize=True)


@dataclass(frozen=True)
class _Line:
    """One line of text."""

    text: str
    font: FreeTypeFont
    colour: str
    height: int

    def draw(self, drawn: Image, pen: ImageDraw, top: int) -> None:
        pen.text((_MARGIN, top), self.text, fill=self.colour, font=self.font)


@dataclass(frozen=True)
class _Pictures:
    """Pictures side by side, each with its caption."""

    pictures: Sequence[Shown]
    side: int

    @property
    def height(self) -> int:
        lines = _CAPTION_LINES + max(each.caption.count("\n") for each in self.pictures)
        return self.side + 8 + lines * (_CAPTION + 4) + _GAP

    def draw(self, drawn: Image, pen: ImageDraw, top: int) -> None:
        for place, (picture, caption, colour) in enumerate(self.pictures):
            left, small = _MARGIN + place * (self.side + _GAP), fitted(picture, self.side)
            drawn.paste(small, (left + (self.side - small.width) // 2, top + (self.side - small.height) // 2))
            for out in range(1, 4 if colour else 2):
                box = (left - out, top - out, left + self.side + out - 1, top + self.side + out - 1)
                pen.rectangle(box, outline=colour or FAINT)
            name, *pale = caption.split("\n")
            letters, shade = dejavu(_CAPTION, bold=colour is not None), ink(colour) if colour else INK
            lines = [(text, letters, shade) for text in wrapped(name, letters, self.side, _CAPTION_LINES)]
            for each in pale:
                lines += [(text, dejavu(_CAPTION), NOTE) for text in wrapped(each, dejavu(_CAPTION), self.side, 1)]
            for number, (text, letters, shade) in enumerate(lines):
                middle = (left + self.side / 2, top + self.side + 6 + number * (_CAPTION + 4))
                pen.text(middle, text, fill=shade, font=letters, anchor="ma")


def _lines(text: str, font: FreeTypeFont, width: int, colour: str, after: int = 0) -> list[_Band]:
    lines = wrapped(text, font, width, _TITLE_LINES)
    heights = [font.size + 6] * len(lines)
    if lines:
        heights[-1] += after
    return [_Line(line, font, colour, height) for line, height in zip(lines, heights, strict=True)]


def fitted(picture: Image, side: int) -> Image:
    """A picture within a square, RGB, neither cut nor drawn more than four times as large; on white."""
    from PIL import Image

    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    picture = picture.convert("RGB")
    scale = min(side / picture.width, side / picture.height, _LARGER)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS)


def wrapped(text: str, font: FreeTypeFont, width: int, most: int) -> list[str]:
    """The text in at most `most` lines of `width` pixels; what has no room is cut with an ellipsis."""
    lines: list[str] = []
    words = text[:_LONGEST].split()
    while words:
        taken = 1
        while taken < len(words) and font.getlength(" ".join(words[: taken + 1])) <= width:
            taken += 1
        if len(lines) == most - 1:
            taken = len(words)
        line, words = " ".join(words[:taken]), words[taken:]
        if font.getlength(line) > width:
            while line and font.getlength(line + "…") > width:
                line = line[:-1]
            line = line.rstrip() + "…"
        lines.append(line)
    return lines


@cache
def dejavu(size: int, bold: bool = False) -> FreeTypeFont:
    """DejaVu Sans as shipped with matplotlib, which is not imported for it."""
    from PIL import ImageFont

    (folder,) = find_spec("matplotlib").submodule_search_locations
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    # The basic layout gives the same places with and without libraqm.
    path = Path(folder) / "mpl-data/fonts/ttf" / name
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
