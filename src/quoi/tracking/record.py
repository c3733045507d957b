"""A training's MLflow run and its record: what Git keeps of it is enough to make the run, and is how it is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
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
from quoi.tracking.lineage_tags import STAGE_TAG
from quoi.tracking.run import Run, shortened

if TYPE_CHECKING:
    from mlflow import MlflowClient

MODELS = Path("models")
DIGEST_TAG = "quoi.record"
MODEL_TAG = "quoi.model"


@dataclass(frozen=True)
class Record:
    """What Git keeps of one seed's training.

    Attributes:
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
        history = result.history[seed]
        digest = _digest(result.variant, seed, result.parameters, history, scores)
        common = stage_of(result.variant), result.folder, result.parameters, history, scores, digest
        best = {"samples": result.samples, "model": _model(result, root)} if seed == result.best_seed else {}
        records[seed] = Record(store.EXPERIMENT, result.variant, seed, *common, **best)
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
                scores |= {metric_name(f"{prefix}{pictures}_{key}"): value for key, value in values.items()}
        digest = _digest(name, seed, result.parameters, history, methods)
        common = devise_record.STAGE, result.folder, result.parameters, history, scores, digest
        records[seed] = Record(name, name, seed, *common)
    return records


def metric_name(score: str) -> str:
    """A score of DeViSE's by a name that MLflow takes."""
    return score.replace("@", "_at_").replace(" ", "_")


def read_record(folder: Path | str) -> dict[int, Record]:
    """The records in `folder` (reports/translation/variants/VARIANT), by seed.

    Raises:
        QuoiError: a file is absent, damaged, or has no rows for one of the seeds.
    """
    return of_translation(results.read(folder))


def stage_tags(stage: str) -> dict[str, str]:
    """The tags of a run that a DVC stage makes."""
    return {"mlflow.source.name": f"dvc repro {stage}", STAGE_TAG: stage}


def start(
    client: MlflowClient,
    variant: str,
    seed: int,
    parameters: Mapping[str, Any],
    began_at: git.GitState | None = None,
    experiment: str = store.EXPERIMENT,
    tags: Mapping[str, str] | None = None,
    time_ms: int | None = None,
) -> Run:
    """Open the run of one variant and seed, and write its parameters.

    Args:
        parameters: as in the record: flattened, dotted keys. A value longer than MLflow takes is cut, with its digest.
        began_at: the commit at which the training began; default: the present one.
        tags: further ones; default: those of the stage `train@VARIANT`.
        time_ms: when it began, in milliseconds since 1970; default: now.

    Raises:
        QuoiError: the database is locked, damaged or not writable.
    """
    began_at = began_at or git.state()
    common = {
        "mlflow.source.git.commit": began_at.commit,
        "mlflow.source.type": "LOCAL",
        "quoi.git_dirty": began_at.dirty,
        "quoi.variant": variant,
        "quoi.seed": str(seed),
        "quoi.profile": str(parameters.get("profile", git.UNKNOWN)),
    }
    tags = common | dict(stage_tags(stage_of(variant)) if tags is None else tags)
    own = {"variant": variant, "seed": seed} if experiment == store.EXPERIMENT else {"seed": seed}
    params = {key: shortened(value) for key, value in {**parameters, **own}.items()}
    with store.explained():
        made_in, name = store.experiment_id(client, experiment), run_name(variant, seed)
        run = client.create_run(made_in, start_time=time_ms, tags=tags, run_name=name)
        store.log_batches(client, run.info.run_id, params.items())
    return Run(client, run.info.run_id, time_ms)


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
    with start(client, variant, seed, parameters, experiment=experiment, tags=tags) as run:
        for row in history:
            run.log_epoch(row, step=int(row["epoch"]))
        run.finish(scores)


@contextmanager
def open_runs(
    experiment: str, variant: str, stage: str, seeds: Sequence[int], parameters: Mapping[str, Any]
) -> Iterator[dict[int, Run]]:
    """An open run a seed, for a live training.

    A killed process cannot say so itself: what MLflow still calls RUNNING of these trainings is called KILLED first.
    And earlier runs of the stage get the lineage that dvc.lock still holds: once the stage has run, DVC writes the new
    run's over it.

    Raises:
        QuoiError: the store cannot be used.
    """
    client, began_at, tags = store.connect(experiments=(experiment,)), git.state(), stage_tags(stage)
    for seed in seeds:
        abandoned = client.search_runs(
            [store.experiment_id(client, experiment)],
            f"attributes.status = 'RUNNING' and tags.`quoi.variant` = '{variant}' and tags.`quoi.seed` = '{seed}'",
        )
        for run in abandoned:
            client.set_terminated(run.info.run_id, "KILLED")
    lineage_tags.attach(client, stage)
    with ExitStack() as stack:
        starts = (start(client, variant, seed, parameters, began_at, experiment, tags) for seed in seeds)
        yield {seed: stack.enter_context(run) for seed, run in zip(seeds, starts, strict=True)}


def complete(runs: Mapping[int, Run], records: Mapping[int, Record], root: Path | str = ".") -> None:
    """End the runs of a live training, by seed, as their records say, when no import is at work; then renew what MLflow
    shows first.

    Raises:
        QuoiError: as `fill`.
    """
    from quoi.tracking import overview  # which reads records

    with store.alone(root):
        for seed, run in runs.items():
            fill(run, records[seed], root)
        with suppress(QuoiError):  # the training is done; the next import says what is wrong
            overview.renew(next(iter(runs.values())).client, root)


def fill(run: Run, record: Record, root: Path | str = ".") -> None:
    """End a run as its record says: scores, checks, files, pictures, the best seed's model, and the record's digest.

    The digest comes with the end: a run that is cut short before has none, and is made again.

    Raises:
        QuoiError: the database is locked, or a file of the record is missing.
    """
    ending, measured = {DIGEST_TAG: record.digest}, {}
    checks_file = checks.file_of(record.stage, root)
    if checks_file.exists():
        # `ok`, or which checks of the training are not, and their states.
        own = checks.read(record.stage, root).of(checks.part_of(record.seed))
        measured = {f"checks/{check.key}": check.value for check in own if check.value is not None}
        ending["quoi.checks"] = ", ".join(f"{check.state}: {check.key}" for check in own if check.state != "ok") or "ok"
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
