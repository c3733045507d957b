"""A workspace to run one stage in, with the inputs that dvc.lock names, where nothing of the user's can be harmed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any

from quoi.io import download
from quoi.io.errors import QuoiError
from quoi.io.files import why_not_written
from quoi.params import profiles
from quoi.repo import cache, git
from quoi.repo.digests import of_file
from quoi.repo.lockfile import inside, overlap
from quoi.repo.pipeline import Pipeline, Stage

_CONFIG = "[core]\n    no_scm = true\n    analytics = false\n[cache]\n    dir = cache\n"
_PATIENCE = 10  # seconds that an interrupted stage has to end by itself
_ALONE = ("--quiet", "--single-item", "--force", "--no-commit")


@contextmanager
def sandbox(root: Path, told: Pipeline, stage: Stage, changed: Iterable[str] = ()) -> Iterator[Path]:
    """Yield a temporary folder that holds what Git tracks or the stage depends on, as it stands, and its inputs.

    It has a cache of its own, which stays empty. The folder is made where the system keeps temporary files; the
    variable TMPDIR names another place.

    Args:
        changed: what else the stage reads that is no longer what it was.

    Raises:
        QuoiError: `root` is not a Git repository, an input is nowhere to be had, the code, the parameters or an
            input are no longer what dvc.lock has recorded of the stage, or the folder cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="quoi-verify-") as name:
        folder = Path(name).resolve()
        try:
            _fill(root, told, folder, stage)
        except OSError as error:
            if reason := why_not_written(error):
                place = f"{folder.parent}, where {stage.name} would be run again, cannot be written"
                raise QuoiError(f"{place}: {reason}; the variable TMPDIR names another place.") from error
            raise
        _check_unchanged(folder, stage, changed)
        yield folder


def run(folder: Path, stage: Stage) -> dict[str, str]:
    """Run a stage in a sandbox workspace, and return the digests of its outputs by path; it prints to stderr.

    Raises:
        QuoiError: it failed, and has said why.
    """
    if _dvc(folder, "repro", *_ALONE, stage.name, stdout=sys.stderr).returncode:
        raise QuoiError(f"{stage.name} failed when it was run again: what it said stands above.")
    outs = profiles.settings(folder / "dvc.lock")["stages"][stage.name]["outs"]
    return {out["path"]: out["md5"] for out in outs}


def _fill(root: Path, told: Pipeline, folder: Path, stage: Stage) -> None:
    cached = [out.path for _, out in told.outputs() if out.cached]
    kept = [path for path in stage.inputs if not any(inside(path, each) for each in cached)]
    _copy(root, folder, ("dvc.lock", *kept))
    (folder / ".dvc/config.local").write_text(_CONFIG, encoding="utf-8")
    for path, md5 in _needed(told, stage).items():
        _place(root, told, folder, path, md5)
    _link_own_files(root, folder)


def _copy(root: Path, folder: Path, further: Iterable[str]) -> None:
    """What Git tracks, and `further` paths that it may not know yet; folders among them file by file."""
    command = ["git", "ls-files", "-z", "--cached"]
    try:
        names = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        raise QuoiError(f"What Git tracks is what a stage runs with. {git.why_not(root)}") from None
    if not names:
        raise QuoiError(f"Git tracks nothing in {root.resolve()}: `git add --all` there tells it of the code.")
    tracked = (root / os.fsdecode(name) for name in names.split(b"\0") if name)
    below = (path for name in further for path in (root / name, *(root / name).rglob("*")))
    for path in chain(tracked, below):
        there = folder / path.relative_to(root)
        if path.is_file() and not there.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, there)


def _needed(told: Pipeline, stage: Stage) -> dict[str, str]:
    """The cached files that the stage reads, by path, and their digests."""
    needed: dict[str, str] = {}
    for producer, out in told.outputs():
        if not out.cached or not any(overlap(out.path, each) for each in stage.inputs):
            continue
        listed = cache.files(told, out)
        if listed is None:
            raise QuoiError(
                f"{out.path} of {producer.name} is not in DVC's cache: `dvc pull` or `dvc repro` brings it back."
            )
        needed |= {path: md5 for path, md5 in listed.items() if any(overlap(path, each) for each in stage.inputs)}
    return needed


def _place(root: Path, told: Pipeline, folder: Path, path: str, md5: str) -> None:
    """Copy a file from the cache or the workspace, wherever it still has the digest."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    for source in (told.object(md5), root / path):
        if source.is_file():
            shutil.copyfile(source, target)
            if of_file(target) == md5:
                return
    raise QuoiError(
        f"{path} is missing or damaged, in DVC's cache and in the workspace: `quoi cache --repair` and `dvc pull` or "
        f"`dvc repro` bring it back."
    )


def _link_own_files(root: Path, folder: Path) -> None:
    """Files that neither Git nor DVC has: those that params.yaml names by a relative path, and finished downloads."""
    own = [Path(value) for value in _texts(profiles.settings(root / profiles.PARAMS)) if len(value) < 255]
    own += [path.relative_to(root) for path in (root / download.FOLDER).glob("*")]
    for path in own:
        here, there = root / path, folder / path
        if not path.is_absolute() and ".." not in path.parts and here.exists() and not os.path.lexists(there):
            there.parent.mkdir(parents=True, exist_ok=True)
            there.symlink_to(here.resolve())


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _check_unchanged(folder: Path, stage: Stage, further: Iterable[str]) -> None:
    answer = _dvc(folder, "status", "--json", stage.name, stdout=subprocess.PIPE)
    if answer.returncode:
        raise QuoiError(f"DVC cannot tell the state of {stage.name}: what it said stands above.")
    changed = list(further)
    for each in json.loads(answer.stdout).get(stage.name, []):
        if each == "changed command":
            changed.append("its command in dvc.yaml")
        elif isinstance(each, dict):  # else it is "always changed", as dvc.yaml says of a stage
            changed += _named(each.get("changed deps", {}))
    if changed:
        shown = ", ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")
        raise QuoiError(f"{stage.name} is not what dvc.lock tells of since {shown} changed: run `dvc repro` first.")


def _named(changes: dict[str, Any]) -> list[str]:
    """What has changed, files by their path and parameters by their key."""
    named = []
    for path, kind in changes.items():
        named += [f"{path}: {key}" for key in kind] if isinstance(kind, dict) else [path]
    return named


def _dvc(folder: Path, *arguments: str, stdout: Any) -> subprocess.CompletedProcess[str]:
    """DVC in a sandbox workspace, with that workspace's code; where this is interrupted, it ends with all it began."""
    path = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    environment = os.environ | {
        "PATH": os.pathsep.join(filter(None, path)),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(folder / "src"), os.environ.get("PYTHONPATH", "")])),
        "DVC_NO_ANALYTICS": "1",
        "DVC_SITE_CACHE_DIR": str(folder / ".dvc/tmp/site"),
        "TORCHINDUCTOR_CACHE_DIR": str(folder / ".dvc/tmp/inductor"),  # else PyTorch makes a folder beside this one
    }
    command = [sys.executable, "-m", "dvc", *arguments]
    # A group of its own: whoever interrupts this process alone would leave the stage at work in a folder that is gone.
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=stdout, text=True, start_new_session=True
    ) as process:
        try:
            told, _ = process.communicate()
        except BaseException:
            _end(process)
            raise
    return subprocess.CompletedProcess(command, process.returncode, told)


def _end(process: subprocess.Popen[str]) -> None:
    """Interrupt a process and its children as Ctrl-C does at a terminal; what does not heed that is killed."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
        os.killpg(process.pid, signal.SIGKILL)
