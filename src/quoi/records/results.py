"""What each trained variant left in `reports/translation/variants/`: parameters, scores, histories and samples."""

from __future__ import annotations

import csv
import io
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from quoi.io.errors import QuoiError
from quoi.io.files import read_json, write_text

VARIANTS = Path("reports/translation/variants")
METRICS = "metrics.json"
"""A variant's record beside history.csv: its headline scores, and in lists, which `dvc metrics show` passes over, all
the rest: `record`, one object, and `sentences`. DVC restores a training from its run cache only if whatever it leaves
in Git is a metrics or a plots file."""

SWITCHES = {"bidirectional": "bidirectional", "forcing": "teacher forcing", "attention": "attention"}

History = list[dict[str, float]]


class Summary(NamedTuple):
    """A score over seeds: mean, sample standard deviation (None with one seed), number of seeds."""

    mean: float
    sd: float | None
    n: int


@dataclass(frozen=True)
class Result:
    """One variant's results. `seeds` and `history` are by seed; a history has a row an epoch, absent values left out.

    `settings` are the variant's own (`translation` with its keys on top), `parameters` those of the whole
    pipeline, flattened with dotted keys. `samples` are the translations of `best_seed`.
    """

    folder: Path
    variant: str
    direction: str
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
        values = self.values(score)
        return Summary(statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else None, len(values))

    @property
    def means(self) -> dict[str, float]:
        """Every score's mean over the seeds."""
        return {score: self.summary(score).mean for score in next(iter(self.seeds.values()))}

    def has(self, switch: str) -> bool:
        """Whether one of `SWITCHES` is on."""
        return bool(self.settings.get(switch))


def load(variants: Iterable[str], folder: Path | str = VARIANTS) -> list[Result]:
    """The results of the named variants, in that order.

    Raises:
        QuoiError: a variant has no results, or they are damaged.
    """
    results = []
    for variant in variants:
        if not (Path(folder) / variant / METRICS).exists():
            raise QuoiError(
                f"The variant {variant!r} has no results in {Path(folder) / variant}: run `dvc repro train@{variant}` "
                "to train it, or `dvc pull` and `git pull` for a shared result."
            )
        results.append(read(Path(folder) / variant))
    return results


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
        variants: names to choose from.
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
    file = read_json(folder / METRICS)
    history = read_history(folder / "history.csv")
    try:
        (told,) = file["record"]
        seeds = {int(seed): {score: scores[score] for score in scores} for seed, scores in told["seeds"].items()}
        return Result(
            folder=folder,
            variant=told["variant"],
            direction=told["direction"],
            settings=told["settings"],
            parameters=told["parameters"],
            seeds=seeds,
            history={seed: history[seed] for seed in seeds},
            signatures=told["signatures"],
            beam=told["beam"],
            best_seed=int(told["best_seed"]),
            samples=file["sentences"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise QuoiError(
            f"{folder} is not a whole result of a training ({type(error).__name__}: {error}): run `dvc repro` to make "
            "it again, or `git checkout` to restore it."
        ) from None


def read_history(path: Path) -> dict[int, History]:
    """`history.csv` by seed; every value a float, empty cells left out.

    Raises:
        QuoiError: the file is absent, or a cell is not a number.
    """
    history: dict[int, History] = {}
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                numbers = {key: float(value) for key, value in row.items() if value not in ("", None)}
                history.setdefault(int(numbers.pop("seed")), []).append(numbers)
    except FileNotFoundError:
        raise QuoiError(f"{path} does not exist yet: run `dvc repro`, or `git checkout` to restore it.") from None
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise QuoiError(f"{path} is damaged ({error}): run `dvc repro`, or `git checkout` to restore it.") from None
    return history


def write_history(path: Path, history: dict[int, History]) -> None:
    """Write `history.csv`: a row for each seed and epoch."""
    lines = io.StringIO()
    rows = csv.DictWriter(lines, ("seed", *next(iter(history.values()))[0]), lineterminator="\n")
    rows.writeheader()
    for seed, epochs in history.items():
        rows.writerows({"seed": seed, **row} for row in epochs)
    write_text(path, lines.getvalue())
