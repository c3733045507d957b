"""The record of DeViSE's seeds, in the form in which an MLflow run is made of it; see `quoi.tracking.record`."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from quoi.io.errors import QuoiError
from quoi.io.files import read_json, reading

EXPERIMENT = "devise"
STAGE = "train_devise"
RECORD = Path("reports/devise")
METRICS, HISTORY = "metrics.json", "history.csv"


@dataclass(frozen=True)
class DeviseRecord:
    """One seed's results.

    Attributes:
        folder: where the record lies.
        parameters: flattened, dotted keys.
        history: a row an epoch.
        by_method: hit@k and loss by method and set of pictures.
    """

    folder: Path
    seed: int
    parameters: dict[str, Any]
    history: list[dict[str, float]]
    by_method: dict[str, dict[str, dict[str, float]]]
    experiment: str = EXPERIMENT
    variant: str = EXPERIMENT
    stage: str = STAGE
    best: bool = False
    """Whether its run holds a model to serve: there is none for pictures."""

    @property
    def name(self) -> str:
        """The run's name, for people."""
        return run_name(self.seed)

    @cached_property
    def scores(self) -> dict[str, float]:
        """By names that MLflow takes: `unseen_hit_at_5`, and of the others `ConSE.unseen_hit_at_5`."""
        told = {}
        for method, sets in self.by_method.items():
            before = "" if method == "DeViSE" else f"{method}."
            for pictures, scores in sets.items():
                told |= {f"{before}{pictures}_{key.replace('@', '_at_')}": value for key, value in scores.items()}
        return {key.replace(" ", "_"): value for key, value in told.items()}

    @property
    def files(self) -> list[Path]:
        """What of the record is copied into the run."""
        return [self.folder / METRICS, self.folder / HISTORY]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of seed, parameters, history and scores: the same for the same training anywhere."""
        told = [EXPERIMENT, self.seed, self.parameters, self.history, self.by_method]
        return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def draw(self, folder: Path) -> None:
        """The gallery shows more than a picture in the run would."""

    def model(self, root: Path) -> Path | None:
        """None: MLflow serves no model of pictures here."""
        return None


def run_name(seed: int) -> str:
    """`devise seed 1`."""
    return f"{EXPERIMENT} seed {seed}"


def read_all(root: Path | str = ".") -> list[DeviseRecord]:
    """The records under `root`, by seed; none where the stage has not run.

    Raises:
        QuoiError: a file is absent or damaged.
    """
    folder = Path(root) / RECORD
    if not (folder / METRICS).exists():
        return []
    with reading(folder / HISTORY, "the record of a training"):
        rows = list(csv.DictReader((folder / HISTORY).open(encoding="utf-8")))
    try:
        (told,) = read_json(folder / METRICS)["record"]
        history: dict[int, list[dict[str, float]]] = {}
        for row in rows:
            values = {
                key: int(value) if key == "epoch" else float(value) for key, value in row.items() if key != "seed"
            }
            history.setdefault(int(row["seed"]), []).append(values)
        return [
            DeviseRecord(folder, each["seed"], told["parameters"], history[each["seed"]], each["scores"])
            for each in told["seeds"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise QuoiError(f"The record in {folder} is damaged ({error!r}): run `dvc repro train_devise`.") from None
