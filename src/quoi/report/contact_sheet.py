"""Contact sheets: rows of pictures under a title, each with a caption, on matplotlib's grid."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from quoi.images.convert import on_white
from quoi.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from PIL.Image import Image

_SIDE, _GAP, _MARGIN, _TITLE, _LINE = 0.85, 0.1, 0.15, 0.3, 0.13  # inches
_LETTERS = 17  # of a line as wide as a picture
_NARROWEST = 3  # columns, so that titles have room
_LARGER = 4  # times that a small picture is drawn larger at most


class Shown(NamedTuple):
    """A picture with a caption below and a name above; frame and name, else caption, in a colour."""

    picture: Image
    caption: str = ""
    colour: str | None = None
    name: str = ""


SheetRow = tuple[str, Sequence[Shown]]
"""A title, and pictures with their captions."""


def sheet(path: Path, rows: Sequence[SheetRow], columns: int = 6, note: str = "", colours: int | None = None) -> None:
    """Draw rows of pictures into one PNG file; the same pictures give the same bytes.

    Args:
        rows: each a title and its pictures, which go on in the next line after `columns` of them. A picture is fitted
            into a square without being cut.
        note: a line below all of them, such as a credit.
        colours: at most so many, up to 256, which makes the file a third as large; None: as many as there are.

    Raises:
        QuoiError: the disk is full or may not be written.
    """
    columns = max(_NARROWEST, min(columns, max(len(pictures) for _, pictures in rows)))
    cells = [
        (title if start == 0 else "", pictures[start : start + columns])
        for title, pictures in rows
        for start in range(0, max(1, len(pictures)), columns)
    ]
    captions = [_wrapped(shown.caption) for _, pictures in cells for shown in pictures]
    head = _TITLE if any(title or any(shown.name for shown in pictures) for title, pictures in cells) else 0
    between = head + _GAP + _LINE * max((caption.count("\n") + 1 for caption in captions), default=0)
    below = textwrap.fill(note, columns * _LETTERS)
    width = 2 * _MARGIN + columns * _SIDE + (columns - 1) * _GAP
    foot = _LINE * (below.count("\n") + 2 if note else 0)
    height = _MARGIN + len(cells) * (_SIDE + between) + foot
    with style.figure(path, width, height, colours) as figure:
        figure.set_layout_engine("none")
        grid = figure.subplots(
            len(cells),
            columns,
            squeeze=False,
            gridspec_kw={
                "left": _MARGIN / width,
                "right": 1 - _MARGIN / width,
                "top": 1 - (_MARGIN + head) / height,
                "bottom": (foot + between - head) / height,
                "wspace": _GAP / _SIDE,
                "hspace": between / _SIDE,
            },
        )
        for line, (title, pictures) in zip(grid, cells, strict=True):
            for axes, shown in zip_longest(line, pictures):
                _draw(axes, shown)
            title = textwrap.shorten(title, columns * _LETTERS * 3 // 4, placeholder="…")
            line[0].set_title(title, fontsize=8.5, pad=5, parse_math=False)
        figure.text(_MARGIN / width, _MARGIN / height, below, fontsize=6.5, color=style.NOTE, parse_math=False)


def _draw(axes: Axes, shown: Shown | None) -> None:
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(shown is not None)
    if shown is None:
        return
    image = np.asarray(on_white(shown.picture))
    height, width = image.shape[:2]
    axes.imshow(image)
    half = max(width, height, _SIDE * style.DPI / _LARGER) / 2
    axes.set(xlim=(width / 2 - half, width / 2 + half), ylim=(height / 2 + half, height / 2 - half))
    axes.spines[:].set(color=shown.colour or style.FAINT, linewidth=1.6 if shown.colour else 0.6)
    plain = {"fontsize": 6.5, "color": style.INK, "fontweight": "normal", "parse_math": False}
    marked = plain | {"color": style.ink(shown.colour), "fontweight": "bold"} if shown.colour else plain
    axes.set_title(_wrapped(shown.name), loc="center", pad=4, **marked | {"fontweight": "bold"})
    axes.set_xlabel(_wrapped(shown.caption), **plain if shown.name else marked)


def _wrapped(caption: str) -> str:
    """Its lines, each at most two of a picture's width."""
    return "\n".join(
        line
        for text in caption.split("\n")
        for line in textwrap.wrap(text, _LETTERS, max_lines=2, placeholder="…") or [""]
    )
