"""DVC's cache and remote, and MLflow's store."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib import util
from pathlib import Path
from urllib.parse import urlsplit

from quoi.cli.doctor.checks import NOTE, OK, PROBLEM, Check
from quoi.io.errors import QuoiError
from quoi.repo import cache, pipeline
from quoi.repo import holders as locks

DATABASE = "mlflow.db"

PLUGINS = {
    "s3": "s3", "ssh": "ssh", "webdav": "webdav", "webdavs": "webdav", "gs": "gs", "azure": "azure",
    "gdrive": "gdrive", "oss": "oss", "hdfs": "hdfs", "webhdfs": "webhdfs", "http": "http", "https": "http",
}  # fmt: skip
"""The extra of DVC's that a remote's address needs; a folder needs none."""


def checks(root: Path) -> Iterator[Check]:
    """MLflow, and DVC's cache, remote and locks."""
    yield mlflow(root)
    try:
        with pipeline.opened(root) as repo:
            config = repo.config
        told = pipeline.read(root)
    except QuoiError as error:
        yield Check("DVC", PROBLEM, str(error))
        return
    yield objects(told)
    name = config["core"].get("remote")
    yield remote(name, config["remote"].get(name, {}) if name else {})
    yield from (Check("DVC lock", NOTE, str(holder)) for holder in locks.holders(root))


def objects(told: pipeline.Pipeline) -> Check:
    """Whether the cache has what dvc.lock names. Nothing is read of it: `quoi cache` does that."""
    if not _writable(told.cache):
        says = f"{told.cache} may not be written: a stage that runs fails at its end, when its outputs go there."
        return Check("DVC cache", PROBLEM, says)
    named = sum(1 for _, out in told.outputs() if out.cached)
    if not named:
        return Check("DVC cache", OK, "dvc.lock names no output yet: `dvc repro` makes all.")
    lacking = cache.missing(told)
    if not lacking:
        says = f"The {named} cached outputs of dvc.lock are there; `quoi cache` reads them too."
        return Check("DVC cache", OK, says)
    stages = len({entry.stage for entry in lacking})
    again = f"{stages} stage{' runs' if stages == 1 else 's run'} again unless `dvc pull` fetches what was shared"
    return Check("DVC cache", NOTE, f"Not there: {cache.shown(lacking)}; {again}.")


def remote(name: str | None, config: dict) -> Check:
    """Whether artifacts can be shared: a default remote, and what its kind of address takes.

    Args:
        name: of the default remote; None: there is none.
        config: DVC's configuration of it.
    """
    if name is None:
        return Check("DVC remote", OK, "There is none: nothing is pulled or shared, and no profile needs it.")
    url = str(config.get("url", ""))
    kind = urlsplit(url).scheme if "://" in url else ""
    if not url:
        return Check("DVC remote", NOTE, f"The default remote {name!r} has no address: `dvc pull` cannot run.")
    plugin = PLUGINS.get(kind)
    if plugin and util.find_spec(f"dvc_{plugin}") is None:
        install = f"pip install --constraint constraints.txt 'dvc[{plugin}]'"
        says = f"{name!r} is {kind}: `dvc pull` needs `{install}` first; the pipeline does not."
        return Check("DVC remote", NOTE, says)
    if not kind and not Path(url).is_dir():
        says = f"{name!r} is the folder {url}, which is not there: the first push makes it, or a disk is not mounted."
        return Check("DVC remote", NOTE, says)
    if not kind and not _writable(Path(url)):
        return Check("DVC remote", NOTE, f"{name!r} is the folder {url}, which may not be written: `dvc push` fails.")
    return Check("DVC remote", OK, f"{name!r} is {f'of kind {kind}' if kind else f'the folder {url}'}: not asked here.")


def mlflow(root: Path) -> Check:
    """Whether MLflow's store can be read."""
    path = root / DATABASE
    if not path.exists():
        return Check("MLflow", OK, f"{DATABASE} is not there yet: the first run or `quoi runs import` makes it.")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=0.5)) as store:
            (runs,) = store.execute("SELECT count(*) FROM runs WHERE lifecycle_stage = 'active'").fetchone()
            (state,) = store.execute("PRAGMA quick_check(1)").fetchone()
            if state != "ok":
                raise sqlite3.DatabaseError(" ".join(state.strip("* \n").split()))
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            return Check("MLflow", PROBLEM, f"{DATABASE} is no store of MLflow's ({error}): move it away.")
        return Check("MLflow", NOTE, f"{DATABASE} is locked by another program just now: close it before training.")
    except sqlite3.DatabaseError as error:
        says = f"{DATABASE} is damaged ({error}): move it away, and `quoi runs import` makes it anew from the record."
        return Check("MLflow", PROBLEM, says)
    return Check("MLflow", OK, f"{DATABASE} holds {runs} run{'' if runs == 1 else 's'}.")


def _writable(path: Path) -> bool:
    """Whether files can be made in a folder, or the folder itself where it is not there yet."""
    there = next(each for each in (path, *path.resolve().parents) if each.exists())
    return os.access(there, os.W_OK | os.X_OK)
