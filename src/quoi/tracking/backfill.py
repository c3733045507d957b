"""MLflow runs out of the record, exactly once each; what they stand on; and the best of their models.

DVC restores a stage from its cache without running it, and a clone comes without an MLflow store. So a run is known
by the SHA-256 of its record, which the run of a live training and one made later share.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from quoi.io.progress import track
from quoi.records import results, training
from quoi.repo import git
from quoi.tracking import lineage_tags, overview, record, registry, serving, store
from quoi.tracking.record import DIGEST_TAG, MODEL_TAG, Record

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run as MlflowRun


@dataclass(frozen=True)
class Brought:
    """What an import has brought into the store."""

    runs: list[str] = field(default_factory=list)
    """Names of the runs made or restored, by variant and seed."""
    lineages: int = 0
    """How many runs got their lineage, or the source of their data."""
    champion: str | None = None
    """The version of the registered model that became the champion; None where it stays as it was."""

    def sentences(self) -> list[str]:
        """What was brought, for people; empty where the store lacked nothing."""
        lines = []
        if self.runs:
            lines.append(f"MLflow runs made from the record: {', '.join(self.runs)}")
        if self.lineages:
            lines.append(f"Lineage from dvc.lock: {self.lineages} runs")
        if self.champion:
            lines.append(f"models:/{registry.MODEL}@{registry.ALIAS} is now version {self.champion}")
        return lines


def bring(score: str | None = None, variants: list[str] | None = None) -> Brought:
    """Make what the record holds and the store lacks: runs, their lineages, and the champion.

    A run that was deleted in MLflow is restored, not doubled. A best seed's run that lacks its model gets it once
    the model is there. Of two imports at once, the second waits.

    Args:
        score: by which the best variant is chosen and registered; None: none is.
        variants: those to choose from; default: all recorded ones.

    Raises:
        QuoiError: the store is locked or damaged, or a record is not whole.
    """
    files = sorted(results.VARIANTS.glob(f"*/{training.METRICS}"))
    trained = {file.parent.name: results.read(file.parent) for file in files}
    by_variant = {name: record.of_translation(result) for name, result in trained.items()}
    records = [done for seeds in (*by_variant.values(), record.of_devise()) for done in seeds.values()]
    if not records and not Path(store.DATABASE).exists():
        return Brought()
    with store.alone(), store.explained():
        experiments = dict.fromkeys((store.EXPERIMENT, *(done.experiment for done in records)))
        client = store.connect(experiments=tuple(experiments))
        runs = [(done, find(client, done)) for done in records]
        incomplete = [(done, run) for done, run in runs if _is_gone(run) or _lacks_model(run, done)]
        made = [done.name for done, run in track(incomplete, "MLflow runs") if _supply(client, run, done)]
        lineages = lineage_tags.attach(client)
        overview.renew(client)
        champion = None
        if score and (candidates := [trained[name] for name in trained if variants is None or name in variants]):
            best = results.best(candidates, score)
            done = by_variant[best.folder.name][best.best_seed]
            champion = registry.register(client, done, find(client, done))
        return Brought(made, lineages, champion)


def find(client: MlflowClient, done: Record) -> MlflowRun | None:
    """The run with this record's digest: an active one if there is one, else a deleted one."""
    from mlflow.entities import ViewType

    runs = client.search_runs(
        [store.experiment_id(client, done.experiment)],
        filter_string=f"tags.`{DIGEST_TAG}` = '{done.digest}'",
        run_view_type=ViewType.ALL,
    )
    return min(runs, key=_is_gone, default=None)


def _supply(client: MlflowClient, run: MlflowRun | None, done: Record) -> bool:
    """Give the store what it lacks of a record; whether that took a run."""
    if run is None:
        _make(client, done)
        return True
    if gone := _is_gone(run):
        client.restore_run(run.info.run_id)
    if _lacks_model(run, done):
        client.set_tag(run.info.run_id, MODEL_TAG, serving.log_model(client, run.info.run_id, done.model))
    return gone


def _make(client: MlflowClient, done: Record) -> None:
    commit = git.last_commit(".", done.folder)
    state, time_ms = (git.GitState(commit[0], "false"), commit[1]) if commit else (git.state(), None)
    tags = record.stage_tags(done.stage) | {"quoi.imported": "true"}
    run = record.start(client, done.variant, done.seed, done.parameters, state, done.experiment, tags, time_ms)
    try:
        for row in done.history:
            run.log_epoch(row, step=int(row["epoch"]))
        record.fill(run, done)
    except BaseException:
        client.delete_run(run.run_id)
        raise


def _is_gone(run: MlflowRun | None) -> bool:
    return run is None or run.info.lifecycle_stage == "deleted"


def _lacks_model(run: MlflowRun, done: Record) -> bool:
    return done.model is not None and MODEL_TAG not in run.data.tags
