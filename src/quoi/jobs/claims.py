"""What `quoi claims run` does: whatever training the claims need and is not there yet, and their verdicts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from quoi.claims import engines, results, statements
from quoi.claims.results import Result
from quoi.claims.statements import Claims, Unit
from quoi.corpus.pairs import Pairs
from quoi.jobs import experiment, hardware, seeds
from quoi.repo import dvc, worktree
from quoi.repo.digests import of_path, of_value
from quoi.repo.dvc import Pipeline, Stage
from quoi.tracking import record, store
from quoi.translation import inputs

DATA = Path(".quoi/claims/data")
WORK = Path(".quoi/claims/work")
EXPERIMENT = "claims"
STAGES = ("numericalize", "embed")
READ = ("data/ids", "data/vectors", "data/text", "data/questions.parquet")
"""Of the pipeline, the stages whose outputs a training reads, and these; DVC runs the stages before them too."""


@dataclass(frozen=True)
class Task:
    """What a worker is given: a training, the folder with its data, and its key.

    The key is the digest of all that decides the training's numbers: parameters, seed, data, code, and torch's version.
    """

    unit: Unit
    data: Path
    key: str


def available(claims: Claims, root: Path = Path()) -> tuple[list[str], list[str]]:
    """The corpora that can be had here, and a sentence for each that cannot."""
    lacking = {name: corpus.needs for name, corpus in claims.corpora.items()}
    missing = {name: path for name, path in lacking.items() if path and not (root / path).exists()}
    sentences = [f"Corpus {name} is left out: {path} is not here." for name, path in missing.items()]
    return [name for name in claims.corpora if name not in missing], sentences


def run(names: Sequence[str], echo: Callable[[str], None], engine: str | None = None, root: Path = Path()) -> None:
    """Train what the claims of these names lack, or all; a training that is done is never done again.

    A killed run goes on where it stopped: finished trainings have their file, and others their checkpoint.

    Args:
        engine: of `engines.ENGINES`; default: that of claims.yaml.

    Raises:
        QuoiError: claims.yaml breaks a rule, there is no such claim, or a stage of the pipeline fails.
    """
    claims = statements.load(root)
    chosen = claims.chosen(tuple(names))
    corpora, sentences = available(claims, root)
    for sentence in sentences:
        echo(sentence)
    wanted = statements.units(claims, chosen, corpora, root)
    if wanted:
        hardware.check(wanted[0].params.hardware)
    pipeline = dvc.read(root)
    before = _before(pipeline)
    code = [_code(stage, root) for stage in before]
    training = _code(next(stage for stage in pipeline.own.values() if stage.name.split("@")[0] == "train"), root)
    content: dict[Path, list[str | None]] = {}
    tasks: list[Task] = []
    for unit in wanted:
        needed = claims.corpora[unit.corpus].needs
        name = of_value([_read_by(before, unit), code])
        data = prepare(unit, name, [root / needed] if needed else [], echo, root)
        if data not in content:
            content[data] = [of_path(data / path) for path in READ]
        own = experiment.parameters(unit.params, unit.setting), unit.seed, version("torch")
        tasks.append(Task(unit, data.resolve(), of_value([*own, training, content[data]])))
    results.note({task.unit: task.key for task in tasks}, root)
    tasks = [task for task in tasks if not results.exists(task.key, root)]
    echo(f"{len(wanted)} trainings, {len(tasks)} of them to do.")
    if tasks:
        _train(tasks, engine or claims.engine, echo, root)


def _train(tasks: Sequence[Task], engine: str, echo: Callable[[str], None], root: Path) -> None:
    threads = tasks[0].unit.params.hardware.threads
    client = store.connect(root, experiments=(EXPERIMENT,))
    work = (root / WORK).resolve()
    for number, (task, result) in enumerate(engines.ENGINES[engine](tasks, Trainer(work), threads), start=1):
        results.save(result, task.key, root)
        tags = {"mlflow.source.name": "quoi claims run", "quoi.corpus": task.unit.corpus, record.DIGEST_TAG: task.key}
        own = result.setting, result.seed, result.parameters, result.history, result.scores
        record.log(client, EXPERIMENT, *own, tags)
        shutil.rmtree(work / task.key, ignore_errors=True)
        echo(f"{number}/{len(tasks)} {task.unit}: BLEU {result.scores['bleu_beam']:.1f}")


@dataclass(frozen=True)
class Trainer:
    """Trains one task in a worker; `work` is where checkpoints are."""

    work: Path

    def __call__(self, task: Task, data: Path) -> Result:
        unit = task.unit
        os.chdir(data)  # a worker's only work is these tasks, and a training reads what is below its folder
        trained = seeds.train_one(unit.params, unit.setting, unit.seed, self.work / task.key, lambda event: None)
        pairs = Pairs.load(Path("data/ids/pairs.safetensors"))
        references = inputs.read(unit.params).validation_texts(unit.params.target_language)
        return Result(
            unit.corpus,
            unit.setting,
            unit.seed,
            experiment.parameters(unit.params, unit.setting),
            trained.scores,
            pairs.row[pairs.validation_indices].tolist(),
            results.statistics(trained.translations, references),
            trained.history,
        )


def prepare(unit: Unit, name: str, files: Sequence[Path], echo: Callable[[str], None], root: Path = Path()) -> Path:
    """The folder in which the data of a training are; they are made by the pipeline's own stages where they are not.

    DVC runs in a copy of the code with the unit's parameters and with this repository's cache, so that what was made
    before, here or in the pipeline, is taken from there.

    Raises:
        QuoiError: a stage fails.
    """
    folder = root / DATA / name
    if folder.exists():
        return folder
    echo(f"Data of {unit.setting} on {unit.corpus}")
    worktree.made_with(root, folder, unit.settings, STAGES, READ, files)
    return folder


def _read_by(stages: Sequence[Stage], unit: Unit) -> dict[str, Any]:
    """The sections of a unit's parameters that some stages read."""
    sections = {key.split(".")[0] for stage in stages for key in stage.parameters}
    return unit.params.model_dump(mode="json", include=sections)


def _before(pipeline: Pipeline) -> list[Stage]:
    """The stages of STAGES, and all that they need."""
    every = list(pipeline.own.values())
    chosen = [stage for stage in every if stage.name.split("@")[0] in STAGES]
    for stage in chosen:  # grows on the way
        chosen += [
            other
            for other in every
            if other not in chosen and any(dvc.overlap(out, dep) for out in other.outs for dep in stage.deps)
        ]
    return sorted(chosen, key=lambda stage: stage.name)


def _code(stage: Stage, root: Path) -> dict[str, str | None]:
    return {path: of_path(root / path) for path in sorted(stage.deps) if path.startswith("src/")}
