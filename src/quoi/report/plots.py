"""Curves and dots: how the losses fell, and how the variants compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from quoi.io.errors import QuoiError
from quoi.records.results import History, Result
from quoi.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PANELS = (
    ("lesson_loss", "The lesson's loss (free-running, padding counted)"),
    ("token_loss_free", "Cross-entropy per real token (free-running)"),
)


def loss_curves(path: Path | str, results: Sequence[Result]) -> None:
    """Validation losses by epoch of all variants: the mean of the seeds as a line, their range as a band.

    Raises:
        QuoiError: there is nothing to draw, or the file cannot be written.
    """
    some(results)
    palette = style.colours(result.variant for result in results)
    with style.figure(Path(path), 11, 4.5) as figure:
        figure.text(0.06, 0.015, "line: mean of the seeds; band: their range", fontsize=8.5, color=style.NOTE)
        for place, (key, title) in enumerate(_PANELS):
            axes = figure.add_axes((0.06 + 0.5 * place, 0.16, 0.35, 0.72))
            ends = []
            for result in results:
                epochs, curves = _curves(result, key)
                mean = [sum(column) / len(column) for column in curves]
                colour = palette[result.variant]
                axes.plot(epochs, mean, color=colour)
                axes.fill_between(
                    epochs, [min(c) for c in curves], [max(c) for c in curves], color=colour, alpha=0.15, linewidth=0
                )
                ends.append((result.variant, epochs[-1], mean[-1], colour))
            axes.set_title(title)
            axes.set_ylabel("nats per token, logarithmic" if place == 0 else "")
            _losses_axis(axes)
            _epochs_axis(axes)
            style.label_ends(axes, ends)


def progression(path: Path | str, results: Sequence[Result], published: Mapping[str, float] | None = None) -> None:
    """The lesson's loss and BLEU of every variant: a dot a seed, a bar at the mean.

    Args:
        path: where the picture goes.
        results: in the order of the rows, first on top.
        published: the lesson's own loss of some variants, drawn as open diamonds.

    Raises:
        QuoiError: there is nothing to draw, or the file cannot be written.
    """
    some(results)
    palette = style.colours(result.variant for result in results)
    height = 1.45 + 0.52 * len(results)
    key_to_marks = "dot: a seed; bar: mean" + ("; diamond: published in the lesson" if published else "")
    panels = (
        ("lesson_loss", "The lesson's loss", "nats per token: lower is better", "{:.3f}"),
        ("bleu_beam", f"BLEU, beam {results[0].beam}", "higher is better", "{:.1f}"),
    )
    with style.figure(Path(path), 10, height) as figure:
        figure.text(0.1, 0.08 / height, key_to_marks, fontsize=8.5, color=style.NOTE)
        for place, (key, title, label, form) in enumerate(panels):
            axes = figure.add_axes((0.1 + 0.46 * place, 0.78 / height, 0.42, 1 - 1.21 / height))
            for row, result in enumerate(results):
                values, colour = result.values(key), palette[result.variant]
                mean = result.summary(key).mean
                axes.plot([mean, mean], [row - 0.27, row + 0.27], color=colour, linewidth=3.5, zorder=3)
                axes.scatter(values, [row] * len(values), s=42, color=colour, alpha=0.55, linewidth=0, zorder=2)
                words = {"color": style.ink(colour), "fontsize": 8.5}
                axes.annotate(form.format(mean), (mean, row - 0.3), ha="center", va="bottom", **words)
                if published and key == "lesson_loss" and result.variant in published:
                    diamond = {"marker": "D", "s": 34, "facecolor": "white", "edgecolor": style.INK}
                    axes.scatter(published[result.variant], row, zorder=4, **diamond)
            axes.set_ylim(len(results) - 0.4, -0.75)
            axes.set_yticks(range(len(results)), [result.variant for result in results] if place == 0 else [])
            axes.tick_params(axis="y", length=0)
            axes.spines["left"].set_visible(False)
            axes.grid(axis="x")
            axes.margins(x=0.08)
            axes.set_title(title)
            axes.set_xlabel(label)


def training_curves(path: Path | str, name: str, history: History) -> None:
    """One run's losses by epoch: training, and validation in its three kinds.

    Raises:
        QuoiError: there is nothing to draw, or the file cannot be written.
    """
    some(history)
    lines = {
        "train_loss": "training",
        "lesson_loss": "the lesson's",
        "token_loss_free": "token, free-running",
        "token_loss_forced": "token, forced",
    }
    with style.figure(Path(path), 7, 4) as figure:
        axes = figure.add_axes((0.09, 0.13, 0.63, 0.75))
        ends = []
        for (key, label), colour in zip(lines.items(), style.PALETTE, strict=False):
            points = [(row["epoch"], row[key]) for row in history if key in row]
            if points:
                epochs, values = zip(*points, strict=True)
                axes.plot(epochs, values, color=colour, linestyle="--" if key == "train_loss" else "-")
                ends.append((label, epochs[-1], values[-1], colour))
        axes.set_title(name)
        axes.set_ylabel("nats per token")
        _epochs_axis(axes)
        style.label_ends(axes, ends)


def lr_curve(path: Path | str, rates: Sequence[float], losses: Sequence[float], suggestion: float | None) -> None:
    """The loss against the learning rate of a rising-rate trial (Smith 2017), on a logarithmic axis.

    Args:
        path: where the picture goes.
        rates: learning rates, rising.
        losses: the smoothed loss at each.
        suggestion: the rate to mark, if any.

    Raises:
        QuoiError: there is nothing to draw, or the file cannot be written.
    """
    some(rates)
    with style.figure(Path(path), 7, 4) as figure:
        axes = figure.add_axes((0.1, 0.14, 0.86, 0.74))
        axes.plot(rates, losses, color=style.PALETTE[1])
        axes.set_xscale("log")
        lowest, start = min(losses), losses[0]
        # The divergence at the end may be a hundred times the rest, which is what the reader came to see.
        axes.set_ylim(lowest - 0.08 * (start - lowest or 1), start + 0.35 * (start - lowest or 1))
        if suggestion is not None:
            axes.axvline(suggestion, color=style.PALETTE[4], linewidth=1.2, linestyle="--")
            axes.annotate(
                f" {suggestion:.1e}", (suggestion, axes.get_ylim()[1]), va="top", color=style.PALETTE[4], weight="bold"
            )
        axes.grid()
        axes.set_title("Learning-rate range test")
        axes.set_xlabel("learning rate")
        axes.set_ylabel("training loss, smoothed (nats per token)")


def _curves(result: Result, key: str) -> tuple[list[float], list[list[float]]]:
    """Epochs, and at each the values of the seeds that got so far."""
    points: dict[float, list[float]] = {}
    for history in result.history.values():
        for row in history:
            if key in row:
                points.setdefault(row["epoch"], []).append(row[key])
    if not points:
        raise QuoiError(f"{result.folder / 'history.csv'} has no {key}: run `dvc repro train@{result.variant}`.")
    epochs = sorted(points)
    return epochs, [points[epoch] for epoch in epochs]


def _losses_axis(axes: Axes) -> None:
    """Logarithmic, with plain numbers: free-running losses start several times higher than they end."""
    from matplotlib.ticker import FixedLocator, NullFormatter, ScalarFormatter

    axes.set_yscale("log")
    axes.yaxis.set_major_locator(FixedLocator([0.1, 0.2, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15, 20]))
    axes.yaxis.set_major_formatter(ScalarFormatter())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(axis="y", which="minor", length=0)


def _epochs_axis(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.margins(x=0.02)
    axes.grid(axis="y")


def some(rows: Sequence[object]) -> None:
    """Refuse to draw nothing."""
    if not len(rows):
        raise QuoiError("There is nothing to draw: no variant has been trained.")
