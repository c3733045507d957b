"""Checks: what each stage has measured of its own work, beside what a sound value is.

A stage writes the *measures* alone, to reports/checks/stages/STAGE.json. They are judged when they are read, by the
bounds of `quoi.records.bounds`, so that another bound trains nothing again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import numpy as np

from quoi.io.errors import QuoiError
from quoi.io.files import read_as, write_json
from quoi.records.bounds import BOUNDS, STATES, Bound, State, written

if TYPE_CHECKING:
    from quoi.params import ChecksMode

FOLDER = Path("reports/checks/stages")

Values = Mapping[str, float | None]
"""Measured values by key of `BOUNDS`; None is a number that is not finite."""


@dataclass(frozen=True)
class Check:
    """One measure of one stage, judged.

    Attributes:
        stage: as DVC names it.
        part: `seed 1` where a stage measures several things alike, else empty.
    """

    stage: str
    part: str
    key: str
    value: float | None

    @property
    def bound(self) -> Bound:
        """Where it is sound."""
        return BOUNDS[self.key]

    @property
    def state(self) -> State:
        """Whether it is."""
        return self.bound.judge(self.value)

    def __str__(self) -> str:
        name = f"{self.part}: {self.bound.name}" if self.part else self.bound.name
        return f"{name} is {written(self.value)} (sound: {self.bound.sound}); {self.bound.why}"

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        bound = self.bound
        return asdict(self) | {"name": bound.name, "sound": bound.sound, "state": self.state, "why": bound.why}


class Row(NamedTuple):
    """One check of a stage for people: the values of all parts side by side, and the worst of their states."""

    stage: str
    name: str
    values: str
    sound: str
    state: State
    why: str


@dataclass(frozen=True)
class Measures:
    """What a stage has measured, and what its file holds.

    Attributes:
        values: by key of `BOUNDS`; where a stage measures several things alike, by part (`seed 1`) and then by key.
        texts: to be read: by title, a name and its text.
        series: to be drawn: by title, the height of each bar or point by its position, in order.
        controls: what chance would give, by the title of the series.
        stage: as DVC names it; `settle` sets it.
    """

    values: Mapping[str, float | Mapping[str, float | None] | None]
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    series: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    controls: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    stage: str = ""

    @cached_property
    def checks(self) -> list[Check]:
        """Every value, judged."""
        parts = ((key, value if isinstance(value, Mapping) else {"": value}) for key, value in self.values.items())
        return [
            Check(self.stage, *((outer, key) if key else ("", outer)), value)
            for outer, values in parts
            for key, value in values.items()
        ]

    def of(self, part: str) -> list[Check]:
        """The checks of one part."""
        return [check for check in self.checks if check.part == part]

    @property
    def rows(self) -> list[Row]:
        """The checks, one row a key."""
        by_key: dict[str, list[Check]] = {}
        for check in self.checks:
            by_key.setdefault(check.key, []).append(check)
        rows = []
        for key, checks in by_key.items():
            bound, values = BOUNDS[key], " · ".join(written(check.value) for check in checks)
            rows.append(Row(self.stage, bound.name, values, bound.sound, _worst(checks), bound.why))
        return rows


def settle(stage: str, measures: Measures, mode: ChecksMode) -> Measures:
    """Write a stage's measures, say which are not sound, and end the stage where one is broken.

    Args:
        mode: `warn` goes on all the same.

    Raises:
        QuoiError: a measure is broken and `mode` is `stop`.
    """
    numbers = {name: _rounded(getattr(measures, name)) for name in ("values", "series", "controls")}
    measures = replace(measures, **numbers, stage=stage)
    write_json(file_of(stage), {"stage": stage, **asdict(measures)})
    for check in measures.checks:
        if check.state != "ok":
            click.echo(f"{check.state}: {check}")
    broken = [check for check in measures.checks if check.state == "broken"]
    if broken and mode == "stop":
        first = broken[0]
        mend = f"; {first.bound.mend}" if first.bound.mend else ""
        raise QuoiError(
            f"{stage}: {first}, so that what follows would be worth nothing{mend}. `quoi checks {stage}` shows all, "
            f"and `checks: warn` in params.yaml goes on all the same."
        )
    return measures


def file_of(stage: str, root: Path | str = ".") -> Path:
    """Where a stage's measures are."""
    return Path(root) / FOLDER / f"{stage}.json"


def read(stage: str, root: Path | str = ".") -> Measures:
    """What one stage has left.

    Raises:
        QuoiError: it has not run, or its file is damaged.
    """
    path = file_of(stage, root)
    measures = read_as(path, Measures)
    if unknown := {check.key for check in measures.checks} - BOUNDS.keys():
        raise QuoiError(f"{path} holds unknown checks {sorted(unknown)}: run `dvc repro` to make it again.")
    return measures


def read_all(variants: Sequence[str], root: Path | str = ".") -> list[Measures]:
    """What all stages have left, in the order of the pipeline and of the variants; variants that are gone are not read.

    Raises:
        QuoiError: a file is damaged.
    """
    trainings = [f"train@{variant}" for variant in variants]
    names = sorted(path.stem for path in (Path(root) / FOLDER).glob("*.json"))
    every = [read(name, root) for name in names if not name.startswith("train@") or name in trainings]
    keys = list(BOUNDS)

    def place(measures: Measures) -> tuple[int, int]:
        first = min((keys.index(check.key) for check in measures.checks), default=0)
        return first, trainings.index(measures.stage) if measures.stage in trainings else 0

    return sorted(every, key=place)


def _worst(checks: Iterable[Check]) -> State:
    return max((check.state for check in checks), key=STATES.index, default="ok")


def _rounded(values: Any) -> Any:
    if isinstance(values, Mapping):
        return {key: _rounded(value) for key, value in values.items()}
    if values is None or not math.isfinite(values):
        return None
    return round(float(values), 6)


def by_seed(measures: Mapping[int, Measures], best: int) -> Measures:
    """Those of several trainings together: the values by seed, all else of the best one."""
    return replace(measures[best], values={part_of(seed): each.values for seed, each in measures.items()})


def part_of(seed: int) -> str:
    """The part of a training's values."""
    return f"seed {seed}"


def histogram(values: np.ndarray, low: float, high: float, bins: int) -> dict[str, float]:
    """Share of the values [n] in each of `bins` equal parts from `low` to `high`, by the middle of the part.

    What lies beyond either end counts with it.
    """
    edges = np.linspace(low, high, bins + 1)
    counts = np.histogram(np.clip(values, low, high), edges)[0]
    middles = (edges[:-1] + edges[1:]) / 2
    return {f"{middle:.4g}": count / max(1, len(values)) for middle, count in zip(middles, counts, strict=True)}
