"""`make repro`: DVC's run between a look at its cache and MLflow; and none of that where nothing has changed."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from graphlib import TopologicalSorter
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from quoi import params
from quoi.cli.runs import bring
from quoi.io import fork_server
from quoi.io.errors import QuoiError
from quoi.io.files import read_note, write_json
from quoi.io.processes import cores
from quoi.jobs import named
from quoi.params.outside import own_paths
from quoi.repo import cache, dvc
from quoi.repo.digests import ignored
from quoi.repo.dvc import Pipeline, overlap
from quoi.tracking import store

SEEN = Path(".quoi/repro.json")
"""Every file and folder that the last whole run had to do with, as it was then."""
SETTINGS = ("params.yaml", "dvc.yaml", ".dvc/config", ".dvc/config.local")

Stamp = list[int] | list[str] | None
"""Of a file its size, times and number, of a folder the names in it; None: there is none."""


def unchanged() -> bool:
    """Whether everything that the last whole run read and wrote is as it was then, by size and times.

    DVC too looks at these before it reads a file again, so it would have nothing to do.
    """
    seen = read_note(SEEN)
    return bool(seen) and all(_stamp(Path(path)) == stamp for path, stamp in seen.items())


def run(echo: Callable[[str], None]) -> None:
    """Run the pipeline here by `dvc repro`, and give MLflow what it lacks.

    Raises:
        QuoiError: an object in DVC's cache is damaged, a stage has failed, the environment names another MLflow store,
            or the store cannot be written.
    """
    store.refuse_other_stores(Path.cwd())
    pipeline = dvc.read()
    cache.refuse_damaged(cache.check(pipeline, new=True))
    before = inputs(pipeline)
    with fork_server.running() as address:
        environment = os.environ | address
        threading.Thread(target=store.load, daemon=True).start()  # it takes seconds, and is needed after DVC
        status = _run_dvc(pipeline, environment, echo)
    if status:
        raise QuoiError(" ".join(("`dvc repro` has stopped, for the reason above.", *dvc.holders())))
    pipeline = dvc.read()
    checked = cache.check(pipeline, new=True)
    for sentence in cache.sentences(checked, cache.Repaired()):
        echo(sentence)
    cache.refuse_damaged(checked)
    for sentence in bring().sentences():
        echo(sentence)
    if before == inputs(pipeline):  # else something was edited meanwhile, and the next run has to see it
        remember(pipeline, before)


def branches(pipeline: Pipeline) -> tuple[list[str], list[list[str]], list[str]]:
    """What can run side by side.

    Returns:
        the stages that need no other, with which all begins; groups of stages of which none needs another group's; and
        the last stages, which join groups. Each in an order in which it can run.
    """
    before = {name: [other.name for other in pipeline.before(stage)] for name, stage in pipeline.own.items()}
    groups: list[list[str]] = []
    last = []
    for name in TopologicalSorter(before).static_order():
        met = [group for group in groups if set(before[name]) & set(group)]
        if len(met) > 1 and not any(name in others for others in before.values()):
            last.append(name)
        elif before[name]:
            groups = [group for group in groups if group not in met] + [[*chain.from_iterable(met), name]]
    position = list(before).index
    start = [name for name in before if not before[name]]
    return start, sorted(groups, key=lambda group: min(map(position, group))), last


def _run_dvc(pipeline: Pipeline, environment: dict[str, str], echo: Callable[[str], None]) -> int:
    """`dvc repro`, and on two cores before it the two first branches of the pipeline side by side, if both are missing.

    The first has the terminal; what the second says comes after it. Where there are results already, to start DVC once
    is quicker.

    Returns:
        the exit status.
    """

    def command(*stages: str) -> dict[str, Any]:
        alone = ("dvc", "--wait-for-lock", "repro", "--single-item", *stages)
        return {"args": alone if stages else ("dvc", "repro"), "env": environment}

    def missing(branch: list[str]) -> bool:
        return not all(Path(out).exists() for name in branch for out in pipeline.own[name].outs)

    start, every, last = branches(pipeline)
    groups = [branch for branch in every if missing(branch)]
    rest: list[str] = []
    if len(groups) > 1 and cores() > 1:
        if status := subprocess.run(**command(*start)).returncode:
            return status
        echo(f"Beside the other stages, and shown after them: {', '.join(groups[1])}")
        with (
            TemporaryFile() as output,
            subprocess.Popen(**command(*groups[1]), stdout=output, stderr=output, process_group=0) as second,
        ):
            status = 1
            try:
                status = subprocess.run(**command(*groups[0])).returncode
            finally:
                if status:
                    os.killpg(second.pid, signal.SIGINT)
            status = second.wait() or status
            output.seek(0)
            sys.stdout.flush()
            shutil.copyfileobj(output, sys.stdout.buffer)
            sys.stdout.flush()  # before DVC writes on
        if status:
            return status
        # Not all of them once more, at which DVC would look for seconds.
        rest = [*chain.from_iterable(branch for branch in every if branch not in groups[:2]), *last]
    return subprocess.run(**command(*rest)).returncode


def inputs(pipeline: Pipeline) -> dict[str, Stamp]:
    """What everything that people write is like now: settings, code, and the files that params.yaml names."""
    made = [out for stage in pipeline.own.values() for out in stage.outs]
    read = {path for stage in pipeline.own.values() for path in stage.deps}
    stamps = _stamps([*SETTINGS, *(path for path in read if not any(overlap(path, out) for out in made))])
    given = params.load()
    for key, path in own_paths(given).items():
        stamps |= _stamps([path])
        with suppress(OSError):
            stamps |= _stamps(named.read_of(Path(path), key, given))
    return stamps


def remember(pipeline: Pipeline, read: dict[str, Stamp]) -> None:
    """Keep for `unchanged` what was read, and what is written now: outputs, their objects in DVC's cache, the record of
    the run, and MLflow's store."""
    outs = (out for _, out, _ in pipeline.outputs())
    objects = (entry.object for entry in cache.tracked(pipeline))
    write_json(SEEN, read | _stamps([dvc.LOCK, store.DATABASE, *outs, *objects]))


def _stamps(paths: Iterable[Path | str]) -> dict[str, Stamp]:
    """The state of each path and of all below it."""
    below = (path for top in map(Path, paths) for path in (top, *top.rglob("*")))
    return {os.path.relpath(path): _stamp(path) for path in below if not ignored(path)}


def _stamp(path: Path) -> Stamp:
    try:
        state = path.stat()
        if stat.S_ISDIR(state.st_mode):
            return sorted(name for name in os.listdir(path) if not ignored(Path(name)))
    except OSError:
        return None
    return [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino]
