"""The kinds of trainings that claims compare: what each is scored by, and on which corpora."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from quoi.params import Params, decisive

Of = Literal["text", "pictures"]
Score = Literal["bleu", "exact", "log-likelihood", "hit@5", "precision@10"]
SCORES: tuple[Score, ...] = get_args(Score)


@dataclass(frozen=True)
class Kind:
    """A kind of training; how it is done is in `quoi.jobs.kinds`.

    Attributes:
        of: what its corpora hold.
        scores: by each of which its trainings are scored, with what the items are that the score is a sum over.
        parameters: those that decide the numbers of a setting's trainings, with dotted keys.
        methods: whose answers are scored, of each training: `SETTING/METHOD`; the first where a claim names none.
    """

    of: Of
    scores: dict[Score, str]
    parameters: Callable[[Params, str], dict[str, Any]]
    methods: tuple[str, ...]


PREDICTED = {
    "devise": "DeViSE",
    "head": "its head alone",
    "conse": "ConSE",
    "neighbours": "visual neighbours",
    "random-vectors": "random vectors",
}
"""The methods that place pictures, as `quoi.devise.experiment` calls them."""
KINDS = {
    "translation": Kind("text", {"bleu": "sentences", "exact": "sentences"}, decisive.translation, ("beam", "greedy")),
    "language model": Kind("text", {"log-likelihood": "sentences"}, decisive.translation, ("model",)),
    "pictures": Kind("pictures", {"hit@5": "labels", "precision@10": "words"}, decisive.devise, (*PREDICTED, "chance")),
}


def kind_of(score: Score) -> str:
    """The kind of the trainings that have this score."""
    return next(name for name, kind in KINDS.items() if score in kind.scores)
