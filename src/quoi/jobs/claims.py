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
from quoi.io.errors import QuoiError
from quoi.jobs import hardware, seeds
from quoi.repo import dvc, worktree
from quoi.repo.digests import of_path, of_value
from quoi.repo.dvc import Pipeline, Stage
from quoi.tracking import record, store
from quoi.translation import inputs

DATA = Path(".quoi/claims/data")
WORK = Path(".quoi/claims/work")
EXPERIMENT = "claims"
STAGES = ("numericalize", "embed")
READ = ("data/ids", "data/vectors", "data/questions.parquet")
"""Of the pipeline, the stages whose outputs a training reads, and these; DVC runs the stages before them too."""


@dataclass(frozen=True)
class Task:
    """What a worker is given: a training, the folder with its data, and what else decides its numbers.

    That is digests of the code and of the files that the corpus needs, and torch's version. The data are not compared:
    made by the same code on another processor they differ in last bits, for which nobody trains anew.
    """

    unit: Unit
    data: Path
    made_with: dict[str, str]

    @property
    def key(self) -> str:
        """The digest of all that decides the training's numbers."""
        return of_value([results.parameters(self.unit), self.unit.seed, self.made_with])


def available(claims: Claims, root: Path = Path()) -> tuple[list[str], list[str]]:
    """The corpora that can be had here, and a sentence for each that cannot."""
    lacking = {name: corpus.needs for name, corpus in claims.corpora.items()}
    missing = {name: path for name, path in lacking.items() if path and not (root / path).exists()}
    sentences = [f"Corpus {name} is left out: {path} is not here." for name, path in missing.items()]
    return [name for name in claims.corpora if name not in missing], sentences


def run(names: Sequence[str], echo: Callable[[str], None], engine: str | None = None, root: Path = Path()) -> None:
    """Train what the claims of these names lack, or all; a training that is done is never done again.

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
    train(statements.units(claims, chosen, corpora, root), claims, EXPERIMENT, echo, engine, root)


def run_trials(echo: Callable[[str], None], engine: str | None = None, root: Path = Path()) -> None:
    """Do the trainings of the random search that are not done.

    Raises:
        QuoiError: as `run`; or claims.yaml has no `importance`, or its corpus is not here.
    """
    claims = statements.load(root)
    units = statements.trials(claims, root)
    if units[0].corpus not in available(claims, root)[0]:
        raise QuoiError(f"Corpus {units[0].corpus} is not here: {claims.corpora[units[0].corpus].needs} is missing.")
    train(units, claims, "importance", echo, engine, root)


def train(
    wanted: Sequence[Unit],
    claims: Claims,
    experiment: str,
    echo: Callable[[str], None],
    engine: str | None = None,
    root: Path = Path(),
) -> None:
    """Do the trainings that are not done.

    A killed run goes on where it stopped: finished trainings have their file, and others their checkpoint.

    Args:
        experiment: of MLflow, in which each is a run.
    """
    if not wanted:
        return
    hardware.check(wanted[0].params.hardware)
    pipeline = dvc.read(root)
    before = _before(pipeline)
    making = {stage.name: _code(stage, root) for stage in before}
    training = _code(next(stage for stage in pipeline.own.values() if stage.name.split("@")[0] == "train"), root)
    code = of_value([making, training])
    needs = {name: claims.corpora[name].needs for name in {unit.corpus for unit in wanted}}
    files = {name: [root / path] if path else [] for name, path in needs.items()}
    digests = {name: [of_path(path) for path in paths] for name, paths in files.items()}
    tasks: list[Task] = []
    for unit in wanted:
        made_with = {"code": code, "files": of_value(digests[unit.corpus]), "torch": version("torch")}
        done = results.read(unit, root)
        if done is not None and (done.parameters, done.made_with) == (results.parameters(unit), made_with):
            continue
        data = root / DATA / of_value([_read_by(before, unit), making, digests[unit.corpus]])
        tasks.append(Task(unit, data, made_with))
    echo(f"{len(wanted)} trainings, {len(tasks)} of them to do.")
    for task in tasks:
        prepare(task, files[task.unit.corpus], echo, root)
    if tasks:
        _train(tasks, experiment, engine or claims.engine, echo, root)


def _train(tasks: Sequence[Task], experiment: str, engine: str, echo: Callable[[str], None], root: Path) -> None:
    threads = tasks[0].unit.params.hardware.threads
    client = store.connect(root, experiments=(experiment,))
    work = (root / WORK).resolve()
    for number, (task, result) in enumerate(engines.ENGINES[engine](tasks, Trainer(work), threads), start=1):
        results.save(result, root)
        tags = {"mlflow.source.name": f"quoi {experiment}", "quoi.corpus": result.corpus, record.DIGEST_TAG: task.key}
        own = result.setting, result.seed, result.parameters, result.history, result.scores
        record.log(client, experiment, *own, tags)
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
            results.parameters(unit),
            task.made_with,
            trained.scores,
            pairs.row[pairs.validation_indices].tolist(),
            results.statistics(trained.translations, references),
            trained.history,
        )


def prepare(task: Task, files: Sequence[Path], echo: Callable[[str], None], root: Path = Path()) -> None:
    """Make the data of a training by the pipeline's own stages, where they are not.

    DVC runs in a copy of the code with the unit's parameters and with this repository's cache, so that what was made
    before, here or in the pipeline, is taken from there.

    Args:
        files: what the corpus needs.

    Raises:
        QuoiError: a stage fails.
    """
    if not task.data.exists():
        echo(f"Data of {task.unit.setting} on {task.unit.corpus}")
        worktree.made_with(root, task.data, task.unit.settings, STAGES, READ, files)


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
