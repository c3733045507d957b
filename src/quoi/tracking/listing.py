"""The runs that the store holds: listed, found by what a person calls them, and compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quoi.io.errors import QuoiError
from quoi.params.errors import closest
from quoi.repo.ancestry import Lineage
from quoi.tracking import run_tags, store

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run as Found

NOTHING = "There are no MLflow runs here yet: `dvc repro` makes them; after a clone, `dvc pull` and `quoi runs import`."


@dataclass(frozen=True)
class Known:
    """A run as MLflow knows it. `name` is written `all-1` for `all seed 1`; `started` in milliseconds since 1970."""

    id: str
    name: str
    experiment: str
    status: str
    started: int
    tags: dict[str, str]
    params: dict[str, str]
    metrics: dict[str, float]
    found: Found

    @property
    def stage(self) -> str | None:
        """The DVC stage that made it."""
        return self.tags.get(run_tags.STAGE_TAG)

    @property
    def commit(self) -> str:
        """The commit its code was run at; its first ten digits, and `+` where the tree had changes that it lacks."""
        changed = "+" if self.tags.get("quoi.git_dirty") == "true" else ""
        return self.tags.get("mlflow.source.git.commit", "unknown")[:10] + changed

    @property
    def headline(self) -> list[str]:
        """The names of its main scores."""
        return [name for name in self.tags.get(run_tags.HEADLINE_TAG, "").split(",") if name]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "id": self.id,
            "name": self.name,
            "experiment": self.experiment,
            "status": self.status,
            "started": self.started,
            "stage": self.stage,
            "commit": self.tags.get("mlflow.source.git.commit"),
            "dirty": self.tags.get("quoi.git_dirty"),
            "lineage": run_tags.LINEAGE_TAG in self.tags,
            "sources": self.tags.get(run_tags.SOURCES_TAG),
            "model": self.tags.get("quoi.model"),
            "headline": self.headline,
            "scores": self.metrics,
        }


def known(client: MlflowClient, experiment: str | None = None) -> list[Known]:
    """The runs of an experiment, or of all, the latest first; of those begun at once, as imported ones, by name.

    Raises:
        QuoiError: there is no such experiment, or the store is locked or damaged.
    """
    with store.explained(Path(store.DATABASE)):
        names = {each.experiment_id: each.name for each in client.search_experiments()}
        if experiment is not None and experiment not in names.values():
            raise QuoiError(f"There is no MLflow experiment {experiment!r}{closest(experiment, names.values())}.")
        only = None if experiment is None else [experiment]
        runs = [_known(run, names[run.info.experiment_id]) for run in run_tags.found(client, "", only)]
        return sorted(runs, key=lambda run: (-run.started, run.name))


def find(runs: Iterable[Known], wanted: str) -> tuple[Known, int]:
    """The run that is called so: its id, the beginning of it that no other run's has, or its name.

    Of several runs by one name the latest that was finished is meant.

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
        shown = ", ".join(run.id[:12] for run in begun[:4])
        raise QuoiError(f"{len(begun)} runs have an id that begins with {wanted!r} ({shown} …): give more of it.")
    if not begun:
        names = closest(wanted, dict.fromkeys(run.name for run in runs))
        raise QuoiError(f"There is no run {wanted!r}{names}.")
    return begun[0], 1


def lineage(run: Known) -> Lineage | None:
    """What the run stands on; None where no dvc.lock tells of it."""
    with store.explained(Path(store.DATABASE)):
        return run_tags.read(run.found)


def needed_lineage(run: Known) -> Lineage:
    """The run's lineage.

    Raises:
        QuoiError: it has none.
    """
    found = lineage(run)
    if found is None:
        raise QuoiError(
            f"Run {run.name} ({run.id[:8]}) has no lineage: {why_none(run)}; it was begun at commit {run.commit}."
        )
    return found


def why_none(run: Known) -> str:
    """Why a run has no lineage, in words."""
    if run.status != "FINISHED":
        return f"it is {run.status}, and DVC records a stage when it has ended"
    return "no dvc.lock, here or in Git's history, records the files it wrote"


def short(name: str) -> str:
    """`all-1` for `all seed 1`."""
    return name.replace(" seed ", "-")


def _known(run: Found, experiment: str) -> Known:
    info, data = run.info, run.data
    name = short(info.run_name or info.run_id[:8])
    return Known(info.run_id, name, experiment, info.status, info.start_time, data.tags, data.params, data.metrics, run)
