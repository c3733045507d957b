"""How every picture looks: colours that colour-blind readers can tell apart, quiet axes, the same bytes every time."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from quoi.io.files import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette (2008), darkest first; its yellow is left out, too faint for a line on white.
PALETTE = ("#4D4D4D", "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#000000")
INK, NOTE, FAINT = "#222222", "#777777", "#DDDDDD"
DPI = 150

FONTS = (
    "DejaVu Sans",  # shipped with matplotlib: the same letters on every machine
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR", "Noto Sans Devanagari", "Noto Sans Bengali",
    "Noto Sans Gujarati", "Noto Sans Gurmukhi", "Noto Sans Kannada", "Noto Sans Malayalam", "Noto Sans Sinhala",
    "Noto Sans Tamil", "Noto Sans Telugu", "Noto Sans Thai", "Noto Sans Ethiopic", "Noto Serif Tibetan", "Noto Sans",
    "WenQuanYi Zen Hei", "Hiragino Sans", "Hiragino Sans GB", "Microsoft YaHei", "Yu Gothic", "Malgun Gothic",
    "Nirmala UI", "Leelawadee UI", "Arial Unicode MS",
)  # fmt: skip
"""The first has Latin, Greek, Cyrillic, Arabic and Hebrew letters; what it lacks is drawn by those that are installed.
Without any of them such letters are boxes."""

_SETTINGS = {
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#888888",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "lines.linewidth": 2,
    "lines.solid_capstyle": "round",
    "figure.facecolor": "white",
    "figure.dpi": DPI,
}


def colours(variants: Iterable[str]) -> dict[str, str]:
    """One colour a variant, by its place in params.yaml; after eight they begin again."""
    return {variant: PALETTE[place % len(PALETTE)] for place, variant in enumerate(variants)}


def ink(colour: str) -> str:
    """A shade of a palette's colour that is dark enough for words."""
    return "#" + "".join(f"{round(0.8 * int(colour[place : place + 2], 16)):02X}" for place in (1, 3, 5))


@contextmanager
def figure(path: Path, width: float, height: float, colours: int | None = None) -> Iterator[Figure]:
    """Yield an empty figure of `width` by `height` inches, and write it as a PNG file when the block ends.

    The file holds neither date nor software, so that the same numbers give the same bytes. No window system is used.

    Args:
        colours: reduce it to a palette of so many colours; None: as many as there are.

    Raises:
        QuoiError: the disk is full or may not be written.
    """
    import matplotlib
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import get_font_names
    from PIL import Image

    installed = set(get_font_names())
    fonts = {"font.family": [name for name in FONTS if name in installed]}
    with matplotlib.rc_context(_SETTINGS | fonts), _letters_that_no_font_has(path):
        drawn = Figure(figsize=(width, height), layout="constrained")
        drawn.get_layout_engine().set(w_pad=0.1, h_pad=0.1)
        canvas = FigureCanvasAgg(drawn)
        yield drawn
        with replacing(path) as partial:
            if colours is not None:
                canvas.draw()
                pixels = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
                pixels.quantize(colours, dither=Image.Dither.NONE).save(partial, format="PNG", optimize=True)
                return
            drawn.savefig(partial, format="png", dpi=DPI, metadata={"Software": None})


@contextmanager
def _letters_that_no_font_has(path: Path) -> Iterator[None]:
    """One sentence on standard error in place of a warning for each letter that is drawn as a box."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.filterwarnings("always", message="Glyph .* missing from font")
        yield
    others = [each for each in caught if "missing from font" not in str(each.message)]
    for each in others:
        warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
    if len(others) < len(caught):
        print(
            f"{path}: letters that no font here has are drawn as boxes; Noto's fonts have them "
            "(on Debian fonts-noto-core and fonts-noto-cjk).",
            file=sys.stderr,
        )


def seeds(axes: Axes, row: float, values: Sequence[float], colour: str, mean: str) -> None:
    """A dot for each seed, a bar at their mean, and the mean in words to the right of them."""
    middle = sum(values) / len(values)
    axes.plot([middle, middle], [row - 0.3, row + 0.3], color=colour, linewidth=3.5, zorder=3)
    axes.scatter(values, [row] * len(values), s=38, color=colour, alpha=0.5, linewidth=0, zorder=2)
    words = {"color": ink(colour), "fontsize": 8.5, "va": "center", "ha": "left"}
    axes.annotate(mean, (max(values), row), (7, 0), textcoords="offset points", **words)


def rows(axes: Axes, names: Sequence[str]) -> None:
    """A named row for each of some things, first on top, and lines across them."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.margins(x=0.12)
