"""Attention weights as heat maps: a picture of several sentences, or one sentence in the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quoi.report import style
from quoi.report.progression import isolated

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from rich.console import RenderableType

_CELL, _WORDS = 0.32, 1.3  # inches, of a cell and of the words beside and above
_BESIDE = 2  # sentences side by side
_WITH_PERCENTAGES = 16  # columns of a terminal's heat map
_RAMP = ("#FFFFFF", "#C6DBEF", "#6BAED6", "#2171B5", "#08306B")  # single-hue, from white


def drawable(sentences: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of the record's sentences that carry attention weights."""
    return [sentence for sentence in sentences if sentence.get("attention")]


def attention_png(path: Path, sentences: Sequence[Mapping[str, Any]], title: str) -> None:
    """Draw a heat map of each sentence into one picture: source on top, translation at the left, weights 0 to 1.

    Args:
        sentences: at least one; each has `source_tokens` (S words), `target_tokens` (T words), `attention` (T x S).

    Raises:
        QuoiError: the file cannot be written.
    """
    # Short sentences first: they share a row. Sorted by their source, so that every variant's picture is alike.
    panels = sorted(sentences, key=lambda sentence: len(sentence["source_tokens"]))
    rows = [panels[start : start + _BESIDE] for start in range(0, len(panels), _BESIDE)]
    tall = [max(len(sentence["target_tokens"]) for sentence in row) for row in rows]
    wide = [max(len(row[place]["source_tokens"]) for row in rows if place < len(row)) for place in range(len(rows[0]))]
    width, height = _CELL * sum(wide) + _WORDS * len(wide) + 1, _CELL * sum(tall) + _WORDS * len(tall) + 0.5
    with style.figure(path, width, height) as figure:
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12)
        ratios = {"width_ratios": wide, "height_ratios": tall}
        grid = list(figure.subplots(len(rows), len(wide), squeeze=False, gridspec_kw=ratios).flat)
        for axes in grid[len(panels) :]:
            axes.remove()
        images = [_draw(axes, sentence) for axes, sentence in zip(grid, panels, strict=False)]
        bar = figure.colorbar(
            images[0], ax=grid[: len(panels)], ticks=[0, 0.5, 1], shrink=0.5, aspect=15, label="weight"
        )
        bar.outline.set_linewidth(0.4)


def _draw(axes: Axes, sentence: Mapping[str, Any]) -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    ramp = LinearSegmentedColormap.from_list("white to blue", _RAMP)
    source, target = ([_shown(word) for word in sentence[f"{side}_tokens"]] for side in ("source", "target"))
    image = axes.pcolormesh(sentence["attention"], cmap=ramp, vmin=0, vmax=1, edgecolors="#EEEEEE", linewidth=0.4)
    axes.set_aspect("equal", anchor="NW")
    axes.invert_yaxis()
    axes.xaxis.tick_top()
    slanted = {"rotation": 45, "ha": "left", "va": "bottom"}
    axes.set_xticks([place + 0.5 for place in range(len(source))], source, parse_math=False, **slanted)
    axes.set_yticks([place + 0.5 for place in range(len(target))], target, parse_math=False)
    axes.tick_params(length=0, pad=2)
    axes.spines[:].set(visible=True, color="#BBBBBB")
    return image


def _shown(word: str) -> str:
    if len(word) <= 18:
        return word
    # No letter loses marks that stand above or below it.
    end = next(place for place in range(17, 0, -1) if not unicodedata.category(word[place]).startswith("M"))
    return word[:end] + "…"


def heatmap_terminal(
    source_tokens: Sequence[str], target_tokens: Sequence[str], weights: Sequence[Sequence[float]]
) -> RenderableType:
    """One sentence's attention weights as coloured cells, for a terminal.

    The columns are numbered, their words listed below; beyond 16 of them the cells lose their percentages to stay
    within 80 characters.

    Args:
        source_tokens: S words, the columns.
        target_tokens: T words, the rows.
        weights: (T, S), each row summing to 1.
    """
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 0), show_header=True)
    table.add_column("")
    width = 2 if len(source_tokens) > _WITH_PERCENTAGES else 4
    for place in range(1, len(source_tokens) + 1):
        table.add_column(Text(f"{place:>2}" if width == 2 else f"{place:>3} ", style="bold"), no_wrap=True)
    for word, row in zip(target_tokens, weights, strict=False):
        table.add_row(Text(f"{isolated(word)} ", style="bold"), *(_cell(weight, width) for weight in row))
    key = Text("  ").join(
        Text.assemble((str(n + 1), "bold"), f" {isolated(word)}") for n, word in enumerate(source_tokens)
    )
    return Group(table, "", key)


def _cell(weight: float, width: int) -> Any:
    from rich.text import Text

    weight = min(1.0, max(0.0, float(weight)))
    red, green, blue = (round(255 + (dark - 255) * weight**0.7) for dark in (8, 48, 107))
    letters = "white" if weight > 0.35 else "black"
    shown = f"{100 * weight:3.0f} " if width == 4 and weight >= 0.005 else " " * width
    return Text(shown, style=f"{letters} on #{red:02x}{green:02x}{blue:02x}")
