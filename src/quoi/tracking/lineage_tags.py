"""Lineage into MLflow: tags that can be searched for, and the whole as an artifact of the run."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from quoi.io.errors import QuoiError
from quoi.repo import dvc, lineage
from quoi.repo.digests import of_bytes, of_listing, of_path, of_value
from quoi.repo.lineage import Lineage, Made
from quoi.tracking import store

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import DatasetInput, Run

STAGE_TAG = "quoi.stage"
LINEAGE_TAG = "quoi.lineage"
SOURCES_TAG = "quoi.sources"
CODE_TAG, DATA_TAG, PARAMETERS_TAG = "quoi.code", "quoi.data", "quoi.parameters"
HEADLINE_TAG = "quoi.headline"
FILE = "lineage.json"
_METRICS = "metrics.json"


def attach(client: MlflowClient, stage: str | None = None) -> int:
    """Give every finished run that lacks it its lineage, as far as dvc.lock, here or in Git, records it.

    A run whose raw data were not here when it got its lineage gets their source as soon as they are, where all stages
    are asked for.

    Args:
        stage: only runs of this stage; default: of all stages.

    Returns:
        how many runs got something.

    Raises:
        QuoiError: dvc.lock is damaged, or the store is locked.
    """
    found: dict[tuple, Lineage | None] = {}
    count = 0
    which = f"= '{stage}'" if stage else "!= ''"
    for run in runs(client, f"attributes.status = 'FINISHED' and tags.`{STAGE_TAG}` {which}"):
        tags = run.data.tags
        if LINEAGE_TAG in tags and (SOURCES_TAG in tags or stage):
            continue
        kept = {name: of_path(file) or "" for name, file in kept_files(client, run).items()}
        made = Made(tags.get("mlflow.source.git.commit"), tags.get("quoi.git_dirty") == "false")
        key = (tags[STAGE_TAG], made, *sorted(kept.items()))
        if key not in found:
            found[key] = lineage.find(Path(), tags[STAGE_TAG], kept, made)
        if LINEAGE_TAG not in tags and _METRICS in kept:
            client.set_tag(run.info.run_id, HEADLINE_TAG, _headline(run))
        if (new := found[key]) is not None and (LINEAGE_TAG not in tags or new.sources):
            _write(client, run, new)
            count += 1
    return count


def read(run: Run) -> Lineage | None:
    """The lineage that a run has; None where it has none yet.

    Raises:
        QuoiError: the run's copy of it is gone or damaged.
    """
    from mlflow.exceptions import MlflowException

    if LINEAGE_TAG not in run.data.tags:
        return None
    try:
        return Lineage.parse(_file(run, FILE).read_text(encoding="utf-8"))
    except (OSError, MlflowException, ValueError, KeyError, TypeError) as error:
        raise QuoiError(
            f"{FILE} of run {run.info.run_id[:8]} is gone from {store.ARTIFACTS} or damaged: move {store.DATABASE} and "
            f"{store.ARTIFACTS} away, and `quoi runs import` makes both anew from the record."
        ) from error


def runs(client: MlflowClient, wanted: str, experiments: Iterable[str] | None = None) -> list[Run]:
    """The runs that MLflow's filter lets through, the latest first; default: in all experiments."""
    with store.explained():
        searched = client.search_experiments()
        ids = [one.experiment_id for one in searched if experiments is None or one.name in experiments]
        return list(client.search_runs(ids, wanted, max_results=50_000, order_by=["start_time DESC"])) if ids else []


def kept_files(client: MlflowClient, run: Run) -> dict[str, Path]:
    """The files that the run keeps a copy of, by name."""
    names = [item.path for item in client.list_artifacts(run.info.run_id) if not item.is_dir and item.path != FILE]
    return {name: _file(run, name).resolve() for name in names}


def _write(client: MlflowClient, run: Run, run_lineage: Lineage) -> None:
    """The lineage as a file, and digests of the code, data and parameters that the run's own stage read as tags."""
    own, text, code = run_lineage.own, run_lineage.text(), run_lineage.code
    tags = {
        CODE_TAG: of_listing(item for item in own.deps.items() if item[0] in code),
        DATA_TAG: of_listing(item for item in own.deps.items() if item[0] not in code),
        PARAMETERS_TAG: of_value(own.parameters),
    }
    if run_lineage.sources:
        tags[SOURCES_TAG] = ", ".join(sorted({str(source.get("name")) for source in run_lineage.sources.values()}))
        client.log_inputs(run.info.run_id, _datasets(run_lineage))
    # The file first: a run whose tag says that it has a lineage has one.
    client.log_text(run.info.run_id, text, FILE)
    tags[LINEAGE_TAG] = of_bytes(text.encode())
    store.log_batches(client, run.info.run_id, tags=tags.items())


def _datasets(run_lineage: Lineage) -> list[DatasetInput]:
    """The data from outside, each with the digest of the output that holds it, for MLflow's own column of them."""
    from mlflow.entities import Dataset, DatasetInput

    datasets = []
    for where, source in run_lineage.sources.items():
        path = next((out for out in run_lineage.outs if dvc.inside(where, out)), where)
        digest = run_lineage.outs.get(path) or of_value(source)
        shown = {"path": path} | {key: source[key] for key in ("url", "licence") if source.get(key)}
        content = json.dumps(shown, ensure_ascii=False)
        datasets.append(DatasetInput(Dataset(str(source.get("name")), digest, "dvc", content)))
    return datasets


def _file(run: Run, name: str) -> Path:
    """Where the run's copy of a file is.

    Asked by the run's id, MLflow would copy it into a temporary folder and leave that behind.
    """
    from mlflow.artifacts import download_artifacts

    return Path(download_artifacts(artifact_uri=f"{run.info.artifact_uri}/{name}"))


def _headline(run: Run) -> str:
    """The names of the scores that `dvc metrics show` prints of the run's record."""
    record = json.loads(_file(run, _METRICS).read_text(encoding="utf-8"))
    return ",".join(key for key, value in record.items() if isinstance(value, int | float) and key in run.data.metrics)
