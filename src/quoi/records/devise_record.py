"""What `train_devise` leaves in reports/devise: every seed's scores and history."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quoi.records import training
from quoi.records.results import Summary
from quoi.records.training import History

EXPERIMENT = "devise"
STAGE = "train_devise"
RECORD = Path("reports/devise")
MAP = RECORD / "gallery/map.json"
"""Where pictures and words lie on the gallery's map: a `quoi.report.word_map.Layout`, which the page shows too."""
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
