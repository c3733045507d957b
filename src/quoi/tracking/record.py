"""A training's MLflow run and its record: what Git keeps of it is enough to make the run, and is how it is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from quoi.io.errors import QuoiError
from quoi.io.files import read_json
from quoi.params.languages import SIDES
from quoi.records import checks, devise_record, results, training
from quoi.records.results import History, Result, run_name, stage_of
from quoi.repo import git
from quoi.tracking import lineage_tags, serving, store
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


@dataclass(frozen=True)
class Record:
    """What Git keeps of one seed's training.

    Attributes:
        experiment: of MLflow, which the run belongs to.
        stage: the DVC stage that trained it.
        folder: where the record lies.
        parameters: those that decide the numbers, flattened with dotted keys.
        history: a row an epoch; absent values are left out.
        scores: the final ones, by names that MLflow takes.
        digest: SHA-256 of all these: the same for the same training anywhere.
        samples: sentences and where the model looked, for the best seed's pictures.
        model: the folder of the model that serves this seed's weights, where there is one and it is here.
    """

    experiment: str
    variant: str
    seed: int
    stage: str
    folder: Path
    parameters: dict[str, Any]
    history: History
    scores: dict[str, float]
    digest: str
    samples: list[dict[str, Any]] = field(default_factory=list)
    model: Path | None = None

    @property
    def name(self) -> str:
        """The run's name, for people."""
        return run_name(self.variant, self.seed)

    def draw(self, folder: Path) -> None:
        """Pictures for the run of a translator: its curves and, of the best seed, where it looked."""
        if self.experiment != store.EXPERIMENT:
            return
        from quoi.report import attention, plots

        plots.training_curves(folder / "training.png", self.name, self.history)
        if drawn := attention.drawable(self.samples)[:4]:
            attention.attention_png(folder / "attention.png", drawn, title=self.variant)


def of_translation(result: Result, root: Path = Path()) -> dict[int, Record]:
    """The records of a variant's seeds; the best one's has the model."""
    records = {}
    for seed, scores in result.seeds.items():
        best, history = seed == result.best_seed, result.history[seed]
        records[seed] = Record(
            store.EXPERIMENT,
            result.variant,
            seed,
            stage_of(result.variant),
            result.folder,
            result.parameters,
            history,
            scores,
            _digest(result.variant, seed, result.parameters, history, scores),
            result.samples if best else [],
            _model(result, root) if best else None,
        )
    return records


def of_devise(root: Path = Path()) -> dict[int, Record]:
    """The records of DeViSE's seeds; none where the stage has not run.

    Raises:
        QuoiError: a file is absent or damaged.
    """
    if not (root / devise_record.RECORD / training.METRICS).exists():
        return {}
    result, name, records = devise_record.read(root), devise_record.EXPERIMENT, {}
    for seed, methods in result.seeds.items():
        # An epoch's number is an integer, as in the digests of runs made before.
        history = [{**row, "epoch": int(row["epoch"])} for row in result.history[seed]]
        scores = {}
        for method, sets in methods.items():
            prefix = "" if method == devise_record.WHOLE else f"{method}."
            for pictures, values in sets.items():
                names = {key: f"{prefix}{pictures}_{key}".replace("@", "_at_").replace(" ", "_") for key in values}
                scores |= {names[key]: value for key, value in values.items()}
        digest = _digest(name, seed, result.parameters, history, methods)
        common = devise_record.STAGE, result.folder, result.parameters, history, scores, digest
        records[seed] = Record(name, name, seed, *common)
    return records


def read_record(folder: Path | str) -> dict[int, Record]:
    """The records in `folder` (reports/translation/variants/VARIANT), by seed.

    Raises:
        QuoiError: a file is absent, damaged, or has no rows for one of the seeds.
    """
    return of_translation(results.read(folder))


