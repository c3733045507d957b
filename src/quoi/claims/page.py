"""reports/claims/: the verdicts as JSON, a page and a picture, and a page of the trainings that they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from quoi.claims import results, statements, trainings_page
from quoi.claims.decision import Decision
from quoi.claims.kinds import KINDS, SCORES
from quoi.claims.results import Trained
from quoi.claims.statements import Claim, Claims
from quoi.io.files import replacing, write_json, write_text
from quoi.report import style
from quoi.report.progression import escaped, markdown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FOLDER = Path("reports/claims")
VERDICTS = FOLDER / "claims.json"

_INTRODUCTION = """\
Written by `quoi claims report`. Each statement of the lesson compares two settings, trained with the same seeds and
scored on the same validation sentences or pictures. *Difference* is the first setting's score less the second's, in
points, with its 95 % interval, which rests on the seeds (the spread is that of all settings of a corpus together; one
that varies much more than the others is left out of it, and compared by its own) and on what the score is a sum over
(bootstrap): sentences; labels, for `hit@5`, the share of pictures that have their
label, which no training saw, among the nearest five such; words, for `precision@10`, the share of the ten pictures
nearest to a word that is no label which show such a thing by WordNet. Where a setting's name goes on after a `/`, that
tells whose answers are scored: those of the network's head alone, or of what it must beat.

- **supported**, **contradicted**: the difference is not 0, by a two-sided test at 5 % after Holm's correction over all
  rows of this page, and goes the way that the statement says, or the other way.
- **equivalent**: the whole interval is within the smallest difference that anyone would care about. Where the statement
  itself says that two do the same, this is **supported**.
- **not decided**: neither, with these seeds; beside it stands the number of seeds that would decide a difference as
  large as this one, or that none would without more sentences, labels or words to score.

