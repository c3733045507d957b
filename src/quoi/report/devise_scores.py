"""DeViSE's scores beside those of its parts and its controls, as tables and a picture."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from quoi.records.devise_record import CONTROLS, HEADLINE, TOP, WHOLE, DeviseResult
from quoi.report import style
from quoi.report.progression import markdown

_SETS = {
    "unseen": "pictures of unseen labels, among unseen labels",
    "unseen among all": "the same pictures, among all labels",
    "seen": "pictures of seen labels, among seen labels",
}
_CAPTION = """\
- Percent of the pictures whose label is among the first k, in exact search; a tie is a miss. Labels are ranked by \
{ranking}.
- Mean ± standard deviation over seeds {seeds}. Seeds differ in where the training starts, in which order it goes, and \
which labels it is stopped by; a control that draws nothing is the same each time.
- The standard error is that of DeViSE's share with so many pictures; all methods see the same ones, so \
differences are known better than that.
- Pictures of seen labels: held out where labels have several, else the training's own, rotated.
- *its head alone*: the trained network without what stands beside it.
- *its kernel alone*: regression on visual similarity, the other half of what is predicted.
- *without the way back*: words alone are compared, not what they would look like.
- *ConSE*: mean of the word vectors of ImageNet's ten likeliest classes, weighted by how likely they are (Norouzi et \
al. 2014); nothing is trained.
- *visual neighbours*: mean of the training labels' word vectors, weighted by how alike the pictures are.
- *ridge regression*: linear, of the strength that predicts left-out pictures best.
- *random vectors*: a direction drawn for each picture.
"""


def as_json(result: DeviseResult) -> dict[str, Any]:
    """scores.json: by set its `pictures`, `labels` and `chance`, and by method and hit@k `mean`, `sd` and `n`."""
    content: dict[str, Any] = {"seeds": list(result.seeds)}
    for name in result.sets:
        content[name] = {
            "pictures": result.of(name, "pictures"),
            "labels": result.of(name, "labels"),
            "chance": {f"hit@{k}": result.of(name, f"chance@{k}") for k in TOP},
            "methods": {
                method: {f"hit@{k}": result.summary(method, name, f"hit@{k}")._asdict() for k in TOP}
                for method in result.methods
            },
        }
    return content


def overview(result: DeviseResult) -> str:
    """hit@5 of DeViSE, of the best control and of chance on every set, as a markdown table."""
    rows = []
    for name in result.sets:
        whole, pictures = result.summary(WHOLE, name), result.of(name, "pictures")
        control = result.best_control(name)
        rows.append(
            [
                _SETS[name],
                f"{pictures:,}",
                f"{result.of(name, 'labels'):,}",
                f"**{whole.written(1, 100)}**",
                f"{100 * math.sqrt(whole.mean * (1 - whole.mean) / pictures):.1f}",
                f"{result.summary(control, name).written(1, 100)} ({control})",
                f"{100 * result.of(name, 'chance@5'):.1f}",
            ]
        )
    head = ["hit@5, %", "pictures", "labels", "DeViSE", "standard error", "best control", "chance"]
    return markdown(head, rows, left=1)


def tables(result: DeviseResult) -> str:
    """A markdown table for each set of pictures: hit@k in percent, a row a method, chance last."""
    parts = []
    for name in result.sets:
        rows = []
        for method in result.methods:
            cells = [method, *(result.summary(method, name, f"hit@{k}").written(1, 100) for k in TOP)]
            rows.append([f"**{cell}**" for cell in cells] if method == WHOLE else cells)
        rows.append(["*chance*", *(f"*{100 * result.of(name, f'chance@{k}'):.1f}*" for k in TOP)])
        parts.append(markdown([f"{_SETS[name]}, %", *(f"hit@{k}" for k in TOP)], rows, left=1))
    return "\n".join(parts)


def caption(result: DeviseResult) -> str:
    """What the numbers are, as a markdown list."""
    neighbours = result.parameters.get("devise.csls")
    csls = f"CSLS with {neighbours} neighbours: cosine, less how near a label is to predictions in general"
    return _CAPTION.format(ranking=csls if neighbours else "cosine", seeds=", ".join(map(str, result.seeds)))


def draw(path: Path, result: DeviseResult) -> None:
    """hit@5 of every method on every set: a dot a seed, a bar at the mean, a line at chance.

    Raises:
        QuoiError: the file cannot be written.
    """
    methods, sets = result.methods, result.sets
    with style.figure(path, 11, 1.4 + 0.4 * len(methods)) as figure:
        panels = figure.subplots(1, len(sets), sharey=True, squeeze=False)[0]
        for name, axes in zip(sets, panels, strict=True):
            for row, method in enumerate(methods):
                colour = style.PALETTE[4 if method == WHOLE else 0 if method in CONTROLS else 1]
                values = [100 * value for value in result.values(method, name)]
                style.seeds(axes, row, values, colour, f"{100 * result.summary(method, name).mean:.1f}")
            axes.axvline(100 * result.of(name, "chance@5"), color=style.NOTE, linestyle="--", linewidth=1)
            style.rows(axes, methods)
            axes.set_xlim(left=0)
            axes.set_title(name)
            axes.set_xlabel(f"{HEADLINE}, %")
        figure.supxlabel("dot: a seed; bar: mean; dashed: chance", fontsize=8.5, color=style.NOTE)
