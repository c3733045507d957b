"""Section `registry` of params.yaml: which variant is the champion."""

from __future__ import annotations

from typing import Literal, get_args

from quoi.params.section import Section

Score = Literal[
    "lesson_loss",
    "token_loss_free",
    "token_loss_forced",
    "perplexity_free",
    "perplexity_forced",
    "exact",
    "bleu_greedy",
    "bleu_beam",
    "chrf_greedy",
    "chrf_beam",
]
SCORES: tuple[str, ...] = get_args(Score)
"""Every score of a variant and seed: losses in nats, exact in [0, 1], BLEU and chrF in [0, 100]."""


class Registry(Section):
    """By which score's mean over the seeds the best variant is chosen, for `quoi translate` and MLflow's registry.

    Of losses and perplexities the smallest is the best, of the others the greatest.
    """

    score: Score = "bleu_beam"
