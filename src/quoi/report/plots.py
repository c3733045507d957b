"""Curves and dots: how the losses fell, and how the variants compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from quoi.records.results import Result
from quoi.records.training import History
from quoi.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PANELS = (
    ("lesson_loss", "The lesson's loss (free-running, padding counted)"),
    ("token_loss_free", "Cross-entropy per real token (free-running)"),
)
_KINDS = {
    "train_loss": "training",
    "lesson_loss": "the lesson's",
    "token_loss_free": "token, free-running",
    "token_loss_forced": "token, forced",
}


def loss_curves(path: Path, results: Sequence[Result]) -> None:
    """Validation losses by epoch of all variants: the mean of the seeds as a line, their range as a band.

    Raises:
        QuoiError: the file cannot be written.
    """
    from matplotlib.ticker import FixedLocator, NullFormatter, ScalarFormatter

    palette = style.colours(result.variant for result in results)
    with style.figure(path, 11, 4.5) as figure:
        panels = figure.subplots(1, len(_PANELS))
        for axes, (key, title) in zip(panels, _PANELS, strict=True):
            for result in results:
                epochs, curves = _curves(result, key)
                mean = [sum(column) / len(column) for column in curves]
                colour = palette[result.variant]
                axes.plot(epochs, mean, color=colour, label=result.variant)
                lowest, highest = [min(column) for column in curves], [max(column) for column in curves]
                axes.fill_between(epochs, lowest, highest, color=colour, alpha=0.15, linewidth=0)
            axes.set_title(title)
            # With plain numbers: free-running losses start several times higher than they end.
            axes.set_yscale("log")
            axes.yaxis.set_major_locator(FixedLocator([0.1, 0.2, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15, 20]))
            axes.yaxis.set_major_formatter(ScalarFormatter())
            axes.yaxis.set_minor_formatter(NullFormatter())
            axes.tick_params(axis="y", which="minor", length=0)
            _epochs_axis(axes)
        panels[0].set_ylabel("nats per token, logarithmic")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right upper", frameon=False)
        figure.supxlabel("line: mean of the seeds; band: their range", fontsize=8.5, color=style.NOTE)


def progression(path: Path, results: Sequence[Result], published: Mapping[str, float] | None) -> None:
    """The lesson's loss and BLEU of every variant: a dot a seed, a bar at the mean.

    Args:
        published: the lesson's own loss of some variants, drawn as open diamonds.

    Raises:
        QuoiError: the file cannot be written.
    """
    palette = style.colours(result.variant for result in results)
    marks = "dot: a seed; bar: mean" + ("; diamond: published in the lesson" if published else "")
    panels = (
        ("lesson_loss", "The lesson's loss", "nats per token: lower is better", "{:.3f}"),
        ("bleu_beam", f"BLEU, beam {results[0].beam}", "higher is better", "{:.1f}"),
    )
    with style.figure(path, 10, 1.45 + 0.45 * len(results)) as figure:
        for axes, (key, title, label, form) in zip(figure.subplots(1, 2, sharey=True), panels, strict=True):
            for row, result in enumerate(results):
                style.seeds(axes, row, result.values(key), palette[result.variant], form.format(result.means[key]))
                if key == "lesson_loss" and published and result.variant in published:
                    diamond = {"marker": "D", "s": 34, "facecolor": "white", "edgecolor": style.INK}
                    axes.scatter(published[result.variant], row, zorder=4, **diamond)
            style.rows(axes, [result.variant for result in results])
            axes.set_title(title)
            axes.set_xlabel(label)
        figure.supxlabel(marks, fontsize=8.5, color=style.NOTE)


def training_curves(path: Path, name: str, history: History) -> None:
    """One run's losses by epoch: training, and validation in its three kinds.

    Raises:
        QuoiError: the file cannot be written.
    """
    with style.figure(path, 7, 4) as figure:
        axes = figure.subplots()
        for (key, label), colour in zip(_KINDS.items(), style.PALETTE, strict=False):
            points = [(row["epoch"], row[key]) for row in history if key in row]
            line = "--" if key == "train_loss" else "-"
            axes.plot(*zip(*points, strict=True), color=colour, label=label, linestyle=line)
        axes.set_title(name)
        axes.set_ylabel("nats per token")
        axes.legend(frameon=False)
        _epochs_axis(axes)


def lr_curve(path: Path, rates: Sequence[float], losses: Sequence[float], suggestion: float | None) -> None:
    """The loss against the learning rate of a rising-rate trial (Smith 2017), on a logarithmic axis.

    Args:
        suggestion: the rate to mark, if any.

    Raises:
        QuoiError: the file cannot be written.
    """
    with style.figure(path, 7, 4) as figure:
        axes = figure.subplots()
        axes.plot(rates, losses, color=style.PALETTE[1])
        axes.set_xscale("log")
        lowest, start = min(losses), losses[0]
        # The divergence at the end may be a hundred times the rest, which is what the reader came to see.
        axes.set_ylim(lowest - 0.08 * (start - lowest or 1), start + 0.35 * (start - lowest or 1))
        if suggestion is not None:
            axes.axvline(suggestion, color=style.PALETTE[4], linewidth=1.2, linestyle="--")
            top = suggestion, axes.get_ylim()[1]
            axes.annotate(f" {suggestion:.1e}", top, va="top", color=style.PALETTE[4], weight="bold")
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
    epochs = sorted(points)
    return epochs, [points[epoch] for epoch in epochs]


def _epochs_axis(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.margins(x=0.02)
    axes.grid(axis="y")
