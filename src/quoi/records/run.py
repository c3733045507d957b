"""One seed's part of a training's record: enough to make its MLflow run, and to know it again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quoi.records.training import HISTORY, METRICS, History

if TYPE_CHECKING:
    from quoi.records.results import Result


@dataclass(frozen=True)
class SeedRecord:
    """The record of one seed.

    Attributes:
        folder: where the record lies.
        experiment: MLflow's, `translation` or `devise`.
        variant: of translation; in DeViSE, which has none, the experiment's name.
        stage: the DVC stage that trained it.
        parameters: of the whole pipeline, flattened with dotted keys.
        history: a row for each epoch.
        recorded: the final scores as the record has them.
        scores: the final scores by names that MLflow takes.
        result: the variant's, with the samples of its best seed; None in DeViSE, which has no model to serve.
    """

    folder: Path
    experiment: str
    variant: str
    stage: str
    seed: int
    parameters: dict[str, Any]
    history: History
    recorded: dict[str, Any]
    scores: dict[str, float]
    result: Result | None = None

    @property
    def name(self) -> str:
        """The run's name, for people."""
        return run_name(self.variant, self.seed)

    @property
    def run_parameters(self) -> dict[str, Any]:
        """The parameters of its run."""
        variant = {"variant": self.variant} if self.result else {}
        return {**self.parameters, **variant, "seed": self.seed}

    @property
    def best(self) -> bool:
        """Whether the variant's model serves this seed's weights."""
        return self.result is not None and self.seed == self.result.best_seed

    @property
    def files(self) -> list[Path]:
        """What of the record is copied into the run."""
        return [self.folder / METRICS, self.folder / HISTORY]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of variant, seed, parameters, history and scores: the same for the same training anywhere."""
        content = [self.variant, self.seed, self.parameters, self.history, self.recorded]
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def run_name(variant: str, seed: int) -> str:
    """`baseline seed 1`."""
    return f"{variant} seed {seed}"
