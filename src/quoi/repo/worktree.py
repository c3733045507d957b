"""A folder in which a stage's code and data stand as they were: to run it again, or to have a run of it back.

`sandbox` is a temporary one with what Git tracks here as it stands, `restore` one of the user's with the code of a
commit. Nothing of the user's is touched by either.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import chdir, contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any

from quoi import params
from quoi.io import download
from quoi.io.errors import QuoiError, some
from quoi.io.files import replacing
from quoi.params.outside import own_paths
from quoi.repo import dvc, git
from quoi.repo.cache import Cache
from quoi.repo.digests import ignored, of_path
from quoi.repo.dvc import Pipeline, Stage

_PATIENCE = 10  # seconds that an interrupted stage has to end by itself


def place(path: Path, digest: str, sources: Iterable[Path]) -> bool:
    """Copy a file or folder to `path` from the first of the places that has this digest; whether one has."""
    for source in sources:
        if of_path(source) != digest:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.rmtree(path, ignore_errors=True)
            shutil.copytree(source, path, ignore=lambda at, names: {name for name in names if ignored(Path(name))})
        else:
            path.unlink(missing_ok=True)  # what is a link into DVC's cache is not written through
            shutil.copyfile(source, path)
        return True
    return False


def configure(folder: Path, **sections: dict[str, Any]) -> None:
    """Set DVC's own settings of a folder, which Git does not track."""
    from dvc.config import Config

    with Config(str(folder / ".dvc")).edit("local") as local:
        for name, values in sections.items():
            local.setdefault(name, {}).update(values)


@contextmanager
def sandbox(root: Path, pipeline: Pipeline, stage: Stage, changed: Iterable[str] = ()) -> Iterator[Path]:
    """Yield a temporary folder that holds what Git tracks or the stage depends on, as it stands, and its inputs.

    It has a cache of its own, which stays empty. The folder is made where the system keeps temporary files, or where
    the variable TMPDIR says.

    Args:
        changed: what else the stage reads that is no longer what it was.

    Raises:
        QuoiError: `root` is not a Git repository, an input is nowhere to be had, or the code, the parameters or an
            input are no longer what dvc.lock has recorded of the stage.
    """
    cached = [out for producer, out, _ in pipeline.outputs() if out in producer.cached]
    not_cached = (path for path in stage.deps if not any(dvc.inside(path, out) for out in cached))
    with tempfile.TemporaryDirectory(prefix="quoi-verify-") as name:
        folder = Path(name).resolve()
        copy_tracked(root, folder, (dvc.LOCK, *not_cached))
        core = {"no_scm": True, "analytics": False, "site_cache_dir": str(folder / ".dvc/tmp/site")}
        configure(folder, core=core, cache={"dir": str(folder / ".dvc/cache")})
        _place_inputs(root, pipeline, folder, stage)
        _link_own_files(root, folder)
        _check_unchanged(folder, stage, changed)
        yield folder


def run(folder: Path, stage: Stage) -> dict[str, str]:
    """Run a stage in a sandbox, with that folder's code, and return the digests of its outputs by path.

    Raises:
        QuoiError: it failed, and has said why.
    """
    if _run_dvc(folder, "repro", "--quiet", "--single-item", "--force", "--no-commit", stage.name):
        raise QuoiError(f"{stage.name} failed when it was run again: what it said stands above.")
    return Stage.of(stage.name, dvc.read_lock(folder)[stage.name]).outs


def _run_dvc(folder: Path, *arguments: str) -> int:
    """DVC's exit status in a sandbox; it prints to stderr, and where this is interrupted it ends with all it began."""
    environment = os.environ | {
        "PATH": os.pathsep.join(filter(None, [str(Path(sys.executable).parent), os.environ.get("PATH", "")])),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(folder / "src"), os.environ.get("PYTHONPATH", "")])),
        "DVC_NO_ANALYTICS": "1",
        "DVC_SITE_CACHE_DIR": str(folder / ".dvc/tmp/site"),
        "TORCHINDUCTOR_CACHE_DIR": str(folder / ".dvc/tmp/inductor"),  # else PyTorch makes a folder beside this one
    }
    command = [sys.executable, "-m", "dvc", *arguments]
    # A group of its own: whoever interrupts this process alone would leave the stage at work in a folder that is gone.
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=sys.stderr, start_new_session=True) as process:
        try:
            return process.wait()
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does at a terminal; what does not heed it is killed
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_PATIENCE)
                os.killpg(process.pid, signal.SIGKILL)
            raise


