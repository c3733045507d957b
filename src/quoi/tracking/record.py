"""A training's MLflow run and its record: what Git keeps of it is enough to make the run, and is how it is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from quoi.io.files import read_json
from quoi.records import checks, results, training
from quoi.records.results import Record, run_name, stage_of
from quoi.tracking import lineage_tags, serving, store
from quoi.tracking.git_state import UNKNOWN, GitState, git_state
from quoi.tracking.lineage_tags import IMPORTED_TAG, STAGE_TAG
from quoi.tracking.run import Run, shortened

if TYPE_CHECKING:
    from mlflow import MlflowClient

RECORDS = results.VARIANTS
MODELS = Path("models")
DIGEST_TAG = "quoi.record"
MODEL_TAG = "quoi.model"
CHECKS_TAG = "quoi.checks"
"""`ok`, or which checks of the training are not, and their states."""


def read_record(folder: Path | str) -> dict[int, Record]:
    """The records in `folder` (reports/translation/variants/VARIANT), by seed.

    Raises:
        QuoiError: a file is absent, damaged, or has no rows for one of the seeds.
    """
    return results.read(folder).records


def read_all(root: Path | str = ".") -> list[Record]:
    """Every record under `root`, by variant and seed.

    Raises:
        QuoiError: as `read_record`.
    """
    files = sorted((Path(root) / RECORDS).glob(f"*/{training.METRICS}"))
    return [record for file in files for record in read_record(file.parent).values()]


def start(
    client: MlflowClient,
    variant: str,
    seed: int,
    parameters: Mapping[str, Any],
    git: GitState,
    experiment: str = store.EXPERIMENT,
    stage: str | None = None,
    imported: bool = False,
    time_ms: int | None = None,
) -> Run:
    """Open the run of one variant and seed, and write its parameters.

    Before a live training, earlier runs of its stage get the lineage that dvc.lock still holds: once the stage has run,
    DVC writes the new run's over it.

    Args:
        client: from `store.connect`.
        variant: the variant's name.
        seed: the training's seed.
        parameters: as in the record: flattened, dotted keys. A value longer than MLflow takes is cut, with its digest.
        git: from `git_state`, when the training began.
        experiment: which the run belongs to.
        stage: the DVC stage; default: `train@VARIANT`.
        imported: whether it is made from the record, later than the training.
        time_ms: when it began, in milliseconds since 1970; default: now.

    Raises:
        QuoiError: the database is locked, damaged or not writable.
    """
    from mlflow.entities import Param

    stage = stage or stage_of(variant)
    tags = {
        "mlflow.source.git.commit": git.commit,
        "mlflow.source.name": f"dvc repro {stage}",
        "mlflow.source.type": "LOCAL",
        "quoi.git_dirty": git.dirty,
        STAGE_TAG: stage,
        "quoi.variant": variant,
        "quoi.seed": str(seed),
        "quoi.profile": str(parameters.get("profile", UNKNOWN)),
    }
    if imported:
        tags[IMPORTED_TAG] = "true"
    own = {"variant": variant, "seed": seed} if experiment == store.EXPERIMENT else {"seed": seed}
    params = [Param(key, shortened(value)) for key, value in {**parameters, **own}.items()]
    with store.explained():
        if not imported:
            lineage_tags.attach(client, stage=stage)
        made_in = store.experiment_id(client, experiment)
        run = client.create_run(made_in, start_time=time_ms, tags=tags, run_name=run_name(variant, seed))
        store.log_batches(client, run.info.run_id, params=params)
    return Run(client, run.info.run_id, time_ms)


def end_abandoned(client: MlflowClient, variant: str, seeds: Iterable[int], experiment: str = store.EXPERIMENT) -> None:
    """Call KILLED what MLflow still calls RUNNING of these trainings: a process that is killed cannot say so itself."""
    for seed in seeds:
        abandoned = client.search_runs(
            [store.experiment_id(client, experiment)],
            f"attributes.status = 'RUNNING' and tags.`quoi.variant` = '{variant}' and tags.`quoi.seed` = '{seed}'",
        )
        for run in abandoned:
            client.set_terminated(run.info.run_id, "KILLED")


@contextmanager
def open_runs(
    experiment: str, variant: str, stage: str, seeds: Sequence[int], parameters: Mapping[str, Any]
) -> Iterator[dict[int, Run]]:
    """An open run a seed, for a live training; what a killed training of these seeds left open is ended first.

    Raises:
        QuoiError: the store cannot be used.
    """
    client, git = store.connect(experiments=(experiment,)), git_state()
    end_abandoned(client, variant, seeds, experiment)
    with ExitStack() as stack:
        starts = (start(client, variant, seed, parameters, git, experiment, stage) for seed in seeds)
        yield {seed: stack.enter_context(run) for seed, run in zip(seeds, starts, strict=True)}


def complete(run: Run, record: Record, root: Path | str = ".") -> None:
    """End the run of a live training as its record says.

    An import that came between the record and this has made a run of the same record: it goes, this one says more.

    Raises:
        QuoiError: as `fill`.
    """
    with store.alone(Path(root)):
        twins = run.client.search_runs(
            [store.experiment_id(run.client, record.experiment)],
            f"tags.`{DIGEST_TAG}` = '{record.digest}' and tags.`{IMPORTED_TAG}` = 'true'",
        )
        fill(run, record, root)
        for twin in twins:
            run.client.delete_run(twin.info.run_id)


def fill(run: Run, record: Record, root: Path | str = ".") -> None:
    """End a run as its record says: scores, checks, files, pictures, the best seed's model, and the record's digest.

    The digest comes with the end: a run that is cut short before has none, and is made again.

    Raises:
        QuoiError: the database is locked, or a file of the record is missing.
    """
    ending, measured = {DIGEST_TAG: record.digest}, {}
    checks_file = checks.file_of(record.stage, root)
    if checks_file.exists():
        own = checks.read(record.stage, root).of(checks.part_of(record.seed))
        measured = {f"checks/{check.key}": check.value for check in own if check.value is not None}
        ending[CHECKS_TAG] = ", ".join(f"{check.state}: {check.key}" for check in own if check.state != "ok") or "ok"
    model = model_folder(record, Path(root))
    with TemporaryDirectory() as folder:
        pictures = Path(folder) / "pictures"
        draw(record, pictures)
        if model is not None:
            ending[MODEL_TAG] = serving.log_model(run.client, run.run_id, model)
        kept = [path for path in (checks_file, pictures) if path.exists()]
        files = [record.folder / name for name in (training.METRICS, training.HISTORY)]
        run.finish({**record.metrics, **measured}, [*files, *kept], tags=ending)


def model_folder(record: Record, root: Path) -> Path | None:
    """The folder of the model that serves a record's weights, where it is here; a fresh clone lacks it."""
    if not record.best:
        return None
    folder, names = root / MODELS / record.variant, ("variant", "direction", "settings", "best_seed")
    if not (folder / "model.json").exists():
        return None
    description = read_json(folder / "model.json")
    same = all(description.get(name) == getattr(record.result, name) for name in names)
    return folder if same and any(folder.glob("*.safetensors")) else None


def draw(record: Record, folder: Path) -> None:
    """Pictures for the run of a variant: its curves and, of the best seed, where it looked."""
    from quoi.report import attention, plots

    if record.result is None:  # the gallery shows more of DeViSE than a picture in the run would
        return
    plots.training_curves(folder / "training.png", record.name, record.history)
    drawn = attention.drawable(record.result.samples)[:4]
    if record.best and drawn:
        attention.attention_png(folder / "attention.png", drawn, title=record.variant)
