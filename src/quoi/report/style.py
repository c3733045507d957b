"""How every picture looks: colours that colour-blind readers can tell apart, quiet axes, the same bytes every time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quoi.io.files import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette (2008), darkest first; its yellow is left out, too faint for a line on white.
PALETTE = ("#4D4D4D", "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#000000")
INK, NOTE, FAINT = "#222222", "#777777", "#DDDDDD"
DPI = 150

_SETTINGS = {
    "font.family": "DejaVu Sans",  # shipped with matplotlib: the same letters on every machine
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
    "svg.hashsalt": "quoi",
}


def colours(variants: Iterable[str]) -> dict[str, str]:
    """One colour a variant, by its place in params.yaml; after eight they begin again."""
    return {variant: PALETTE[place % len(PALETTE)] for place, variant in enumerate(variants)}


def ink(colour: str) -> str:
    """A shade of a palette's colour that is dark enough for words."""
    return "#" + "".join(f"{round(0.8 * int(colour[place : place + 2], 16)):02X}" for place in (1, 3, 5))


@contextmanager
def figure(path: Path, width: float, height: float) -> Iterator[Figure]:
    """Yield an empty figure of `width` by `height` inches, and write it to `path` (.png or .svg) when the block ends.

    The file holds neither date nor software, so that the same numbers give the same bytes. No window system is used.

    Raises:
        QuoiError: the disk is full or may not be written.
    """
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    path = Path(path)
    kind = path.suffix.removeprefix(".") or "png"
    with matplotlib.rc_context(_SETTINGS):
        drawn = Figure(figsize=(width, height))
        FigureCanvasAgg(drawn)
        yield drawn
        with replacing(path) as partial:
            metadata: dict[str, Any] = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
            drawn.savefig(partial, format=kind, dpi=DPI, metadata=metadata)


def label_ends(axes: Axes, ends: Sequence[tuple[str, float, float, str]], size: float = 9) -> None:
    """Write each line's name to the right of its end, moved apart where the names would overlap.

    Args:
        axes: with its final limits; the names stand outside, at the right.
        ends: (name, x, y, colour) of each line's last point.
        size: of the letters, in points.
    """
    height = axes.get_position().height * axes.figure.get_figheight() * 72
    # Measured along the axis from 0 to 1, so that a logarithmic one is no different.
    along = axes.transData + axes.transAxes.inverted()
    heights = [float(along.transform((x, y))[1]) for _, x, y, _ in ends]
    for (name, x, y, colour), place in zip(ends, spread(heights, 1.35 * size / height), strict=True):
        axes.annotate(
            name,
            xy=(x, y),
            xytext=(1.03, place),
            textcoords="axes fraction",
            color=ink(colour),
            fontsize=size,
            fontweight="bold",
            va="center",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.7, "alpha": 0.6, "shrinkA": 2, "shrinkB": 0},
        )


def spread(values: Sequence[float], gap: float) -> list[float]:
    """Move values as little as it takes for neighbours to be at least `gap` apart; their order is kept.

    The least squares answer: runs of values that collide are merged and centred on their mean.
    """
    order = sorted(range(len(values)), key=lambda place: values[place])
    groups: list[list[float]] = []  # [sum of (value - its rank in the group * gap), number]
    for place in order:
        groups.append([values[place], 1])
        while len(groups) > 1 and _first(groups[-2]) + groups[-2][1] * gap > _first(groups[-1]):
            total, count = groups.pop()
            groups[-1][0] += total - count * groups[-1][1] * gap
            groups[-1][1] += count
    moved = [_first(group) + rank * gap for group in groups for rank in range(int(group[1]))]
    answer = [0.0] * len(values)
    for place, value in zip(order, moved, strict=True):
        answer[place] = value
    return answer


def _first(group: list[float]) -> float:
    return group[0] / group[1]
