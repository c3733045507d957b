"""A training's MLflow run and its record: what Git keeps of it is enough to make the run, and is how it is known."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from quoi.io.files import read_json
from quoi.records import checks
from quoi.records.run import SeedRecord, run_name
from quoi.tracking import lineage, serving, store
from quoi.tracking.run_tags import IMPORTED_TAG
from quoi.tracking.runs import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient

MODELS = Path("models")
DIGEST_TAG = "quoi.record"
MODEL_TAG = "quoi.model"
CHECKS_TAG = "quoi.checks"
"""`ok`, or which checks of the training are not, and their states."""


def draw(done: SeedRecord, folder: Path) -> None:
    """Pictures for a run of translation: its curves and, of the best seed, where it looked.

    DeViSE has none here: its gallery shows more.
    """
    if done.result is None:
        return
    from quoi.report import attention, plots

    plots.training_curves(folder / "training.png", done.name, done.history)
    drawn = attention.drawable(done.result.samples)[:4]
    if done.best and drawn:
        attention.attention_png(folder / "attention.png", drawn, title=done.variant)


def model(done: SeedRecord, root: Path) -> Path | None:
    """The folder of the variant's model, where it is here and is this record's; a fresh clone lacks it."""
    result, folder = done.result, root / MODELS / done.variant
    if result is None or not (folder / "model.json").exists():
        return None
    described = read_json(folder / "model.json")
    same = all(
        described.get(name) == getattr(result, name) for name in ("variant", "direction", "settings", "best_seed")
    )
    return folder if same and any(folder.glob("*.safetensors")) else None


def start(
    client: MlflowClient,
    variant: str,
    seed: int,
    parameters: dict[str, Any],
    git: lineage.GitState,
    time_ms: int | None = None,
) -> Run:
    """Open the run of one variant and seed in experiment `translation`.

    Args:
        client: from `store.connect`.
        variant: the variant's name.
        seed: the training's seed.
        parameters: as the record will hold them: flattened, dotted keys.
        git: what `lineage.git_state` found when the training began.
        time_ms: when it began, in milliseconds since 1970; default: now.

    Raises:
        QuoiError: the database is locked, damaged or not writable.
    """
    tags = lineage.tags(variant, seed, str(parameters.get("profile", lineage.UNKNOWN)), git)
    told = {**parameters, "variant": variant, "seed": seed}
    return Run.start(client, store.EXPERIMENT, run_name(variant, seed), told, tags, time_ms)


def end_abandoned(client: MlflowClient, variant: str, seeds: Iterable[int], experiment: str = store.EXPERIMENT) -> None:
    """Call KILLED what MLflow still calls RUNNING of these trainings: a process that is killed cannot say so itself."""
    for seed in seeds:
        left = client.search_runs(
            [store.experiment_id(client, experiment)],
            f"attributes.status = 'RUNNING' and tags.`quoi.variant` = '{variant}' and tags.`quoi.seed` = '{seed}'",
        )
        for run in left:
            client.set_terminated(run.info.run_id, "KILLED")


def complete(run: Run, done: SeedRecord, root: Path | str = ".") -> None:
    """End the run of a live training as its record tells.

    An import that came between the record and this has made a run of the same record: it goes, this one says more.

    Raises:
        QuoiError: as `fill`.
    """
    with store.alone(Path(root)):
        twins = run.client.search_runs(
            [store.experiment_id(run.client, done.experiment)],
            f"tags.`{DIGEST_TAG}` = '{done.digest}' and tags.`{IMPORTED_TAG}` = 'true'",
        )
        fill(run, done, root)
        for twin in twins:
            run.client.delete_run(twin.info.run_id)


def fill(run: Run, done: SeedRecord, root: Path | str = ".") -> None:
    """End a run as its record tells: scores, checks, files, pictures, the best seed's model, and the record's digest.

    The digest comes with the end: a run that is cut short before has none, and is made again.

    Raises:
        QuoiError: the database is locked, or a file of the record is missing.
    """
    tags = {DIGEST_TAG: done.digest}
    told, measured = checks.file_of(done.stage, root), {}
    if told.exists():
        found = [check for check in checks.read(done.stage, root).checks if check.part == checks.part_of(done.seed)]
        measured = {f"checks/{check.key}": check.value for check in found if check.value is not None}
        tags[CHECKS_TAG] = ", ".join(f"{check.state}: {check.key}" for check in found if check.state != "ok") or "ok"
    folder_of_model = model(done, Path(root)) if done.best else None
    with TemporaryDirectory() as folder:
        pictures = Path(folder) / "pictures"
        draw(done, pictures)
        if folder_of_model is not None:
            tags[MODEL_TAG] = serving.log_model(run.client, run.run_id, folder_of_model)
        kept = [path for path in (told, pictures) if path.exists()]
        run.finish({**done.scores, **measured}, [*done.files, *kept], tags=tags)
