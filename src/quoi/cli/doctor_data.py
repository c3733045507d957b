"""What `quoi doctor` says of data: MLflow's store, DVC's cache and remote, and what is read from elsewhere."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from quoi.cli.doctor import NOTE, OK, PROBLEM, TIMEOUT, Finding
from quoi.io import http
from quoi.io.download import FOLDER
from quoi.io.errors import QuoiError
from quoi.io.files import read_note
from quoi.params.outside import Wanted
from quoi.repo import cache, locks
from quoi.repo import dvc as dvc_
from quoi.tracking.store import DATABASE


def mlflow(root: Path) -> Finding:
    """Whether MLflow's store can be read."""
    path = root / DATABASE
    if not path.exists():
        return Finding("MLflow", OK, f"{DATABASE} is not there yet: the first run or `quoi runs import` makes it.")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=0.5)) as store:
            (runs,) = store.execute("SELECT count(*) FROM runs WHERE lifecycle_stage = 'active'").fetchone()
            (state,) = store.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            return Finding("MLflow", NOTE, f"{DATABASE} is locked by another program: close it before training.")
        state = str(error)
    if state != "ok":
        why = " ".join(state.strip("* \n").split())
        says = f"{DATABASE} is damaged ({why}): move it away, and `quoi runs import` makes it anew from the record."
        return Finding("MLflow", PROBLEM, says)
    return Finding("MLflow", OK, f"{DATABASE} holds {runs} run{'' if runs == 1 else 's'}.")


def dvc(root: Path) -> Iterator[Finding]:
    """DVC's cache, remote and locks."""
    try:
        with dvc_.opened(root) as repo:
            yield remote(repo)
        yield objects(dvc_.read(root))
    except QuoiError as error:
        yield Finding("DVC", PROBLEM, str(error))
    yield from (Finding("DVC lock", NOTE, holder) for holder in locks.holders(root))


def remote(repo: Any) -> Finding:
    """Whether DVC can use its default remote, which shares artifacts; it is not asked for anything."""
    name = repo.config["core"].get("remote")
    if name is None:
        return Finding("DVC remote", OK, "There is none: nothing is pulled or shared, and no profile needs it.")
    try:
        place = repo.cloud.get_remote(name)
    except Exception as error:  # DVC raises what its plug-ins do
        return Finding("DVC remote", NOTE, f"{name!r} cannot be used: {' '.join(str(error).split())}.")
    if place.fs.protocol == "local" and not _writable(Path(place.path)):
        return Finding("DVC remote", NOTE, f"{name!r} is {place.path}, which may not be written: `dvc push` fails.")
    return Finding("DVC remote", OK, f"{name!r} is {place.path}.")


def objects(pipeline: dvc_.Pipeline) -> Finding:
    """Whether the cache has what dvc.lock names. Nothing is read of it: `quoi cache` does that."""
    folder = pipeline.cache.folder
    if not _writable(folder):
        says = f"{folder} may not be written: a stage that runs fails at its end, when its outputs go there."
        return Finding("DVC cache", PROBLEM, says)
    if not any(pipeline.outputs()):
        return Finding("DVC cache", OK, "dvc.lock names no output yet: `dvc repro` makes all.")
    if lacking := cache.missing(pipeline):
        again = f"stages that write these run again unless `dvc pull` fetches what was shared: {cache.shown(lacking)}"
        return Finding("DVC cache", NOTE, f"Not all is there; {again}.")
    return Finding("DVC cache", OK, "What dvc.lock names is there; `quoi cache` reads it too.")


def outside(root: Path, source: Wanted) -> Iterator[Finding]:
    """Files of one's own, or a download: whether it is there, or a server gives it. Only a byte is asked for."""
    for key, path in source.paths.items():
        if (root / path).exists():
            yield Finding("source", OK, f"{key} is there.")
        else:
            yield Finding("source", PROBLEM, f"{key} is {path}, which does not exist: {source.stage} cannot run.")
    if source.paths:
        return
    if _downloaded(root).intersection(source.urls):
        yield Finding("network", OK, f"{source.key} was downloaded earlier.")
        return
    reasons = [reason for url in source.urls if (reason := why_not(url))]
    if len(reasons) < len(source.urls):
        yield Finding("network", OK, f"{source.key} can be downloaded.")
    elif _is_up_to_date(root, source.stage):
        yield Finding("network", OK, f"{source.key} need not be downloaded, for {source.stage} has nothing to do.")
    else:
        yield Finding("network", PROBLEM, f"{reasons[0]}: {source.stage} cannot run, unless {source.key}.path is set.")


def why_not(url: str) -> str | None:
    """Why a server does not give a file, as a sentence without its end; None: it does."""
    try:
        http.check_url(url)
        with http.session() as asking, closing(http.ask(asking, url, {"Range": "bytes=0-0"}, TIMEOUT)):
            return None
    except http.Failure as failure:
        return f"{url} {failure}"
    except QuoiError as error:
        return str(error).rstrip(".")


def _downloaded(root: Path) -> set[str]:
    """The addresses of the files that are here whole."""
    addresses = set()
    for path in (root / FOLDER).glob("*.note"):
        note, file = read_note(path), path.with_suffix("")
        if note.get("sha256") and file.is_file() and file.stat().st_size == note.get("size"):
            addresses.add(str(note.get("url")))
    return addresses


def _is_up_to_date(root: Path, stage: str) -> bool:
    """Whether a stage has run with what it now depends on; its outputs may be in the cache alone."""
    command = [sys.executable, "-m", "dvc", "status", "--json", stage]
    answer = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if answer.returncode:
        return False
    changes = json.loads(answer.stdout).get(stage, [])
    deleted = [{*change.get("changed outs", {}).values()} for change in changes if isinstance(change, dict)]
    return len(deleted) == len(changes) and all(states == {"deleted"} for states in deleted)


def _writable(path: Path) -> bool:
    """Whether files can be made in a folder, or the folder itself where it is not there yet."""
    there = next(folder for folder in (path, *path.resolve().parents) if folder.exists())
    return os.access(there, os.W_OK | os.X_OK)
