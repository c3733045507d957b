"""What `quoi claims run` does: whatever training the claims need and is not there yet, and their verdicts."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from quoi.claims import engines, results, statements
from quoi.claims.kinds import KINDS
from quoi.claims.results import Result
from quoi.claims.statements import Claims, Unit
from quoi.io.errors import QuoiError
from quoi.jobs import hardware
from quoi.jobs.kinds import TRAININGS
from quoi.repo import dvc, worktree
from quoi.repo.digests import of_path, of_value
from quoi.repo.dvc import Pipeline, Stage
from quoi.tracking import record, store

DATA = Path(".quoi/claims/data")
WORK = Path(".quoi/claims/work")
EXPERIMENT = "claims"


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
    tasks = lacking(wanted, claims, root)
    echo(f"{len(wanted)} trainings, {len(tasks)} of them to do.")
    if tasks:
        _train(tasks, claims, experiment, engine or claims.engine, echo, root)


def lacking(wanted: Sequence[Unit], claims: Claims, root: Path = Path()) -> list[Task]:
    """The trainings that have no file, or one that was made with other parameters, code or files."""
    pipeline = dvc.read(root)
    codes = {kind: _codes(pipeline, kind, root) for kind in dict.fromkeys(unit.kind for unit in wanted)}
    needs = {name: claims.corpora[name].needs for name in {unit.corpus for unit in wanted}}
    files = {name: of_path(root / path) if path else None for name, path in needs.items()}
    tasks: list[Task] = []
    for unit in wanted:
        before, making, trained_by = codes[unit.kind]
        code = of_value([making, trained_by])
        made_with = {"code": code, "files": of_value(files[unit.corpus]), "torch": version("torch")}
        done = results.read(unit, root)
        if not done or done.parameters != results.parameters(unit) or not made_with.items() <= done.made_with.items():
            data = root / DATA / of_value([_read_by(before, unit), making, files[unit.corpus]])
            tasks.append(Task(unit, data, made_with))
    return tasks


def confirm(number: int, echo: Callable[[str], None], engine: str | None = None, root: Path = Path()) -> None:
    """Repeat some of the trainings that other code made, and keep all of those if each gives the same numbers.

    It is for a change that ought to change no number, such as another name of a parameter. Those that are repeated are
    drawn: one of each kind, on each corpus, whose parameters have changed in the same way, and others up to `number`.

    Args:
        engine: as of `run`.

    Raises:
        QuoiError: a training gives other numbers; nothing is kept then. Or as `run`.
    """
    claims = statements.load(root)
    corpora = available(claims, root)[0]
    wanted = statements.units(claims, claims.claims, corpora, root)
    wanted += statements.trials(claims, root) if claims.importance and claims.importance.corpus in corpora else []
    tasks = lacking(wanted, claims, root)
    before = {task.unit: done for task in tasks if (done := results.read(task.unit, root))}
    tasks = [task for task in tasks if task.unit in before]
    if not tasks:
        echo("All trainings that are there are by this code.")
        return
    drawn = _drawn(tasks, before, number)
    echo(f"{len(tasks)} trainings by other code, {len(drawn)} of them to repeat.")
    for count, (task, result) in enumerate(_trained(drawn, claims, engine or claims.engine, echo, root), start=1):
        done = before[task.unit]
        if replace(result, parameters=done.parameters, made_with=done.made_with) != done:
            raise QuoiError(
                f"{task.unit} gives other numbers than by the code that made it, {_score(task.unit, result)} and "
                f"{_score(task.unit, done)} before: `quoi claims run` and `quoi importance` do such trainings again."
            )
        echo(f"{count}/{len(drawn)} {task.unit}: the same")
    repeated = {"repeated": f"{len(drawn)} of {len(tasks)}"}
    for task in tasks:
        now = {"parameters": results.parameters(task.unit), "made_with": task.made_with | repeated}
        results.save(replace(before[task.unit], **now), root)
    echo(f"All {len(tasks)} are kept as trainings of this code.")


def _drawn(tasks: Sequence[Task], before: Mapping[Unit, Result], number: int) -> list[Task]:
    shuffled = random.Random(0).sample(tasks, len(tasks))
    firsts: dict[str, Task] = {}
    for task in shuffled:
        now, then = (
            {f"{key}: {json.dumps(value)}" for key, value in parameters.items()}
            for parameters in (results.parameters(task.unit), before[task.unit].parameters)
        )
        firsts.setdefault(of_value([task.unit.kind, task.unit.corpus, sorted(now ^ then)]), task)
    others = [task for task in shuffled if task not in firsts.values()]
    return [*firsts.values(), *others[: max(0, number - len(firsts))]]


def _train(
    tasks: Sequence[Task], claims: Claims, experiment: str, engine: str, echo: Callable[[str], None], root: Path
) -> None:
    client = store.connect(root, experiments=(experiment,))
    for number, (task, result) in enumerate(_trained(tasks, claims, engine, echo, root), start=1):
        results.save(result, root)
        tags = {"mlflow.source.name": f"quoi {experiment}", "quoi.corpus": result.corpus, record.DIGEST_TAG: task.key}
        own = result.setting, result.seed, result.parameters, result.history, result.scores
        record.log(client, experiment, *own, tags)
        echo(f"{number}/{len(tasks)} {task.unit}: {_score(task.unit, result)}")


def _trained(
    tasks: Sequence[Task], claims: Claims, engine: str, echo: Callable[[str], None], root: Path
) -> Iterator[tuple[Task, Result]]:
    """Every task with its result, as they are done; its checkpoint is removed when the next one is asked for."""

    def prepared() -> Iterator[Task]:
        for task in tasks:
            needed = claims.corpora[task.unit.corpus].needs
            prepare(task, [root / needed] if needed else [], echo, root)
            yield task

    if tasks:
        threads = tasks[0].unit.params.hardware.threads
        for task, result in engines.ENGINES[engine](prepared(), Trainer((root / WORK).resolve()), threads):
            yield task, result
            shutil.rmtree(root / WORK / task.key, ignore_errors=True)


def _score(unit: Unit, result: Result) -> str:
    kind = KINDS[unit.kind]
    score = next(iter(kind.scores))
    return f"{score} {result.score(kind.methods[0], score):.1f}"


@dataclass(frozen=True)
class Trainer:
    """Trains one task in a worker; `work` is where checkpoints are."""

    work: Path

    def __call__(self, task: Task, data: Path) -> Result:
        os.chdir(data)  # a worker's only work is these tasks, and a training reads what is below its folder
        result = TRAININGS[task.unit.kind].train(task.unit, self.work / task.key)
        return replace(result, made_with=task.made_with)


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
        training = TRAININGS[task.unit.kind]
        worktree.made_with(root, task.data, task.unit.settings, training.stages, training.reads, files)


def _read_by(stages: Sequence[Stage], unit: Unit) -> dict[str, Any]:
    """The sections of a unit's parameters that some stages read."""
    sections = {key.split(".")[0] for stage in stages for key in stage.parameters}
    return unit.params.model_dump(mode="json", include=sections)


Code = dict[str, str | None]


def _codes(pipeline: Pipeline, kind: str, root: Path) -> tuple[list[Stage], list[Code], Code]:
    """The stages that make a kind's data, the code of each, and that of a training: digests by path."""
    training = TRAININGS[kind]
    before = _before(pipeline, training.stages)
    stage = next(stage for stage in pipeline.own.values() if stage.name.split("@")[0] == training.stage)
    return before, [_code(stage.deps, root) for stage in before], _code([*stage.deps, *training.code], root)


def _before(pipeline: Pipeline, stages: Sequence[str]) -> list[Stage]:
    """Some stages, and all that they need."""
    chosen = [stage for stage in pipeline.own.values() if stage.name.split("@")[0] in stages]
    for stage in chosen:  # grows on the way
        chosen += [other for other in pipeline.before(stage) if other not in chosen]
    return sorted(chosen, key=lambda stage: stage.name)


def _code(paths: Iterable[str], root: Path) -> Code:
    return {path: of_path(root / path) for path in sorted(set(paths)) if path.startswith("src/")}
