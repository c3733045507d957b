"""Lineage into MLflow: tags that can be searched for, and the whole as an artifact of the run."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from quoi.io.errors import QuoiError
from quoi.repo import ancestry
from quoi.repo.ancestry import Lineage
from quoi.repo.digests import of_bytes, of_path, of_value
from quoi.repo.lockfile import Made, inside
from quoi.tracking import store

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import DatasetInput
    from mlflow.entities import Run as Found

STAGE_TAG = "quoi.stage"
LINEAGE_TAG = "quoi.lineage"
SOURCES_TAG = "quoi.sources"
HEADLINE_TAG = "quoi.headline"
IMPORTED_TAG = "quoi.imported"
FILE = "lineage.json"
_METRICS = "metrics.json"
_LONGEST_KEY = 250
_TAGS_A_BATCH = 100


def attach(client: MlflowClient, root: Path | str = ".", stage: str | None = None) -> int:
    """Give every finished run that lacks it its lineage, as far as dvc.lock, here or in Git, tells of it.

    A run whose raw data were not here when it got its lineage is told of their source as soon as they are, where all
    stages are asked for.

    Args:
        client: from `store.connect`.
        root: the root of the repository.
        stage: only runs of this stage; default: of all stages.

    Returns:
        how many runs got something.

    Raises:
        QuoiError: dvc.lock is damaged, or the store is locked.
    """
    root = Path(root)
    known: dict[tuple, Lineage | None] = {}
    count = 0
    for run in finished(client, stage):
        tags = run.data.tags
        if LINEAGE_TAG not in tags:
            kept = kept_files(client, run)
            made = Made(tags.get("mlflow.source.git.commit"), tags.get("quoi.git_dirty") == "false")
            key = (tags[STAGE_TAG], made, *sorted(kept.items()))
            if key not in known:
                known[key] = ancestry.find(root, tags[STAGE_TAG], kept, made)
            _write(client, run, known[key], _headline(run) if _METRICS in kept else "")
        elif SOURCES_TAG not in tags and stage is None:
            told = read(run)
            key = (tags[LINEAGE_TAG],)
            if key not in known:
                found = ancestry.sources(root, told)
                known[key] = Lineage(told.stage, told.entries, found) if found else None
            _write(client, run, known[key], "")
        else:
            continue
        count += known[key] is not None
    return count


def read(run: Found) -> Lineage | None:
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


def finished(client: MlflowClient, stage: str | None = None) -> Iterator[Found]:
    """The runs of a stage, or of all, that came to their end."""
    wanted = "attributes.status = 'FINISHED' and " + (
        f"tags.`{STAGE_TAG}` = '{stage}'" if stage else f"tags.`{STAGE_TAG}` != ''"
    )
    return found(client, wanted)


def found(client: MlflowClient, wanted: str, experiments: Iterable[str] | None = None) -> Iterator[Found]:
    """The runs that MLflow's filter lets through, the latest first; default: in all experiments."""
    with store.explained(Path(store.DATABASE)):
        ids = [
            each.experiment_id for each in client.search_experiments() if not experiments or each.name in experiments
        ]
        token = None
        while ids:
            page = client.search_runs(ids, wanted, max_results=1000, order_by=["start_time DESC"], page_token=token)
            yield from page
            token = page.token
            if not token:
                return


def tags_of(lineage: Lineage) -> dict[str, str]:
    """A tag for each dependency, parameter and output of the run's own stage: its digest."""
    own = lineage.own
    told = {f"quoi.dep.{posixpath.normpath(path)}": digest for path, digest in own.deps.items()}
    told |= {f"quoi.param.{key}": of_value(value) for key, value in own.parameters.items()}
    told |= {f"quoi.out.{posixpath.normpath(path)}": digest for path, digest in own.outs.items()}
    return {_key(key): value for key, value in told.items()}


def _write(client: MlflowClient, run: Found, lineage: Lineage | None, headline: str) -> None:
    from mlflow.entities import RunTag

    told = {HEADLINE_TAG: headline} if headline and HEADLINE_TAG not in run.data.tags else {}
    if lineage is not None:
        told |= tags_of(lineage)
        if lineage.sources:
            told[SOURCES_TAG] = ", ".join(sorted({str(each.get("name")) for each in lineage.sources.values()}))
            client.log_inputs(run.info.run_id, _datasets(lineage))
        # The file first: a run whose tag says that it has a lineage has one.
        client.log_text(run.info.run_id, lineage.text(), FILE)
        told[LINEAGE_TAG] = of_bytes(lineage.text().encode())
    written = [RunTag(key, value) for key, value in told.items() if run.data.tags.get(key) != value]
    for start in range(0, len(written), _TAGS_A_BATCH):
        client.log_batch(run.info.run_id, tags=written[start : start + _TAGS_A_BATCH])


def _datasets(lineage: Lineage) -> list[DatasetInput]:
    """The data from outside, each with the digest of the output that holds it, for MLflow's own column of them."""
    from mlflow.entities import Dataset, DatasetInput

    told = []
    for where, says in lineage.sources.items():
        path = next((each for each in lineage.outs if inside(where, each)), where)
        digest = lineage.outs.get(path) or of_value(says)
        source = {"path": path} | {key: says[key] for key in ("url", "licence") if says.get(key)}
        told.append(DatasetInput(Dataset(str(says.get("name")), digest, "dvc", json.dumps(source, ensure_ascii=False))))
    return told


def kept_files(client: MlflowClient, run: Found) -> dict[str, str]:
    """Name and digest of the files that the run keeps a copy of."""
    names = [each.path for each in client.list_artifacts(run.info.run_id) if not each.is_dir and each.path != FILE]
    return {name: of_path(_file(run, name)) or "" for name in names}


def files_by_digest(client: MlflowClient, run: Found) -> dict[str, Path]:
    """The files that the run keeps a copy of, by their digests."""
    return {digest: _file(run, name).resolve() for name, digest in kept_files(client, run).items()}


def _file(run: Found, name: str) -> Path:
    """Where the run's copy of a file is.

    Asked by the run's id, MLflow would copy it into a temporary folder and leave that behind.
    """
    from mlflow.artifacts import download_artifacts

    return Path(download_artifacts(artifact_uri=f"{run.info.artifact_uri}/{name}"))


def _headline(run: Found) -> str:
    """The names of the scores that `dvc metrics show` prints of the run's record."""
    told = json.loads(_file(run, _METRICS).read_text(encoding="utf-8"))
    return ",".join(name for name, value in told.items() if isinstance(value, int | float) and name in run.data.metrics)


def _key(name: str) -> str:
    """A key that MLflow takes: what it allows no tag to hold is a dash, and a long one is cut behind its digest."""
    key = re.sub(r"[^\w./ :-]", "-", name)
    return key if len(key) <= _LONGEST_KEY else f"{key[: _LONGEST_KEY - 33]}-{of_bytes(name.encode())}"
