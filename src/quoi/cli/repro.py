"""`make repro`: DVC's run between a look at its cache and MLflow; and none of that where nothing has changed."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from graphlib import TopologicalSorter
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from quoi import params
from quoi.io import fork_server
from quoi.io.errors import QuoiError
from quoi.io.files import read_note, write_json
from quoi.io.processes import cores
from quoi.jobs import named
from quoi.params.outside import own_paths
from quoi.repo import cache, pipeline
from quoi.repo.lockfile import overlap
from quoi.repo.locks import holders
from quoi.repo.pipeline import Pipeline, Stage
from quoi.tracking import store

SEEN = Path(".quoi/repro.json")
"""Every file and folder that the last whole run had to do with, as it was then."""
SETTINGS = ("params.yaml", "dvc.yaml", ".dvc/config", ".dvc/config.local")

Stamp = list[int] | list[str] | None
"""Of a file its size, times and number, of a folder the names in it; None: there is none."""


def unchanged(root: Path = Path()) -> bool:
    """Whether everything that the last whole run read and wrote is as it was then, by size and times.

    That is also what DVC goes by before it reads a file again, so it would have nothing to do.
    """
    seen = read_note(root / SEEN)
    return bool(seen) and all(_stamp(root / path) == stamp for path, stamp in seen.items())


def run(tell: Callable[[str], None], root: Path = Path()) -> None:
    """Run the pipeline by `dvc repro`, and give MLflow what it lacks.

    Raises:
        QuoiError: an object in DVC's cache is damaged, a stage has failed, or the store cannot be written.
    """
    from quoi.tracking import backfill

    told = pipeline.read(root)
    _look_at_cache(root, told, tell if _has_remote(root) else lambda sentence: None)
    before = inputs(told, root)
    with fork_server.running() as address:
        status = _dvc(root, told, os.environ | address, tell)
    if status:
        raise QuoiError(" ".join(("`dvc repro` has stopped, for the reason above.", *map(str, holders(root)))))
    told = pipeline.read(root)
    _look_at_cache(root, told, tell)
    given = params.load(root / "params.yaml")
    for sentence in backfill.bring(root, given.registry.score, list(given.variants)).sentences():
        tell(sentence)
    if before == inputs(told, root):  # else something was edited meanwhile, and the next run has to see it
        remember(told, before, root)


def branches(told: Pipeline) -> tuple[list[str], list[list[str]]]:
    """What can run side by side.

    Returns:
        the stages that need no other, with which all begins; and groups of stages of which none needs another group's,
        each in an order in which it can run. A last stage that joins groups is in none.
    """
    before = {
        name: [other for other, earlier in told.stages.items() if other != name and _feeds(earlier, stage)]
        for name, stage in told.stages.items()
    }
    groups: list[list[str]] = []
    for name in TopologicalSorter(before).static_order():
        met = [group for group in groups if set(before[name]) & set(group)]
        joins = len(met) > 1 and not any(name in others for others in before.values())
        if before[name] and not joins:
            groups = [group for group in groups if group not in met] + [[*chain.from_iterable(met), name]]
    place = list(told.stages).index
    return [name for name in before if not before[name]], sorted(groups, key=lambda group: min(map(place, group)))


def _feeds(stage: Stage, other: Stage) -> bool:
    """Whether one stage writes what the other reads, all or a part of it."""
    return any(overlap(path, out.path) for path in other.inputs for out in stage.outputs)


def _dvc(root: Path, told: Pipeline, environment: dict[str, str], tell: Callable[[str], None]) -> int:
    """`dvc repro`, and on two cores before it the two first branches of the pipeline side by side, if both are missing.

    The first has the terminal; what the second says comes after it. Where there are results already, to start DVC once
    is quicker.

    Returns:
        the exit status.
    """

    def dvc(*stages: str) -> dict[str, Any]:
        told = ("dvc", "--wait-for-lock", "repro", "--single-item", *stages) if stages else ("dvc", "repro")
        return {"args": told, "cwd": root, "env": environment}

    def missing(branch: list[str]) -> bool:
        return not all((root / out.path).exists() for name in branch for out in told.stages[name].outputs)

    start, found = branches(told)
    found = [branch for branch in found if missing(branch)]
    if len(found) > 1 and cores() > 1:
        if status := subprocess.run(**dvc(*start)).returncode:
            return status
        tell(f"Beside the other stages, and shown after them: {', '.join(found[1])}")
        with (
            TemporaryFile() as said,
            subprocess.Popen(**dvc(*found[1]), stdout=said, stderr=said, process_group=0) as second,
        ):
            status = 1
            try:
                status = subprocess.run(**dvc(*found[0])).returncode
            finally:
                if status:
                    os.killpg(second.pid, signal.SIGINT)
            status = second.wait() or status
            said.seek(0)
            sys.stdout.flush()
            shutil.copyfileobj(said, sys.stdout.buffer)
            sys.stdout.flush()  # before DVC writes on
        if status:
            return status
    return subprocess.run(**dvc()).returncode


def inputs(told: Pipeline, root: Path = Path()) -> dict[str, Stamp]:
    """What everything that people write is like now: settings, code, and the files that params.yaml names."""
    return _stamps(root, _inputs(root, told))


def remember(told: Pipeline, read: dict[str, Stamp], root: Path = Path()) -> None:
    """Keep for `unchanged` what was read, and what is written now."""
    write_json(root / SEEN, read | _stamps(root, _outputs(root, told)))


def _has_remote(root: Path) -> bool:
    """Whether what is missing may be had from somewhere."""
    return any("remote" in path.read_text(encoding="utf-8") for path in (root / ".dvc").glob("config*"))


def _look_at_cache(root: Path, told: Pipeline, tell: Callable[[str], None]) -> None:
    checked = cache.check(root, new=True, told=told)
    for sentence in cache.sentences(checked):
        tell(sentence)
    cache.refuse_damaged(checked)


def _inputs(root: Path, told: Pipeline) -> Iterator[Path]:
    yield from map(Path, SETTINGS)
    made = [out.path for stage in told.stages.values() for out in stage.outputs]
    for path in {path for stage in told.stages.values() for path in stage.inputs}:
        if not any(overlap(path, out) for out in made):
            yield from _below(root, Path(path))
    given = params.load(root / "params.yaml")
    for key, path in own_paths(given).items():
        yield Path(path)
        with suppress(OSError):
            yield from (file for file in named.read_of(root / path, key, given))


def _outputs(root: Path, told: Pipeline) -> Iterator[Path]:
    """What the run writes: outputs, their objects in DVC's cache, its record, and MLflow's store."""
    yield from (Path("dvc.lock"), Path(store.DATABASE))
    for _, out in told.outputs():
        yield from _below(root, Path(out.path))
    yield from (entry.object for entry in cache.tracked(told))


def _below(root: Path, path: Path) -> Iterator[Path]:
    """A path, and if it is a folder all that is in it."""
    yield path
    inside = (each.relative_to(root) for each in (root / path).rglob("*"))
    yield from (each for each in inside if not any(map(_passing, each.parts)))


def _stamps(root: Path, paths: Iterable[Path]) -> dict[str, Stamp]:
    return {str(path): _stamp(root / path) for path in paths}


def _stamp(path: Path) -> Stamp:
    try:
        told = path.stat()
        if stat.S_ISDIR(told.st_mode):
            return sorted(name for name in os.listdir(path) if not _passing(name))
    except OSError:
        return None
    return [told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino]


def _passing(name: str) -> bool:
    """Whether a file is one that .dvcignore passes over."""
    return name == "__pycache__" or name.endswith(".partial")
