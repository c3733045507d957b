"""What each trained variant left in `reports/translation/variants/`: parameters, scores, histories and samples."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from quoi.io.errors import QuoiError
from quoi.params.languages import SIDES, Side, name
from quoi.records import training
from quoi.records.training import History

EXPERIMENT = "translation"
VARIANTS = Path("reports/translation/variants")
SWITCHES = {"bidirectional": "bidirectional", "forcing": "teacher forcing", "attention": "attention"}


class Summary(NamedTuple):
    """A score over seeds: mean, sample standard deviation (None with one seed), number of seeds."""

    mean: float
    sd: float | None
    n: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Summary:
        """Summarise the values of all seeds."""
        return cls(statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else None, len(values))

    def written(self, digits: int, scale: float = 1) -> str:
        """`3.510 ± 0.014`, or `3.510` where nothing is known of the spread."""
        mean = f"{scale * self.mean:.{digits}f}"
        return mean if self.sd is None else f"{mean} ± {scale * self.sd:.{digits}f}"


@dataclass(frozen=True)
class Result:
    """One variant's results. `seeds` and `history` are by seed.

    `settings` are the variant's own (`translation` with its keys on top), `parameters` those of the whole
    pipeline, flattened with dotted keys. `samples` are the translations of `best_seed`.
    """

    folder: Path
    variant: str
    languages: dict[Side, str]
    settings: dict[str, Any]
    parameters: dict[str, Any]
    seeds: dict[int, dict[str, float]]
    history: dict[int, History]
    signatures: dict[str, str]
    beam: int
    best_seed: int
    samples: list[dict[str, Any]]

    def values(self, score: str) -> list[float]:
        """One score of every seed, in the order of the seeds."""
        return [scores[score] for scores in self.seeds.values()]

    def summary(self, score: str) -> Summary:
        """Mean, standard deviation and number of one score."""
        return Summary.of(self.values(score))

    @property
    def language_names(self) -> tuple[str, str]:
        """What people call source and target."""
        return name(self.languages["source"]), name(self.languages["target"])

    @property
    def means(self) -> dict[str, float]:
        """Every score's mean over the seeds."""
        return {score: self.summary(score).mean for score in next(iter(self.seeds.values()))}

    def has(self, switch: str) -> bool:
        """Whether one of `SWITCHES` is on."""
        return bool(self.settings.get(switch))


def run_name(variant: str, seed: int) -> str:
    """`baseline seed 1`."""
    return f"{variant} seed {seed}"


def stage_of(variant: str) -> str:
    """The DVC stage that trains a variant."""
    return f"train@{variant}"


def load(variants: Iterable[str], folder: Path | str = VARIANTS) -> list[Result]:
    """The results of the named variants, in that order.

    Raises:
        QuoiError: a variant has no results, or they are damaged.
    """
    return [read(Path(folder) / variant) for variant in variants]


def smaller_is_better(score: str) -> bool | None:
    """Which way a score is better, by its name: losses, perplexities and errors fall; None where it is not a score."""
    if any(word in score for word in ("loss", "perplexity", "error")):
        return True
    known = ("bleu", "chrf", "exact", "accuracy", "recall", "precision", "hit")
    return False if score.startswith(known) or score.split("_")[-1] in known else None


def best(results: Iterable[Result], score: str = "bleu_beam") -> Result:
    """The result whose mean of `score` is the best, the first of equals; the score's name says which way that is."""
    sign = -1 if smaller_is_better(score) else 1
    return max(results, key=lambda result: sign * result.summary(score).mean)


def best_variant(
    variants: Iterable[str], models: Path | str, folder: Path | str = VARIANTS, score: str = "bleu_beam"
) -> str:
    """The best trained variant by `score` (see `best`).

    Args:
        models: folder of the trained models, by variant.
        folder: folder of the results, by variant.
        score: one of `params.translation.SCORES`.

    Raises:
        QuoiError: none is trained, or a result is damaged.
    """
    trained = [name for name in variants if (Path(models) / name / "model.json").exists()]
    if not trained:
        raise QuoiError("No variant is trained yet: run `dvc repro`, or `dvc pull` for a shared result.")
    if len(trained) == 1:
        return trained[0]
    return best(load(trained, folder), score).variant


def read(folder: Path | str) -> Result:
    """The results in one variant's folder.

    Raises:
        QuoiError: a file is absent or damaged, or a seed with scores has no history.
    """
    folder = Path(folder)
    record, metrics, history = training.read(folder)
    try:
        seeds = {int(seed): dict(scores) for seed, scores in record["seeds"].items()}
        return Result(
            folder=folder,
            variant=record["variant"],
            languages={side: str(record["languages"][side]) for side in SIDES},
            settings=record["settings"],
            parameters=record["parameters"],
            seeds=seeds,
            history={seed: history[seed] for seed in seeds},
            signatures=record["signatures"],
            beam=record["beam"],
            best_seed=int(record["best_seed"]),
            samples=metrics["sentences"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise training.damaged(folder, error) from None
