"""Attention weights as heat maps: a picture of several sentences, or one sentence in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quoi.report import style
from quoi.report.plots import some

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from rich.console import RenderableType

_CELL = 0.32  # inches
_WITH_PERCENTAGES = 16  # columns of a terminal's heat map
_LETTER = 0.085  # inches, of the words' size
_WIDTH = 12.0  # inches, beyond which panels go to the next row
_RAMP = ("#FFFFFF", "#C6DBEF", "#6BAED6", "#2171B5", "#08306B")  # single-hue, from white


def drawable(sentences: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of the record's sentences that carry attention weights."""
    return [sentence for sentence in sentences if sentence.get("attention")]


def attention_png(path: Path | str, sentences: Sequence[Mapping[str, Any]], title: str = "") -> None:
    """Draw a heat map of each sentence into one picture: source on top, translation at the left, weights 0 to 1.

    Args:
        path: where the picture goes.
        sentences: each with `source_tokens` (S words), `target_tokens` (T words) and `attention` (T x S weights).
        title: over all of them.

    Raises:
        QuoiError: there is nothing to draw, or the file cannot be written.
    """
    some(sentences)
    # Short sentences first: they share a row. Sorted by their source, so that every variant's picture is alike.
    panels = [_Panel(sentence) for sentence in sorted(sentences, key=lambda each: len(each["source_tokens"]))]
    rows: list[list[_Panel]] = [[]]
    for panel in panels:
        if rows[-1] and sum(p.width for p in rows[-1]) + panel.width > _WIDTH:
            rows.append([])
        rows[-1].append(panel)
    width = max(4.5, max(sum(panel.width for panel in row) for row in rows) + 1.0)
    head = 0.45 if title else 0.1
    height = head + sum(map(_row_height, rows)) + 0.15
    with style.figure(Path(path), width, height) as figure:
        if title:
            figure.text(0.12 / width, 1 - 0.28 / height, title, fontweight="bold", fontsize=12, va="center")
        top, image = height - head, None
        for row in rows:
            left = 0.0
            words = max(panel.top for panel in row)
            for panel in row:
                corner = (left + panel.left, top - words - panel.inner_height)
                size = (panel.inner_width, panel.inner_height)
                box = (corner[0] / width, corner[1] / height, size[0] / width, size[1] / height)
                image = panel.draw(figure.add_axes(box))
                left += panel.width
            top -= _row_height(row)
        tall = min(2.2, height - head - 0.8)
        box = ((width - 0.75) / width, (height - head - 0.35 - tall) / height, 0.14 / width, tall / height)
        bar = figure.add_axes(box)
        colorbar = figure.colorbar(image, cax=bar, ticks=[0, 0.5, 1])
        colorbar.outline.set_linewidth(0.4)
        bar.set_title("weight", fontsize=8, fontweight="normal", loc="center", pad=6)
        bar.tick_params(labelsize=8, length=2)


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
        table.add_row(Text(f"{word} ", style="bold"), *(_cell(weight, width) for weight in row))
    key = Text("  ").join(Text.assemble((str(n + 1), "bold"), f" {word}") for n, word in enumerate(source_tokens))
    return Group(table, Text(""), key)


def _cell(weight: float, width: int) -> Any:
    from rich.text import Text

    weight = min(1.0, max(0.0, float(weight)))
    red, green, blue = (round(255 + (dark - 255) * weight**0.7) for dark in (8, 48, 107))
    letters = "white" if weight > 0.35 else "black"
    shown = f"{100 * weight:3.0f} " if width == 4 and weight >= 0.005 else " " * width
    return Text(shown, style=f"{letters} on #{red:02x}{green:02x}{blue:02x}")


class _Panel:
    """One sentence's heat map and the room it takes, in inches."""

    def __init__(self, sentence: Mapping[str, Any]) -> None:
        self.source = list(map(_shown, sentence["source_tokens"]))
        self.target = list(map(_shown, sentence["target_tokens"]))
        self.weights = sentence["attention"]
        self.inner_width = _CELL * len(self.source)
        self.inner_height = _CELL * len(self.target)
        self.left = 0.3 + _LETTER * max(map(len, self.target))
        # Words on top stand at 45 degrees: they reach as far up as to the right.
        reach = 0.3 + 0.71 * _LETTER * max(map(len, self.source))
        self.top = reach
        self.width = self.left + self.inner_width + max(0.2, 0.71 * _LETTER * len(self.source[-1]))

    def draw(self, axes: Axes) -> Any:
        from matplotlib.colors import LinearSegmentedColormap

        ramp = LinearSegmentedColormap.from_list("white to blue", _RAMP)
        image = axes.pcolormesh(self.weights, cmap=ramp, vmin=0, vmax=1, edgecolors="#EEEEEE", linewidth=0.4)
        axes.invert_yaxis()
        axes.xaxis.tick_top()
        axes.set_xticks([n + 0.5 for n in range(len(self.source))], self.source, rotation=45, ha="left", va="bottom")
        axes.set_yticks([n + 0.5 for n in range(len(self.target))], self.target)
        axes.tick_params(length=0, pad=2)
        for spine in axes.spines.values():
            spine.set_visible(True)
            spine.set_color("#BBBBBB")
        return image


def _row_height(row: Sequence[_Panel]) -> float:
    return max(panel.top for panel in row) + max(panel.inner_height for panel in row) + 0.25


def _shown(word: str) -> str:
    # matplotlib reads a pair of dollar signs as mathematics.
    word = word if len(word) <= 18 else word[:17] + "…"
    return word.replace("$", r"\$")
