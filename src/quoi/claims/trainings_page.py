"""reports/claims/trainings.md: every setting, what it changes, and the score of each of its trainings."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from quoi.claims import results
from quoi.claims.kinds import KINDS
from quoi.claims.results import Result, Trained
from quoi.claims.statements import Claims
from quoi.params.settings import flat

NAME = "trainings.md"
_INTRODUCTION = """\
# Trainings

Written by `quoi claims report`. What each setting changes of `base` in [claims.yaml](../../claims.yaml), and how its
trainings score on each corpus, by seed; a score leads to the training's file, which holds its parameters, what it was
made with, its losses by epoch, and the statistics of every sentence, label or word. In MLflow each is a run of the
experiment `claims`.
"""


def written(claims: Claims, found: Trained) -> str:
    """The page."""
    kinds = {setting: KINDS[claim.kind] for claim in claims.claims.values() for setting, _ in claim.sides}
    parts = [_INTRODUCTION]
    every = [result for made in found.values() for seeds in made.values() for result in seeds.values()]
    confirmed = Counter(result.made_with["repeated"] for result in every if "repeated" in result.made_with)
    for repeated, number in confirmed.items():
        parts.append(
            f"{number} of the {len(every)} trainings were done by other code than this report's, which has repeated "
            f"{repeated} such trainings with the same numbers (`quoi claims confirm`).\n"
        )
    for setting, own in claims.settings.items():
        trained = {corpus: made[setting] for corpus, made in found.items() if setting in made}
        if not trained:
            continue
        parts.append(f"## {setting}\n\n{listed(own) or 'Nothing changed.'}\n")
        method, score = kinds[setting].methods[0], next(iter(kinds[setting].scores))
        for corpus, made in trained.items():
            scores = ", ".join(_linked(result, method, score) for _, result in sorted(made.items()))
            parts.append(f"- {corpus}, {score}: {scores}")
        parts.append("")
    return "\n".join(parts)


def linked(setting: str, shown: str) -> str:
    """A setting's name that leads to its part of the page."""
    return f"[`{shown}`]({NAME}#{setting})"


def changes(setting: Mapping[str, Any]) -> list[str]:
    """What a setting changes, as `key: value` with dotted keys."""
    return [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in flat(setting).items()]


def listed(setting: Mapping[str, Any]) -> str:
    """What a setting changes, as Markdown in one line; empty where it is nothing."""
    return ", ".join(f"`{change}`" for change in changes(setting))


def _linked(result: Result, method: str, score: str) -> str:
    path = results.path_of(result.corpus, result.setting, result.seed)
    return f'[{result.score(method, score):.2f}](../../{path.as_posix()} "seed {result.seed}")'
