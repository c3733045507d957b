"""`make repro`: DVC's run between a look at its cache and MLflow; and none of that where nothing has changed."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from quoi import cache, named, params, pipeline
from quoi.errors import QuoiError
from quoi.files import read_json, write_json
from quoi.locks import holders
from quoi.params.outside import own_paths
from quoi.pipeline import Pipeline
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
    try:
        seen = read_json(root / SEEN)
    except (OSError, QuoiError):
        return False
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
    if subprocess.run(["dvc", "repro"], cwd=root).returncode:
        raise QuoiError(" ".join(("`dvc repro` has stopped, for the reason above.", *map(str, holders(root)))))
    told = pipeline.read(root)
    _look_at_cache(root, told, tell)
    given = params.load(root / "params.yaml")
    for sentence in backfill.bring(root, given.registry.score, list(given.variants)).sentences():
        tell(sentence)
    if before == inputs(told, root):  # else something was edited meanwhile, and the next run has to see it
        remember(told, before, root)


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
        if not any(path == out or path.startswith(f"{out}/") or out.startswith(f"{path}/") for out in made):
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