def start(
    client: MlflowClient,
    variant: str,
    seed: int,
    parameters: Mapping[str, Any],
    began_at: git.GitState | None = None,
    experiment: str = store.EXPERIMENT,
    stage: str | None = None,
    imported: bool = False,
    time_ms: int | None = None,
) -> Run:
    """Open the run of one variant and seed, and write its parameters.

    Before a live training, earlier runs of its stage get the lineage that dvc.lock still holds: once the stage has run,
    DVC writes the new run's over it.

    Args:
        parameters: as in the record: flattened, dotted keys. A value longer than MLflow takes is cut, with its digest.
        began_at: the commit at which the training began; default: the present one.
        stage: the DVC stage; default: `train@VARIANT`.
        imported: whether it is made from the record, later than the training.
        time_ms: when it began, in milliseconds since 1970; default: now.

    Raises:
        QuoiError: the database is locked, damaged or not writable.
    """
    stage = stage or stage_of(variant)
    tags = {"mlflow.source.name": f"dvc repro {stage}", STAGE_TAG: stage}
    if imported:
        tags[IMPORTED_TAG] = "true"
    else:
        lineage_tags.attach(client, stage=stage)
    return _open(client, experiment, variant, seed, parameters, began_at or git.state(), tags, time_ms)


def log(
    client: MlflowClient,
    experiment: str,
    variant: str,
    seed: int,
    parameters: Mapping[str, Any],
    history: History,
    scores: Mapping[str, float],
    tags: Mapping[str, str],
) -> None:
    """Write the run of a training that is no stage's, and is done.

    Raises:
        QuoiError: the database is locked, damaged or not writable.
    """
    with _open(client, experiment, variant, seed, parameters, git.state(), tags) as run:
        for row in history:
            run.log_epoch(row, step=int(row["epoch"]))
        run.finish(scores)


def _open(
    client: MlflowClient,
    experiment: str,
    variant: str,
    seed: int,
    parameters: Mapping[str, Any],
    began_at: git.GitState,
    tags: Mapping[str, str],
    time_ms: int | None = None,
) -> Run:
    from mlflow.entities import Param

    common = {
        "mlflow.source.git.commit": began_at.commit,
        "mlflow.source.type": "LOCAL",
        "quoi.git_dirty": began_at.dirty,
        "quoi.variant": variant,
        "quoi.seed": str(seed),
        "quoi.profile": str(parameters.get("profile", git.UNKNOWN)),
    }
    own = {"variant": variant, "seed": seed} if experiment == store.EXPERIMENT else {"seed": seed}
    params = [Param(key, shortened(value)) for key, value in {**parameters, **own}.items()]
    with store.explained():
        made_in = store.experiment_id(client, experiment)
        name = run_name(variant, seed)
        run = client.create_run(made_in, start_time=time_ms, tags=common | dict(tags), run_name=name)
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
    client, began_at = store.connect(experiments=(experiment,)), git.state()
    end_abandoned(client, variant, seeds, experiment)
    with ExitStack() as stack:
        starts = (start(client, variant, seed, parameters, began_at, experiment, stage) for seed in seeds)
        yield {seed: stack.enter_context(run) for seed, run in zip(seeds, starts, strict=True)}


def complete(run: Run, record: Record, root: Path | str = ".") -> None:
    """End the run of a live training as its record says, when no import is at work; then renew what MLflow shows first.

    Raises:
        QuoiError: as `fill`.
    """
    from quoi.tracking import overview  # which reads records

    with store.alone(root):
        fill(run, record, root)
        with suppress(QuoiError):  # the training is done; the next import says what is wrong
            overview.renew(run.client, root)


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
    files = [record.folder / name for name in (training.METRICS, training.HISTORY)]
    with TemporaryDirectory() as folder:
        pictures = Path(folder) / "pictures"
        record.draw(pictures)
        if record.model is not None:
            ending[MODEL_TAG] = serving.log_model(run.client, run.run_id, record.model)
        files += [path for path in (checks_file, pictures) if path.exists()]
        run.finish({**record.scores, **measured}, files, tags=ending)


def _digest(*content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _model(result: Result, root: Path) -> Path | None:
    """The folder of the variant's model, where it is here and is this record's; a fresh clone lacks it."""
    folder, names = root / MODELS / result.variant, ("variant", "settings", "best_seed")
    if not (folder / "model.json").exists():
        return None
    description = read_json(folder / "model.json")
    languages = {side: description.get(f"{side}_language") for side in SIDES}
    same = languages == result.languages and all(description.get(name) == getattr(result, name) for name in names)
    return folder if same and any(folder.glob("*.safetensors")) else None
