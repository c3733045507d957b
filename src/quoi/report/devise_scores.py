"""DeViSE's scores beside those of its parts and its controls, as tables and a picture."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quoi.io.errors import QuoiError
from quoi.io.files import read_json
from quoi.records.results import Summary
from quoi.report import style
from quoi.report.progression import markdown, written

METRICS = Path("reports/devise/metrics.json")
WHOLE = "DeViSE"
CONTROLS = ("ConSE", "visual neighbours", "ridge regression", "random vectors")
SETS = ("unseen", "unseen among all", "seen")
TOP = (1, 2, 5, 10, 20)
HEADLINE = "hit@5"

_MEANINGS = {
    "its head alone": "the trained network without what stands beside it",
    "its kernel alone": "regression on visual similarity, the other half of what is predicted",
    "without the way back": "words alone are compared, not what they would look like",
    "ConSE": "mean of the word vectors of ImageNet's ten likeliest classes, weighted by how likely they are "
    "(Norouzi et al. 2014); nothing is trained",
    "visual neighbours": "mean of the training labels' word vectors, weighted by how alike the pictures are",
    "ridge regression": "linear, of the strength that predicts left-out pictures best",
    "random vectors": "a direction drawn for each picture",
}

Seeds = list[dict[str, float]]


@dataclass(frozen=True)
class Scores:
    """What every method reached: `by[method][set]` holds a dictionary a seed, of hit@k, chance@k, pictures, labels."""

    seeds: list[int]
    by: dict[str, dict[str, Seeds]]
    csls: int

    def summary(self, method: str, pictures: str, score: str = HEADLINE) -> Summary:
        """Mean and standard deviation over the seeds; a share, 0 to 1."""
        values = [row[score] for row in self.by[method][pictures]]
        return Summary(statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else None, len(values))

    @property
    def sets(self) -> list[str]:
        """Those of SETS that there are pictures of."""
        return [name for name in SETS if name in self.by[WHOLE]]

    @property
    def methods(self) -> list[str]:
        """DeViSE, its parts, then its controls."""
        return sorted(self.by, key=lambda name: (name != WHOLE, name in CONTROLS))

    def of(self, pictures: str, key: str) -> int:
        """`pictures` or `labels` of a set."""
        return int(self.by[WHOLE][pictures][0][key])

    def best(self, methods: Sequence[str], pictures: str) -> str | None:
        """Which of some methods finds most; None where there is none."""
        some = [name for name in methods if pictures in self.by[name]]
        return max(some, key=lambda name: self.summary(name, pictures).mean, default=None)


def read(root: Path | str = ".") -> Scores:
    """Read what `train_devise` has left.

    Raises:
        QuoiError: it is absent or damaged.
    """
    path = Path(root) / METRICS
    told = read_json(path)
    try:
        (record,) = told["record"]
        seeds = [int(each["seed"]) for each in record["seeds"]]
        by: dict[str, dict[str, Seeds]] = {}
        for each in record["seeds"]:
            for method, sets in each["scores"].items():
                for name, scores in sets.items():
                    by.setdefault(method, {}).setdefault(name, []).append(dict(scores))
        scores = Scores(seeds, by, int(record["parameters"].get("devise.csls", 0)))
        whole = {len(rows) for sets in by.values() for rows in sets.values()} == {len(seeds)}
        asked = {f"{kind}@{k}" for kind in ("hit", "chance") for k in TOP} | {"pictures", "labels"}
        whole &= all(asked <= row.keys() for sets in by.values() for rows in sets.values() for row in rows)
        if not whole or "unseen" not in scores.sets:
            raise ValueError("a seed or a score is missing")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise QuoiError(f"{path} is not what the stage train_devise writes ({error}): run `dvc repro`.") from None
    return scores


def as_json(scores: Scores) -> dict[str, Any]:
    """scores.json: by set its `pictures`, `labels` and `chance`, and by method and hit@k `mean`, `sd` and `n`."""
    told: dict[str, Any] = {"seeds": scores.seeds}
    for name in scores.sets:
        told[name] = {key: scores.of(name, key) for key in ("pictures", "labels")}
        told[name]["chance"] = {f"hit@{k}": scores.by[WHOLE][name][0][f"chance@{k}"] for k in TOP}
        told[name]["methods"] = {
            method: {f"hit@{k}": scores.summary(method, name, f"hit@{k}")._asdict() for k in TOP}
            for method in scores.methods
            if name in scores.by[method]
        }
    return told


def tables(scores: Scores, several: bool) -> str:
    """A markdown table for each set of pictures: hit@k in percent, a row a method, chance last.

    Args:
        several: whether pictures of seen labels were held out, as where a label has several.
    """
    parts = []
    for name in scores.sets:
        rows = []
        for method in scores.methods:
            if name not in scores.by[method]:
                continue
            cells = [percent(scores.summary(method, name, f"hit@{k}")) for k in TOP]
            bold = "**" if method == WHOLE else ""
            rows.append([f"{bold}{method}{bold}", *(f"{bold}{cell}{bold}" for cell in cells)])
        first = scores.by[WHOLE][name][0]
        rows.append(["*chance*", *(f"*{100 * first[f'chance@{k}']:.1f}*" for k in TOP)])
        head = [_title(scores, name, several), *(f"hit@{k}" for k in TOP)]
        parts.append(markdown(head, rows, left=1))
    return "\n".join(parts)


def caption(scores: Scores) -> str:
    """What the numbers are, as a markdown list."""
    ranked = (
        f"by CSLS with {scores.csls} neighbours, which takes off how near a label is to predictions in general"
        if scores.csls
        else "by cosine"
    )
    lines = [
        f"Percent of the pictures whose label is among the first k, in exact search, {ranked}; a tie is a miss.",
        f"Mean ± standard deviation over seeds {', '.join(map(str, scores.seeds))}: what differs between them is where "
        "the training starts, in which order it goes, and which labels it is stopped by; a control that draws nothing "
        "is the same each time."
        if len(scores.seeds) > 1
        else f"One seed ({scores.seeds[0]}), which tells nothing of the spread.",
        *(f"*{name}*: {_MEANINGS[name]}." for name in scores.methods if name in _MEANINGS),
    ]
    return "".join(f"- {line}\n" for line in lines)


def draw(path: Path, scores: Scores, several: bool) -> None:
    """hit@5 of every method on every set: a dot a seed, a bar at the mean, a line at chance.

    Raises:
        QuoiError: the file cannot be written.
    """
    methods, sets = scores.methods, scores.sets
    height = 1.4 + 0.4 * len(methods)
    below = {"fontsize": 7.5, "color": style.NOTE, "va": "bottom"}
    with style.figure(path, 11, height) as figure:
        figure.text(0.15, 0.08 / height, "dot: a seed; bar: mean; dashed: chance", fontsize=8.5, color=style.NOTE)
        width = 0.84 / len(sets)
        for place, name in enumerate(sets):
            box = (0.15 + width * place, 0.72 / height, width - 0.03, 1 - 1.28 / height)
            axes = figure.add_axes(box)
            for row, method in enumerate(methods):
                if name not in scores.by[method]:
                    continue
                colour = style.PALETTE[4 if method == WHOLE else 0 if method in CONTROLS else 1]
                values = [100 * each[HEADLINE] for each in scores.by[method][name]]
                mean = statistics.fmean(values)
                axes.plot([mean, mean], [row - 0.3, row + 0.3], color=colour, linewidth=3.5, zorder=3)
                axes.scatter(values, [row] * len(values), s=34, color=colour, alpha=0.5, linewidth=0, zorder=2)
                words = {"color": style.ink(colour), "fontsize": 8.5, "va": "center", "ha": "left"}
                axes.annotate(f"{mean:.1f}", (max(values), row), (6, 0), textcoords="offset points", **words)
            axes.axvline(100 * scores.by[WHOLE][name][0]["chance@5"], color=style.NOTE, linestyle="--", linewidth=1)
            axes.set_ylim(len(methods) - 0.45, -0.6)
            axes.set_yticks(range(len(methods)), methods if place == 0 else [])
            axes.tick_params(axis="y", length=0)
            axes.spines["left"].set_visible(False)
            axes.grid(axis="x")
            axes.margins(x=0.14)
            axes.set_xlim(left=0)
            axes.set_title(name, pad=18)
            axes.text(0, 1.02, _title(scores, name, several), transform=axes.transAxes, **below)
            axes.set_xlabel("hit@5, %")


def _title(scores: Scores, name: str, several: bool) -> str:
    pictures, labels = (f"{scores.of(name, key):,}" for key in ("pictures", "labels"))
    if name == "unseen":
        return f"{pictures} pictures of unseen labels, among these {labels}"
    if name == "unseen among all":
        return f"the same, among all {labels} labels"
    return f"{pictures} {'held-out' if several else 'rotated'} pictures of seen labels, among these {labels}"


def percent(summary: Summary) -> str:
    """`43.6 ± 0.4`, of a share."""
    return written(Summary(100 * summary.mean, None if summary.sd is None else 100 * summary.sd, summary.n), 1)


def several_pictures(labels: Sequence[str], splits: Sequence[str | None], found: Mapping[str, bool]) -> bool:
    """Whether pictures of seen labels can be held out: a label has several, or the source says which."""
    known = [label for label in labels if found.get(label)]
    return len(set(known)) < len(known) or "val" in splits
