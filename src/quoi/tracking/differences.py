"""Two runs beside each other: parameters, data and code that differ, and the scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from quoi.records.results import smaller_is_better
from quoi.repo.ancestry import Lineage
from quoi.tracking.listing import Known


class Change(NamedTuple):
    """What differs: its name, and its value or digest in the one and in the other; None where one lacks it."""

    name: str
    first: str | None
    second: str | None


class Score(NamedTuple):
    """A score of both; `change` is the second less the first, `better` whether that is for the better, if known."""

    name: str
    first: float | None
    second: float | None
    change: float | None
    better: bool | None


@dataclass(frozen=True)
class Differences:
    """What `quoi runs diff` tells.

    Attributes:
        parameters: as MLflow keeps them.
        data: what the stages before the runs' own wrote; None where a run has no lineage.
        code: what those stages and the runs' own read and no stage wrote; None as above.
        commits: that each run was begun at.
        scores: all that both have, and those that one of them lacks; the main ones first.
    """

    parameters: list[Change]
    data: list[Change] | None
    code: list[Change] | None
    commits: tuple[str, str]
    scores: list[Score]

    def as_dict(self) -> dict[str, Any]:
        """For JSON: named values in place of tuples."""
        told = asdict(self)
        for name in ("parameters", "data", "code", "scores"):
            rows = getattr(self, name)
            told[name] = None if rows is None else [row._asdict() for row in rows]
        return told


def compare(first: Known, second: Known, one: Lineage | None, other: Lineage | None) -> Differences:
    """What differs between two runs.

    Args:
        one, other: their lineages, as far as they have one.
    """
    both = one is not None and other is not None
    return Differences(
        _changes(first.params, second.params),
        _changes(_data(one), _data(other)) if both else None,
        _changes(one.code, other.code) if both else None,
        (first.commit, second.commit),
        _scores(first, second),
    )


def _data(lineage: Lineage) -> dict[str, str]:
    own = lineage.own.outs
    return {path: digest for path, digest in lineage.outs.items() if path not in own}


def _changes(first: Mapping[str, str], second: Mapping[str, str]) -> list[Change]:
    names = sorted({*first, *second})
    return [Change(name, first.get(name), second.get(name)) for name in names if first.get(name) != second.get(name)]


def _scores(first: Known, second: Known) -> list[Score]:
    main = [*dict.fromkeys([*first.headline, *second.headline])]
    return [
        _score(name, first.metrics.get(name), second.metrics.get(name))
        for name in [*main, *sorted({*first.metrics, *second.metrics} - {*main})]
    ]


def _score(name: str, first: float | None, second: float | None) -> Score:
    if first is None or second is None:
        return Score(name, first, second, None, None)
    falls, change = smaller_is_better(name), second - first
    return Score(name, first, second, change, None if falls is None or not change else (change < 0) == falls)
