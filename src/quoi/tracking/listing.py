"""The runs that the store holds: listed, found by what a person calls them, and compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quoi.io.errors import QuoiError
from quoi.params.errors import closest
from quoi.records.results import smaller_is_better
from quoi.repo.lineage import Lineage
from quoi.tracking import lineage_tags, store

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

NOTHING = "There are no MLflow runs here yet: `dvc repro` makes them; after a clone, `dvc pull` and `quoi runs import`."


@dataclass(frozen=True)
class ListedRun:
    """An MLflow run for people. `name` is written `all-1` for `all seed 1`; `started` in milliseconds since 1970."""

    id: str
    name: str
    experiment: str
    status: str
    started: int
    tags: dict[str, str]
    metrics: dict[str, float]
    run: Run

    @property
    def begun_at(self) -> str | None:
        """The commit that it was begun at."""
        return self.tags.get("mlflow.source.git.commit")

    @property
    def commit(self) -> str:
        """The first ten digits of that commit, and `+` where the tree had changes that it lacks."""
        changed = "+" if self.tags.get("quoi.git_dirty") == "true" else ""
        return (self.begun_at or "unknown")[:10] + changed

    @property
    def headline(self) -> list[str]:
        """The names of its main scores."""
        return [name for name in self.tags.get(lineage_tags.HEADLINE_TAG, "").split(",") if name]

    @property
    def why_no_lineage(self) -> str:
        if self.status != "FINISHED":
            return f"it is {self.status}, and DVC records a stage when it has ended"
        return "no dvc.lock, here or in Git's history, records the files it wrote"

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "experiment": self.experiment,
            "status": self.status,
            "started": self.started,
            "stage": self.tags.get(lineage_tags.STAGE_TAG),
            "commit": self.begun_at,
            "dirty": self.tags.get("quoi.git_dirty"),
            "lineage": lineage_tags.LINEAGE_TAG in self.tags,
            "sources": self.tags.get(lineage_tags.SOURCES_TAG),
            "model": self.tags.get("quoi.model"),
            "headline": self.headline,
            "scores": self.metrics,
        }


def listed(client: MlflowClient, experiment: str | None = None) -> list[ListedRun]:
    """The runs of an experiment, or of all, the latest first; of those begun at once, as imported ones, by name.

    Parent runs are left out: they are no trainings.

    Raises:
        QuoiError: there is no such experiment, or the store is locked or damaged.
    """
    with store.explained():
        names = {each.experiment_id: each.name for each in client.search_experiments()}
    if experiment not in (None, *names.values()):
        raise QuoiError(f"There is no experiment {experiment!r}{closest(experiment, names.values())}.")
    runs = []
    for run in lineage_tags.runs(client, "", experiment and [experiment]):
        if store.SEEDS_TAG in run.data.tags:
            continue
        info, name = run.info, short(run.info.run_name or run.info.run_id[:8])
        own = info.run_id, name, names[info.experiment_id], info.status, info.start_time
        runs.append(ListedRun(*own, run.data.tags, run.data.metrics, run))
    return sorted(runs, key=lambda run: (-run.started, run.name))


def find(runs: Iterable[ListedRun], wanted: str) -> tuple[ListedRun, int]:
    """The run that is called so: its id, the beginning of it that no other run's has, or its name.

    Where several runs have one name, the latest that was finished is meant.

    Returns:
        the run, and how many runs have the name.

    Raises:
        QuoiError: no run is called so, or the beginning of an id is that of several.
    """
    runs = list(runs)
    if not runs:
        raise QuoiError(NOTHING)
    named = [run for run in runs if run.name == short(wanted)]
    if named:
        return next((run for run in named if run.status == "FINISHED"), named[0]), len(named)
    begun = [run for run in runs if wanted and run.id.startswith(wanted.lower())]
    if len(begun) > 1:
        raise QuoiError(f"{len(begun)} runs have an id that begins with {wanted!r}: give more of it.")
    if not begun:
        raise QuoiError(f"There is no run {wanted!r}{closest(wanted, dict.fromkeys(run.name for run in runs))}.")
    return begun[0], 1


def short(name: str) -> str:
    """`all-1` for `all seed 1`."""
    return name.replace(" seed ", "-")


def compare(first: ListedRun, second: ListedRun) -> dict[str, Any]:
    """What differs between two runs.

    Returns:
        `parameters`, `data` (what the stages before the runs' own wrote) and `code` (what no stage wrote): a list of
        `name`, `first` and `second`, None where one lacks it; None in place of `data` and `code` where a run has no
        lineage. `commits` that the runs were begun at. `scores`: those of one or both, the main ones first, with
        `change`, the second less the first, and `better`, whether that is for the better, as far as known.

    Raises:
        QuoiError: the lineage of one is gone or damaged.
    """
    one, other = lineage_tags.read(first.run), lineage_tags.read(second.run)
    both = one is not None and other is not None
    main = dict.fromkeys([*first.headline, *second.headline])
    names = main | dict.fromkeys(sorted({*first.metrics, *second.metrics}))
    return {
        "parameters": _changes(first.run.data.params, second.run.data.params),
        "data": _changes(_data(one), _data(other)) if both else None,
        "code": _changes(one.code, other.code) if both else None,
        "commits": [first.commit, second.commit],
        "scores": [_score(name, first.metrics.get(name), second.metrics.get(name)) for name in names],
    }


def _data(lineage: Lineage) -> dict[str, str]:
    return {path: digest for path, digest in lineage.outs.items() if path not in lineage.own.outs}


def _changes(first: Mapping[str, str], second: Mapping[str, str]) -> list[dict[str, Any]]:
    rows = [{"name": name, "first": first.get(name), "second": second.get(name)} for name in sorted({*first, *second})]
    return [row for row in rows if row["first"] != row["second"]]


def _score(name: str, first: float | None, second: float | None) -> dict[str, Any]:
    change, better = None, None
    if first is not None and second is not None:
        falls, change = smaller_is_better(name), second - first
        better = None if falls is None or not change else (change < 0) == falls
    return {"name": name, "first": first, "second": second, "change": change, "better": better}