def copy_tracked(root: Path, folder: Path, more: Iterable[str] = ()) -> None:
    """Copy what Git tracks, and further paths that it may not know yet.

    Raises:
        QuoiError: there is no Git here, or it tracks nothing.
    """
    names = git.ask(root, "ls-files", "-z", "--cached")
    if names is None:
        raise QuoiError(f"What Git tracks is what a stage runs with. {git.why_not(root)}")
    if not names:
        raise QuoiError(f"Git tracks nothing in {root.resolve()}: `git add --all` there tells it of the code.")
    tracked = (root / name for name in names.split("\0") if name)
    below = (path for name in more for path in (root / name, *(root / name).rglob("*")))
    for path in chain(tracked, below):
        target = folder / path.relative_to(root)
        if path.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def _place_inputs(root: Path, pipeline: Pipeline, folder: Path, stage: Stage) -> None:
    """Copy what DVC keeps of the stage's inputs from the cache or the workspace, wherever it still has its digest."""
    for producer, out, digest in pipeline.outputs():
        if out not in producer.cached or not stage.reads(out):
            continue
        for path, md5 in (pipeline.cache.files(out, digest) or {out: digest}).items():
            if stage.reads(path) and not place(folder / path, md5, (pipeline.cache.object(md5), root / path)):
                raise QuoiError(
                    f"{path} is missing or damaged, in DVC's cache and in the workspace: `quoi cache --repair` and "
                    f"`dvc pull` or `dvc repro` bring it back."
                )


def made_with(
    root: Path,
    folder: Path,
    settings: dict[str, Any],
    stages: Iterable[str],
    paths: Iterable[str],
    files: Iterable[Path],
) -> None:
    """Put into `folder` what stages write with other parameters; DVC makes it in a copy of the code.

    The repository's own cache is used: what was made with such parameters before is restored from there.

    Args:
        settings: the whole of the copy's params.yaml.
        stages: with all that they need; DVC prints to stderr.
        paths: which of the outputs.
        files: to be found in the copy's top folder, by their names.

    Raises:
        QuoiError: a stage failed, and has said why, or the folder cannot be written.
    """
    with replacing(folder) as partial, tempfile.TemporaryDirectory(prefix="quoi-data-") as name:
        copy = Path(name).resolve()
        copy_tracked(root, copy, (dvc.LOCK,))
        (copy / params.PARAMS).write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")  # it is YAML
        cache = Cache.of(root).folder.parent.parent.resolve()
        configure(copy, core={"no_scm": True, "analytics": False}, cache={"dir": str(cache)})
        for file in files:
            (copy / file.name).symlink_to(file.resolve())
        _link_own_files(root, copy)
        if _run_dvc(copy, "repro", *stages):
            raise QuoiError(f"The data for {folder.name} could not be made: the reason stands above.")
        for path in paths:
            (partial / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(copy / path, partial / path)


def _link_own_files(root: Path, folder: Path) -> None:
    """Files that neither Git nor DVC has: those that params.yaml names by a relative path, and finished downloads."""
    own = [Path(path) for path in own_paths(params.load(folder / params.PARAMS)).values()]
    own += [path.relative_to(root) for path in (root / download.FOLDER).glob("*")]
    for path in own:
        here, there = root / path, folder / path
        if not path.is_absolute() and ".." not in path.parts and here.exists() and not os.path.lexists(there):
            there.parent.mkdir(parents=True, exist_ok=True)
            there.symlink_to(here.resolve())


def _check_unchanged(folder: Path, stage: Stage, more: Iterable[str]) -> None:
    changed = list(more)
    with chdir(folder), dvc.opened(folder) as repo:
        status = repo.status([stage.name]).get(stage.name, [])
    for change in status:
        if change == "changed command":
            changed.append("its command in dvc.yaml")
        elif isinstance(change, dict):  # else it is "always changed", as dvc.yaml says of a stage
            for path, kind in change.get("changed deps", {}).items():
                changed += [f"{path}: {key}" for key in kind] if isinstance(kind, dict) else [path]
    if changed:
        raise QuoiError(
            f"{stage.name} is not as dvc.lock records it, since {some(changed)} changed: run `dvc repro` first."
        )
