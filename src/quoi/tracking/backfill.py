"""MLflow runs out of the record, exactly once each.

DVC restores a stage from its cache without running it, and a clone comes without an MLflow store. So a run is known
by the SHA-256 of its record, which the run of a live training and one made later share.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from quoi.progress import track
from quoi.tracking import lineage, record, serving, store
from quoi.tracking.record import DIGEST_TAG, MODEL_TAG, Record

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run as Found

IMPORTED_TAG = "quoi.imported"


def import_missing(root: Path | str = ".") -> list[str]:
    """Make the MLflow runs that the record tells of and the store lacks.

    A run that was deleted in MLflow is restored, not doubled. A best seed's run that lacks its model gets it once
    the model is there. Of two imports at once, the second waits.

    Args:
        root: the root of the repository, and the current directory.

    Returns:
        The names of the runs made or restored, by variant and seed.

    Raises:
        QuoiError: the store is locked or damaged, or a record is not whole.
    """
    root = Path(root)
    records = record.read_all(root)
    if not records:
        return []
    client = store.connect(root)
    with _alone(root), store.explained(root / store.DATABASE):
        wanted = [(each, found) for each in records if _lacks(found := _find(client, each), each, root)]
        return [each.name for each, found in track(wanted, "MLflow runs") if _supply(client, found, each, root)]


def _supply(client: MlflowClient, found: Found | None, each: Record, root: Path) -> bool:
    """Give the store what it lacks of a record; whether that took a run."""
    if found is None:
        _make(client, each, root)
        return True
    deleted = found.info.lifecycle_stage == "deleted"
    if deleted:
        client.restore_run(found.info.run_id)
    if _lacks_model(found, each, root):
        client.set_tag(found.info.run_id, MODEL_TAG, serving.log_model(client, found.info.run_id, each.model(root)))
    return deleted


def _make(client: MlflowClient, each: Record, root: Path) -> None:
    commit = lineage.last_commit(root, each.result.folder)
    git = lineage.GitState(commit[0], "false") if commit else lineage.git_state(root)
    run = record.start(client, each.variant, each.seed, each.parameters, git, commit[1] if commit else None)
    try:
        for row in each.history:
            run.log_epoch(row, step=int(row["epoch"]))
        record.complete(run, each, root, {IMPORTED_TAG: "true"})
    except BaseException:
        client.delete_run(run.run_id)
        raise


def _find(client: MlflowClient, each: Record) -> Found | None:
    """The run with this record's digest: an active one if there is one, else a deleted one."""
    from mlflow.entities import ViewType

    found = client.search_runs(
        [store.experiment_id(client)],
        filter_string=f"tags.`{DIGEST_TAG}` = '{each.digest}'",
        run_view_type=ViewType.ALL,
    )
    return min(found, key=lambda run: run.info.lifecycle_stage != "active", default=None)


def _lacks(found: Found | None, each: Record, root: Path) -> bool:
    return found is None or found.info.lifecycle_stage == "deleted" or _lacks_model(found, each, root)


def _lacks_model(found: Found, each: Record, root: Path) -> bool:
    return each.best and MODEL_TAG not in found.data.tags and each.model(root) is not None


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    with (root / f"{store.DATABASE}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
