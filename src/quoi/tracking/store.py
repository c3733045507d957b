"""The MLflow store: one SQLite file at the repository's root, artifacts beside it.

`sqlite:///mlflow.db` is what a plain `mlflow ui` opens, so it shows these runs without any option. Artifact
locations are stored relative to the root: a repository that is moved or renamed keeps its pictures and models.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from quoi.io.errors import QuoiError
from quoi.records.results import EXPERIMENT

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Metric

NOTE_TAG = "mlflow.note.content"
PARENT_TAG = "mlflow.parentRunId"
SEEDS_TAG = "quoi.seeds"
"""Of a parent run alone: the seeds whose means it has."""
ABOUT = {
    "translation": "Questions of one language into another: what each idea of the lesson brings.",
    "devise": "Pictures placed among word vectors, to be found by words they never had.",
    "claims": "Trainings of `quoi claims run`, which decide the lesson's statements in claims.yaml. Each run is a "
    "setting with one seed on the corpus of its tag `quoi.corpus`; the verdicts are in reports/claims/README.md, and "
    "`quoi claims list` shows them.",
    "importance": "Trainings of `quoi importance`, each with parameters drawn at random: which of them matter most is "
    "in reports/importance/README.md.",
}
"""What an experiment is, in a sentence."""
DATABASE = "mlflow.db"
ARTIFACTS = "mlartifacts"
_BATCH = 100  # parameters or tags that MLflow takes at once


def connect(root: Path | str = ".", experiments: tuple[str, ...] = (EXPERIMENT,)) -> MlflowClient:
    """Open the store at `root`, which must be the current directory, and make what is missing in it.

    Args:
        experiments: to make where they are missing; one deleted earlier is restored.

    Raises:
        QuoiError: the environment names another store; the database is locked, damaged, of another MLflow's schema or
            not writable; or `root` is not the current directory (to which MLflow resolves the relative artifact
            locations).
    """
    root = Path(root).resolve()
    if root != Path.cwd():
        raise QuoiError(f"The MLflow store of {root} must be used from that folder: change to it first.")
    refuse_other_stores(root)
    quiet()
    with explained():
        from mlflow import MlflowClient, set_tracking_uri

        quiet()  # MLflow configures its loggers when it is first imported
        set_tracking_uri(uri(root))
        # MLflow hands its address on to the processes that this one starts, which may work in another folder.
        os.environ.pop("MLFLOW_TRACKING_URI", None)
        with alone(root):  # MLflow fails where another process has made some of the tables
            client = MlflowClient(uri(root))
            for name in experiments:
                experiment = client.get_experiment_by_name(name)
                if experiment is None:
                    _create_experiment(root, name)
                elif experiment.lifecycle_stage == "deleted":
                    client.restore_experiment(experiment.experiment_id)
                _introduce(client, name)
    return client


@contextmanager
def alone(root: Path | str = ".") -> Iterator[None]:
    """Hold the store's lock while tables, runs or models are made; who finds it taken says so, and waits."""
    from filelock import FileLock, Timeout

    lock = FileLock(Path(root).resolve() / f"{DATABASE}.lock", is_singleton=True)  # it may be taken again in the block
    try:
        lock.acquire(blocking=False)
    except Timeout:
        click.echo(f"Another process is writing to {DATABASE}: waiting until it has done.", err=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def uri(root: Path | str) -> str:
    """The tracking URI of the store at `root`: an absolute SQLite address, where an address can say that path."""
    path = (Path(root).resolve() / DATABASE).as_posix()
    # In an address, `?` ends a path and `%20` is a space. The current folder needs no name.
    return f"sqlite:///{DATABASE if set('?%') & set(path) else path}"


def experiment_id(client: MlflowClient, name: str = EXPERIMENT) -> str:
    """The id of an experiment that `connect` has made."""
    with explained():
        return client.get_experiment_by_name(name).experiment_id


def log_batches(
    client: MlflowClient,
    run_id: str,
    params: Iterable[tuple[str, str]] = (),
    tags: Iterable[tuple[str, str]] = (),
    metrics: Sequence[Metric] = (),
) -> None:
    """Write parameters and tags (names and values) and metrics into a run, as many at once as MLflow takes."""
    from mlflow.entities import Param, RunTag

    params, tags = [Param(*param) for param in params], [RunTag(*tag) for tag in tags]
    for start in range(0, max(len(params), len(tags), len(metrics)), _BATCH):
        batch = slice(start, start + _BATCH)
        client.log_batch(run_id, metrics=metrics[batch], params=params[batch], tags=tags[batch])


def note(markdown: str, longest: int) -> str:
    """Markdown for a description on MLflow's pages, of at most so many characters.

    Links to other files of the repository lead nowhere from there: their words stay. And a table is taken for one only
    where the line below its head has several dashes a column.
    """
    text = re.sub(r"\[([^]]+)\]\(\.[^)]*\)", r"\1", markdown)
    text = re.sub(r"^\|[ :|-]+\|$", lambda rule: rule[0].replace("-", "---"), text, flags=re.MULTILINE)
    return text.strip()[:longest]


def quiet() -> None:
    """Keep MLflow off the terminal and off the network.

    Telemetry is a network call, and the notes about tables being created are of no use to the reader.
    """
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["DO_NOT_TRACK"] = "true"
    os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)


def load() -> None:
    """Import MLflow with its store."""
    quiet()
    from mlflow.store.tracking import sqlalchemy_store  # noqa: F401


@contextmanager
def explained() -> Iterator[None]:
    """Turn the database's errors inside the block into one sentence.

    Raises:
        QuoiError: the database is locked, damaged, of another MLflow's schema or not writable.
    """
    try:
        yield
    except Exception as error:
        reason = " ".join(str(error).split("[SQL")[0].split())
        if isinstance(error, QuoiError) or not re.search("database|sqlite|locate revision", reason, re.IGNORECASE):
            raise
        raise QuoiError(
            f"{DATABASE} cannot be used ({reason}): close what else has it open, such as `mlflow ui`, or run `mlflow "
            f"db upgrade sqlite:///{DATABASE}` after an upgrade; where it is damaged, move it away, and `quoi runs "
            f"import` makes it anew from the record."
        ) from error


def refuse_other_stores(root: Path) -> None:
    """Keep runs from being elsewhere than MLflow's environment says, or models of the registry elsewhere than runs.

    Raises:
        QuoiError: the environment names another store than that of `root`.
    """
    own = ("", f"sqlite:///{DATABASE}", uri(root))
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        if (value := os.environ.get(name, "")) not in own:
            raise QuoiError(
                f"{name} is {value}, and quoi keeps runs and models in sqlite:///{DATABASE} of this folder: unset it, "
                "or set it to that."
            )


def _introduce(client: MlflowClient, name: str) -> None:
    """Say what an experiment is, where nothing says so: that it trains models, and in words what for."""
    experiment = client.get_experiment_by_name(name)
    for key, value in {"mlflow.experimentKind": "custom_model_development", NOTE_TAG: ABOUT.get(name)}.items():
        if value and key not in experiment.tags:
            client.set_experiment_tag(experiment.experiment_id, key, value)


def _create_experiment(root: Path, name: str) -> None:
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    # Given a location, MLflow stores it as an absolute path; the store's own root is kept as it stands.
    store = SqlAlchemyStore(uri(root), ARTIFACTS)
    store.artifact_root_uri = ARTIFACTS
    store.create_experiment(name)
