"""reports/importance/: which parameters matter most, by a random search, as JSON, a page and two pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from quoi.claims import forest, results, statements, trials
from quoi.claims.trials import CONTROL, Range
from quoi.io.errors import QuoiError
from quoi.io.files import replacing, write_json, write_text
from quoi.report import style
from quoi.report.progression import markdown

FOLDER = Path("reports/importance")
CONTENT = FOLDER / "importance.json"
SCORE = "bleu_beam"

_INTRODUCTION = """\
Written by `quoi importance`. {trials} trainings of all three ideas on the corpus `{corpus}`, each with its own seed and
with parameters drawn at random; then a random forest predicts a training's BLEU from its parameters. *Importance* is by
how many points the forest's prediction of unseen trainings gets worse when one parameter's values are shuffled, with a
95 % interval over {replicates} bootstraps of the trainings. `{control}` is drawn too, but no training reads it: what is
no more important than that cannot be told from chance. *Better where* compares the mean BLEU of the two halves of the
trainings, or of each choice.
"""


@dataclass(frozen=True)
class Parameter:
    """What every trial drew for one parameter, and from what."""

    name: str
    domain: Range | list[Any]
    values: list[Any]

    @property
    def numbers(self) -> list[float]:
        """The values; of a choice, which it is."""
        if isinstance(self.domain, list):
            return [float(self.domain.index(value)) for value in self.values]
        return self.values

    def better(self, scores: np.ndarray) -> str:
        """`small (+1.2)`, or `true (+1.2)`: which half, or which choice, has the better mean, by how many points."""
        if isinstance(self.domain, list):
            groups = {_word(choice): [value == choice for value in self.values] for choice in self.domain}
        else:
            below = np.array(self.values) <= np.median(self.values)
            groups = {"small": below, "large": ~below}
        means = {name: float(scores[np.array(rows)].mean()) for name, rows in groups.items() if np.any(rows)}
        best, *others = sorted(means, key=means.__getitem__, reverse=True)
        return f"{best} (+{means[best] - means[others[0]]:.1f})" if others else best


def write(root: Path = Path()) -> dict[str, Any]:
    """Measure what the trials of claims.yaml say, and write the folder; importance.json's content is returned.

    Raises:
        QuoiError: claims.yaml breaks a rule, or trials are missing.
    """
    claims = statements.load(root)
    units = statements.trials(claims, root)
    search = claims.importance
    found = results.load(units, root).get(search.corpus, {})
    if missing := [unit for unit in units if unit.setting not in found]:
        raise QuoiError(f"{len(missing)} of {len(units)} trials are not done: `quoi importance` does them.")
    scores = np.array([found[unit.setting][unit.seed].scores[SCORE] for unit in units])
    drawn = [
        Parameter(name, domain, [trials.value(domain, search.seed, unit.seed, name) for unit in units])
        for name, domain in {**search.parameters, CONTROL: Range(least=0, most=1)}.items()
    ]
    measured, skill = forest.measure(np.array([each.numbers for each in drawn]).T, scores, search.seed)
    ranked = sorted(zip(drawn, measured, strict=True), key=lambda pair: -pair[1].mean)
    importance = {each.name: {**_rounded(found), "better": each.better(scores)} for each, found in ranked}
    content = {
        "corpus": search.corpus,
        "trials": len(scores),
        "bleu": {"best": round(float(scores.max()), 2), "median": round(float(np.median(scores)), 2)},
        "skill": _rounded(skill),
        "importance": importance,
        "trial": [
            {"bleu": round(float(score), 2), **trials.drawn(search, unit.seed)}
            for score, unit in zip(scores, units, strict=True)
        ],
    }
    with replacing(root / FOLDER) as partial:
        partial.mkdir()
        write_json(partial / CONTENT.name, content)
        _draw_importances(partial / "importance.png", importance)
        _draw_trials(partial / "trials.png", [each for each, _ in ranked], scores)
        write_text(partial / "README.md", _page(content))
    return content


def _rounded(one: forest.Importance) -> dict[str, float]:
    return {name: round(value, 3) for name, value in one._asdict().items()}


def _word(choice: Any) -> str:
    return str(choice).lower() if isinstance(choice, bool) else str(choice)


def _page(content: dict[str, Any]) -> str:
    skill, bleu = content["skill"], content["bleu"]
    rows = [
        [f"`{name}`", f"{one['mean']:.2f} [{one['low']:.2f}, {one['high']:.2f}]", one["better"]]
        for name, one in content["importance"].items()
    ]
    parts = [
        "# What matters most",
        _INTRODUCTION.format(**content, replicates=forest.REPLICATES, control=CONTROL).strip(),
        f"The forest explains {skill['mean']:.0%} of the variance of trainings that it has not seen (95 % interval "
        f"{skill['low']:.0%} to {skill['high']:.0%}; their mean explains 0%). BLEU of the trainings: best "
        f"{bleu['best']:.1f}, median {bleu['median']:.1f}.",
        "![Importance of each parameter, with intervals](importance.png)",
        markdown(["parameter", "importance, BLEU", "better where"], rows, left=3).strip(),
        "Every training, by each parameter that it drew:",
        "![BLEU of every training against each parameter](trials.png)",
    ]
    return "\n\n".join(parts) + "\n"


def _draw_importances(path: Path, importance: dict[str, dict[str, Any]]) -> None:
    with style.figure(path, 8, 1 + 0.36 * len(importance)) as drawn:
        axes = drawn.subplots()
        style.rows(axes, list(importance))
        axes.axvline(0, color=style.INK, linewidth=0.8)
        for row, (name, one) in enumerate(importance.items()):
            colour = style.NOTE if name == CONTROL else style.PALETTE[1]
            whiskers = [[one["mean"] - one["low"]], [one["high"] - one["mean"]]]
            axes.errorbar(one["mean"], row, xerr=whiskers, fmt="o", color=colour, markersize=5, linewidth=1.6)
        axes.set_xlabel("points of BLEU by which the prediction gets worse without it; 95 % interval")


def _draw_trials(path: Path, parameters: Sequence[Parameter], scores: np.ndarray) -> None:
    across = 4
    down = -(-len(parameters) // across)
    with style.figure(path, 10, 2.1 * down) as drawn:
        panels = drawn.subplots(down, across, sharey=True, squeeze=False).flatten()
        for axes, one in zip(panels, parameters, strict=False):
            axes.scatter(one.numbers, scores, s=12, color=style.PALETTE[1], alpha=0.7, linewidth=0)
            axes.set_title(one.name.split(".")[-1], fontsize=8.5)
            axes.tick_params(labelsize=7.5)
            if isinstance(one.domain, list):
                axes.set_xticks(range(len(one.domain)), map(_word, one.domain))
                axes.margins(x=0.3)
            elif one.domain.log:
                axes.set_xscale("log")
                axes.minorticks_off()
        for axes in panels[len(parameters) :]:
            axes.set_visible(False)
        drawn.supylabel("BLEU, beam search", fontsize=9)
