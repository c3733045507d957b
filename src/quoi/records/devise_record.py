"""What `train_devise` leaves in reports/devise: every seed's scores and history."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from quoi.records import training
from quoi.records.training import HISTORY, METRICS, History, Summary

EXPERIMENT = "devise"
STAGE = "train_devise"
RECORD = Path("reports/devise")
WHOLE = "DeViSE"
CONTROLS = ("ConSE", "visual neighbours", "ridge regression", "random vectors")
SETS = ("unseen", "unseen among all", "seen")
TOP = (1, 2, 5, 10, 20)
HEADLINE = "hit@5"


@dataclass(frozen=True)
class DeviseResult:
    """What every method reached. `seeds[seed][method][set]` has hit@k, chance@k, pictures, labels and loss."""

    folder: Path
    parameters: dict[str, Any]
    seeds: dict[int, dict[str, dict[str, dict[str, float]]]]
    history: dict[int, History]

    def values(self, method: str, pictures: str, score: str = HEADLINE) -> list[float]:
        """One score of every seed."""
        return [methods[method][pictures][score] for methods in self.seeds.values()]

    def summary(self, method: str, pictures: str, score: str = HEADLINE) -> Summary:
        """Mean and standard deviation over the seeds; a share, 0 to 1."""
        return Summary.of(self.values(method, pictures, score))

    def of(self, pictures: str, key: str) -> float:
        """`pictures`, `labels` or `chance@5` of a set, the same for all methods and seeds."""
        return self.values(WHOLE, pictures, key)[0]

    @property
    def sets(self) -> list[str]:
        """Those of SETS that there are pictures of."""
        return [name for name in SETS if name in self._first[WHOLE]]

    @property
    def methods(self) -> list[str]:
        """DeViSE, its parts, then its controls."""
        return sorted(self._first, key=lambda name: (name != WHOLE, name in CONTROLS))

    @property
    def _first(self) -> dict[str, dict[str, dict[str, float]]]:
        return next(iter(self.seeds.values()))

    def best_control(self, pictures: str) -> str:
        """The control that finds most."""
        controls = [name for name in self.methods if name in CONTROLS]
        return max(controls, key=lambda name: self.summary(name, pictures).mean)


def read(root: Path | str = ".") -> DeviseResult:
    """Read what the stage has left.

    Raises:
        QuoiError: a file is absent or damaged.
    """
    folder = Path(root) / RECORD
    record, _, history = training.read(folder)
    try:
        seeds = {seed["seed"]: seed["scores"] for seed in record["seeds"]}
        return DeviseResult(folder, record["parameters"], seeds, {seed: history[seed] for seed in seeds})
    except (KeyError, TypeError) as error:
        raise training.damaged(folder, error) from None


@dataclass(frozen=True)
class DeviseRecord:
    """One seed's part of the record, in the form in which an MLflow run is made of it; see `quoi.tracking.record`."""

    result: DeviseResult
    seed: int
    experiment: str = EXPERIMENT
    variant: str = EXPERIMENT
    stage: str = STAGE
    best: bool = False
    """Whether its run holds a model to serve: there is none for pictures."""

    @property
    def name(self) -> str:
        """The run's name, for people."""
        return run_name(self.seed)

    @property
    def folder(self) -> Path:
        """Where the record lies."""
        return self.result.folder

    @property
    def parameters(self) -> dict[str, Any]:
        """Flattened, dotted keys."""
        return self.result.parameters

    @property
    def history(self) -> History:
        """A row for each epoch, whose number is an integer, as in the digests of runs made before."""
        return [{**row, "epoch": int(row["epoch"])} for row in self.result.history[self.seed]]

    @property
    def scores(self) -> dict[str, float]:
        """By names that MLflow takes: `unseen_hit_at_5`, and of the other methods `ConSE.unseen_hit_at_5`."""
        return {
            f"{'' if method == WHOLE else f'{method}.'}{pictures}_{key}".replace("@", "_at_").replace(" ", "_"): value
            for method, sets in self.result.seeds[self.seed].items()
            for pictures, scores in sets.items()
            for key, value in scores.items()
        }

    @property
    def files(self) -> list[Path]:
        """What of the record is copied into the run."""
        return [self.folder / METRICS, self.folder / HISTORY]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of seed, parameters, history and scores: the same for the same training anywhere."""
        content = [EXPERIMENT, self.seed, self.parameters, self.history, self.result.seeds[self.seed]]
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def draw(self, folder: Path) -> None:
        """The gallery shows more than a picture in the run would."""

    def model(self, root: Path) -> Path | None:
        """None: MLflow serves no model of pictures here."""
        return None


def run_name(seed: int) -> str:
    """`devise seed 1`."""
    return f"{EXPERIMENT} seed {seed}"


def read_all(root: Path | str = ".") -> list[DeviseRecord]:
    """The records of all seeds under `root`; none where the stage has not run.

    Raises:
        QuoiError: a file is absent or damaged.
    """
    if not (Path(root) / RECORD / METRICS).exists():
        return []
    result = read(root)
    return [DeviseRecord(result, seed) for seed in result.seeds]