Trainings are small and short, 3 epochs (5 on real questions) or what a setting says: a verdict is about such ones.
"""
_PROGRESSION = """\
The lesson's variants in its order, and below them what it leaves unexplored, each a change of `all`: the mean of the
seeds, and the least and the greatest of them. Whether two rows differ is said above.
"""
_PICTURE = "![Differences with their 95 % intervals](claims.png)"


def write(root: Path = Path()) -> dict[str, Any]:
    """Decide what has been trained, and write the pages, the picture and claims.json, whose content is returned.

    Raises:
        QuoiError: claims.yaml breaks a rule, a training's file is damaged, or a file cannot be written.
    """
    claims = statements.load(root)
    units = statements.units(claims, claims.claims, list(claims.corpora), root)
    trained = results.load(units, root)
    decided = results.decide(claims, trained)
    content = as_json(claims, decided)
    with replacing(root / FOLDER) as partial:
        partial.mkdir()
        write_json(partial / VERDICTS.name, content)
        if decided:
            _draw(partial / "claims.png", claims, decided)
        write_text(partial / "README.md", _page(claims, decided, trained))
        write_text(partial / trainings_page.NAME, trainings_page.written(claims, trained))
    return content


def as_json(claims: Claims, decided: Mapping[str, Mapping[str, Decision]]) -> dict[str, Any]:
    """By claim its statement and, by corpus, what was found."""
    return {
        name: {
            **claim.model_dump(exclude={"seeds", "corpora"}),
            "corpora": claims.corpora_of(claim),
            "found": {
                corpus: {
                    "verdict": one.verdict,
                    "difference": round(one.effect.difference, 3),
                    "interval": [round(end, 3) for end in one.effect.interval],
                    "p": round(one.effect.p, 5),
                    "p_holm": round(one.p, 5),
                    "by_seed": {str(seed): round(value, 3) for seed, value in one.effect.by_seed.items()},
                    "seeds_to_decide": one.seeds,
                    "trainings": [
                        str(results.path_of(corpus, setting, seed))
                        for setting in dict.fromkeys(setting for setting, _ in claim.sides)
                        for seed in one.effect.by_seed
                    ],
                }
                for corpus, one in decided.get(name, {}).items()
            },
        }
        for name, claim in claims.claims.items()
    }


def said(claim: Claim, one: Decision) -> str:
    """The verdict, with the number of seeds where it is not decided."""
    if one.verdict != "not decided":
        return one.verdict
    items = KINDS[claim.kind].scores[claim.score]
    return f"not decided ({one.seeds} seeds would)" if one.seeds else f"not decided (more {items} are needed)"


def _page(claims: Claims, decided: Mapping[str, Mapping[str, Decision]], trained: Trained) -> str:
    rows = []
    for name, claim in claims.claims.items():
        sides = zip(claim.sides, claim.compare, strict=True)
        compared = " / ".join(trainings_page.linked(setting, side) for (setting, _), side in sides)
        for corpus, one in decided.get(name, {}).items():
            low, high = one.effect.interval
            difference = f"{one.effect.difference:+.2f} [{low:+.2f}, {high:+.2f}]"
            matters, seeds = f"{claim.matters:g} {claim.score}", ", ".join(map(str, one.effect.by_seed))
            verdict = f"**{said(claim, one)}**"
            rows.append([f"`{name}`", escaped(claim.says), corpus, verdict, difference, matters, seeds, compared])
    head = ["claim", "statement", "corpus", "verdict", "difference", "matters from", "seeds", "compared"]
    waiting = []
    for corpus in claims.corpora:
        on_it = [name for name, claim in claims.claims.items() if corpus in claims.corpora_of(claim)]
        if names := [f"`{name}`" for name in on_it if corpus not in decided.get(name, {})]:
            waiting.append(f"- on `{corpus}`: {', '.join(names)}")
    parts = [
        "# Claims",
        _INTRODUCTION.strip(),
        *([_PICTURE, markdown(head, rows, left=len(head)).strip()] if rows else []),
        *_progression(claims, trained),
        "## Corpora",
        "\n".join(f"- `{name}`: {escaped(corpus.title)}" for name, corpus in claims.corpora.items()),
    ]
    if waiting:
        parts += ["## Not tested yet", "`quoi claims run` trains what these lack.", "\n".join(waiting)]
    return "\n\n".join(parts) + "\n"


def _progression(claims: Claims, trained: Trained) -> list[str]:
    """A table of settings one below the other, each with its mean on every corpus of text."""
    kind = KINDS["translation"]
    method, score = kind.methods[0], next(iter(kind.scores))
    corpora = [name for name, corpus in claims.corpora.items() if corpus.of == kind.of and name in trained]

    def cell(setting: str, corpus: str) -> str:
        scores = [result.score(method, score) for result in trained[corpus].get(setting, {}).values()]
        return f"{fmean(scores):.1f} ({min(scores):.1f} to {max(scores):.1f})" if scores else "–"

    rows = []
    for setting in claims.progression:
        if any(setting in trained[corpus] for corpus in corpora):
            changed = trainings_page.listed(claims.settings[setting]) or "all three ideas"
            own = [cell(setting, corpus) for corpus in corpora]
            rows.append([trainings_page.linked(setting, setting), changed, *own])
    head = ["setting", "what it changes", *(f"{corpus}, {score}" for corpus in corpora)]
    return ["## The progression, continued", _PROGRESSION.strip(), markdown(head, rows, left=2).strip()] if rows else []


def _draw(path: Path, claims: Claims, decided: Mapping[str, Mapping[str, Decision]]) -> None:
    """Dots and whiskers: a row for each claim, a colour for each corpus, what is too small to matter shaded.

    Each score has its own scale.
    """
    by_score = {
        score: {name: found for name, found in decided.items() if claims.claims[name].score == score}
        for score in SCORES
    }
    shown = {score: own for score, own in by_score.items() if own}
    colours = style.colours(["", *claims.corpora])
    rows = [len(own) for own in shown.values()]
    with style.figure(path, 8, sum(1.2 + 0.38 * number for number in rows)) as drawn:
        panels = drawn.subplots(len(shown), squeeze=False, height_ratios=[2 + number for number in rows])[:, 0]
        for axes, (score, own) in zip(panels, shown.items(), strict=True):
            _draw_score(axes, claims, own, colours)
            axes.set_xlabel(f"points of {score}, first setting less second; shaded: too small to matter")


def _draw_score(
    axes: Axes, claims: Claims, shown: Mapping[str, Mapping[str, Decision]], colours: Mapping[str, str]
) -> None:
    style.rows(axes, list(shown))
    axes.axvline(0, color=style.INK, linewidth=0.8)
    for row, (name, found) in enumerate(shown.items()):
        matters = claims.claims[name].matters
        axes.fill_betweenx([row - 0.4, row + 0.4], -matters, matters, color=style.FAINT, linewidth=0)
        for place, (corpus, one) in enumerate(found.items()):
            at = row + 0.28 * (place - (len(found) - 1) / 2)
            axes.errorbar(
                one.effect.difference, at, xerr=one.effect.half_width, fmt="o", color=colours[corpus],
                markersize=5, linewidth=1.6, label=corpus,
            )  # fmt: skip
    handles, labels = axes.get_legend_handles_labels()
    if first := dict(zip(labels, handles, strict=True)):
        axes.legend(first.values(), first, loc="lower left", bbox_to_anchor=(0, 1), ncols=len(first), frameon=False)
