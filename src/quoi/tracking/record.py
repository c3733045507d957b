"""A training's MLflow run and its record: what Git keeps of it is enough to make the run, and is how it is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from quoi.io.files import read_json
from quoi.records import checks, results
from quoi.records.results import History, Result
from quoi.tracking import lineage, serving, store
from quoi.tracking.run_tags import IMPORTED_TAG
from quoi.tracking.runs import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient

RECORDS = results.VARIANTS
MODELS = Path("models")
DIGEST_TAG = "quoi.record"
MODEL_TAG = "quoi.model"
CHECKS_TAG = "quoi.checks"
"""`ok`, or which checks of the training are not, and their states."""
_FILES = (results.METRICS, "history.csv")


@dataclass(frozen=True)
class Record:
    """One seed of a variant's results."""

    result: Result
    seed: int
    experiment: str = store.EXPERIMENT

    @property
    def variant(self) -> str:
        """The variant's name."""
        return self.result.variant

    @property
    def name(self) -> str:
        """The run's name, for people."""
        return run_name(self.variant, self.seed)

    @property
    def stage(self) -> str:
        """The DVC stage that trained it."""
        return lineage.stage_of(self.variant)

    @property
    def parameters(self) -> dict[str, Any]:
        """Those of the whole pipeline, flattened with dotted keys."""
        return self.result.parameters

    @property
    def told(self) -> dict[str, Any]:
        """The parameters of its run."""
        return {**self.parameters, "variant": self.variant, "seed": self.seed}

    @property
    def history(self) -> History:
        """A row an epoch; absent values are left out."""
        return self.result.history[self.seed]

    @property
    def scores(self) -> dict[str, float]:
        """The final scores."""
        return self.result.seeds[self.seed]

    @property
    def best(self) -> bool:
        """Whether the variant's model serves this seed's weights."""
        return self.seed == self.result.best_seed

    @property
    def folder(self) -> Path:
        """Where the record lies."""
        return self.result.folder

    @property
    def files(self) -> list[Path]:
        """What of the record is copied into the run."""
        return [self.result.folder / name for name in _FILES]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of variant, seed, parameters, history and scores: the same for the same training anywhere."""
        told = [self.variant, self.seed, self.parameters, self.history, self.scores]
        return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def draw(self, folder: Path) -> None:
        """Pictures for the run: its curves and, of the best seed, where it looked."""
        from quoi.report import attention, plots

        plots.training_curves(folder / "training.png", self.name, self.history)
        drawn = attention.drawable(self.result.samples)[:4]
        if self.best and drawn:
            attention.attention_png(folder / "attention.png", drawn, title=self.variant)

    def model(self, root: Path) -> Path | None:
        """The folder of the variant's model, where it is here and is this record's; a fresh clone lacks it."""
        folder = root / MODELS / self.variant
        if not (folder / "model.json").exists():
            return None
        told = read_json(folder / "model.json")
        result = self.result
        same = (told.get("variant"), told.get("direction"), told.get("settings"), told.get("best_seed")) == (
            result.variant,
            result.direction,
            result.settings,
            result.best_seed,
        )
        return folder if same and any(folder.glob("*.safetensors")) else None


def run_name(variant: str, seed: int) -> str:
    """`baseline seed 1`."""
    return f"{variant} seed {seed}"


def read_record(folder: Path | str) -> dict[int, Record]:
    """The records in `folder` (reports/translation/variants/VARIANT), by seed.

    Raises:
        QuoiError: a file is absent, damaged, or has no rows for one of the seeds.
    """
    result = results.read(folder)
    return {seed: Record(result, seed) for seed in result.seeds}


def read_all(root: Path | str = ".") -> list[Record]:
    """Every record under `root`, by variant and seed.

    Raises:
        QuoiError: as `read_record`.
    """
    files = sorted((Path(root) / RECORDS).glob(f"*/{results.METRICS}"))
    return [record for file in files for record in read_record(file.parent).values()]


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


def complete(run: Run, done: Record, root: Path | str = ".") -> None:
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


def fill(run: Run, done: Record, root: Path | str = ".") -> None:
    """End a run as its record tells: scores, checks, files, pictures, the best seed's model, and the record's digest.

    The digest comes with the end: a run that is cut short before has none, and is made again.

    Raises:
        QuoiError: the database is locked, or a file of the record is missing.
    """
    tags = {DIGEST_TAG: done.digest}
    told, measured = checks.file_of(done.stage, root), {}
    if told.exists():
        found = checks.read(done.stage, root).of(checks.part_of(done.seed))
        measured = {f"checks/{check.key}": check.value for check in found if check.value is not None}
        tags[CHECKS_TAG] = ", ".join(f"{check.state}: {check.key}" for check in found if check.state != "ok") or "ok"
    model = done.model(Path(root)) if done.best else None
    with TemporaryDirectory() as folder:
        pictures = Path(folder) / "pictures"
        done.draw(pictures)
        if model is not None:
            tags[MODEL_TAG] = serving.log_model(run.client, run.run_id, model)
        kept = [path for path in (told, pictures) if path.exists()]
        run.finish({**done.scores, **measured}, [*done.files, *kept], tags=tags)
