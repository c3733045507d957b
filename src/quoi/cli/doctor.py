"""`quoi doctor`: what of this installation serves the profile in params.yaml, and what stops it."""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from quoi.io.errors import QuoiError
from quoi.io.stage import echo_json

if TYPE_CHECKING:
    from quoi.params import Params
    from quoi.params.outside import Wanted
    from quoi.params.profiles import Needs
    from quoi.repo.pipeline import Pipeline

Mark = Literal["ok", "note", "problem"]
OK: Mark = "ok"
NOTE: Mark = "note"
PROBLEM: Mark = "problem"
DATABASE = "mlflow.db"
TIMEOUT = 2.0
"""Seconds in which a server or a driver has to answer."""
_COLOURS = {OK: "green", NOTE: "yellow", PROBLEM: "red"}
_SETUP = "`make setup` installs what is pinned"


@dataclass(frozen=True)
class Check:
    """What was looked at, and in one sentence what was found and what that means for the profile.

    Attributes:
        mark: ok; note: worth knowing; problem: it stops the profile.
    """

    name: str
    mark: Mark
    says: str


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> None:
    """Check the installation for the profile in params.yaml; exit status 1 where something stops it."""
    from quoi import params

    given = params.load()
    checks = list(examine(given))
    problems = sum(check.mark == PROBLEM for check in checks)
    if as_json:
        echo_json({"profile": given.profile, "problems": problems, "checks": [asdict(check) for check in checks]})
    else:
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Table

        table = Table(title=f"For profile {given.profile}", title_justify="left", title_style="bold", box=None)
        table.show_header = False
        for check in checks:
            table.add_row(f"[{_COLOURS[check.mark]}]{check.mark}[/]", check.name, escape(check.says))
        Console().print(table)
    sys.exit(1 if problems else 0)


def examine(given: Params, root: Path = Path()) -> Iterator[Check]:
    """Look at everything, in seconds; nothing is written, and servers are asked for a byte at most."""
    from quoi.io.processes import cores as available
    from quoi.params import profiles
    from quoi.params.outside import downloads, wanted

    measured = profiles.measured(root)
    needs = measured.needs.get(given.profile, profiles.Needs())
    yield packages(root)
    yield fasttext(given)
    yield git(root)
    yield disk(root, given, needs, measured.total(downloads(given)))
    yield memory(given, needs, available())
    yield cores(given, needs, available())
    yield gpu(given)
    yield mlflow(root)
    yield from dvc(root)
    found = wanted(given)
    for each in found:
        yield from source(root, each)
    if not found:
        yield Check("network", OK, "The profile reads nothing from elsewhere.")


# Software


def packages(root: Path) -> Check:
    """Whether every package is installed, as it is pinned, and with what it needs."""
    from importlib import metadata

    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    if done.returncode and "No module named pip" not in done.stderr:
        broken = done.stdout.strip().splitlines() or [done.stderr.strip()]
        return Check("packages", PROBLEM, f"{_shown(broken)}: {_SETUP}.")
    try:
        lines = (root / "constraints.txt").read_text(encoding="utf-8").split()
    except OSError as error:
        return Check("packages", NOTE, f"There is nothing to compare with: {error}.")
    pinned = dict(line.split("==") for line in lines if "==" in line)
    other = []
    for name, version in pinned.items():
        try:
            here = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # of another system, or an extra; pip tells what is missing
        if here.split("+")[0] != version:  # a build for one kind of device says so behind a plus, as in 2.13.0+cpu
            other.append(f"{name} {here} ({version} is pinned)")
    if other:
        return Check("packages", NOTE, f"{_shown(other)}: the numbers may differ from those reported; {_SETUP}.")
    return Check("packages", OK, f"Python {sys.version.split()[0]} and the versions of constraints.txt.")


def fasttext(given: Params) -> Check:
    """Whether fastText is built, which pip does with a C++ compiler, and whether it loads."""
    used = {given.vectors.source_of(language) for language in ("en", "fr")} & {"train", "fasttext-bin"}
    means = "embed cannot run" if used else "this profile does not need it"
    try:
        importlib.import_module("fasttext_pybind")
    except ImportError as error:
        says = f"fastText does not load ({error}), so {means}: `make setup` builds it, for which g++ is needed."
        return Check("fastText", PROBLEM if used else NOTE, says)
    return Check("fastText", OK, "fastText is built and loads, so no compiler is needed any more.")


def git(root: Path) -> Check:
    """Whether Git reads this repository: without one, DVC does not start, and runs do not know their commit."""
    from quoi.repo.git import top, why_not

    reason = why_not(root)
    if reason is None:
        return Check("Git", OK, "git is there, and reads this repository.")
    return Check("Git", NOTE if top(root) else PROBLEM, reason)  # without a commit, only lineage is lost


# Machine


def disk(root: Path, given: Params, needs: Needs, loads: int) -> Check:
    """Whether what the profile downloads (`loads` bytes) and makes, less what is there already, fits on the disk."""
    from quoi.io.download import FOLDER
    from quoi.params.profiles import size

    free = shutil.disk_usage(root).free
    if not needs.disk and not loads:
        return Check("disk", NOTE, f"{size(free)} are free; what {given.profile} takes was not measured.")
    # What the pipeline makes is there a second time in DVC's cache.
    here = 2 * sum(_bytes(root / name) for name in ("data", "models", "indexes")) + _bytes(root / FOLDER)
    more = max(0, loads + needs.disk - here)
    if free < more:
        return Check("disk", PROBLEM, f"{size(free)} are free and {given.profile} takes about {size(more)} more.")
    takes = f"{given.profile} takes about {size(more)} more" if more else f"all that {given.profile} takes is there"
    return Check("disk", OK, f"{size(free)} are free; {takes}.")


def memory(given: Params, needs: Needs, number: int) -> Check:
    """Whether the trainings that run at once on so many cores fit into memory."""
    import psutil

    from quoi.jobs.seeds import side_by_side
    from quoi.params.profiles import GB, size

    there = psutil.virtual_memory()
    amount = re.match(r"([\d.]+) GB( for each training)?", needs.memory)
    free = f"{size(there.available)} of {size(there.total)} are free"
    if amount is None:
        return Check("memory", NOTE, f"{free}; what {given.profile} takes was not measured.")
    takes = int(float(amount[1]) * GB * (side_by_side(given, number) if amount[2] else 1))
    mark = OK if there.available >= takes else NOTE if there.total >= takes else PROBLEM
    return Check("memory", mark, f"{free}; {given.profile} takes about {size(takes)}.")


def cores(given: Params, needs: Needs, number: int) -> Check:
    """How many trainings run at once."""
    from quoi.jobs.seeds import side_by_side

    side = side_by_side(given, number)
    trains = f"{side} of {len(given.seeds)} seeds train at once" if side > 1 else "one seed trains at a time"
    there = f"{number} core{'' if number == 1 else 's'}: {trains}"
    return Check("cores", OK if number > 1 else NOTE, f"{there}; {given.profile} takes: {needs.time}.")


def gpu(given: Params) -> Check:
    """Whether there is a GPU of NVIDIA's, as its driver tells, and a build of torch for it."""
    from importlib import metadata

    try:
        asked = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=TIMEOUT, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        answer = ""
    there = ", ".join(answer.strip().splitlines())
    build = metadata.version("torch")
    blind, wanted = build.endswith("+cpu"), given.hardware.accelerator
    if wanted == "gpu" and (blind or not there):
        why = f"torch {build} is built without them" if blind else "none of NVIDIA's answers"
        # Lightning knows other makes, and says itself where it finds none.
        return Check("GPU", PROBLEM if blind else NOTE, f"hardware.accelerator is `gpu`, and {why}: train may not run.")
    if not there:
        return Check("GPU", OK, "None of NVIDIA's answers: training runs on what else torch finds, else on the CPU.")
    if wanted == "cpu":
        return Check("GPU", OK, f"{there}, left idle by hardware.accelerator `cpu`.")
    if blind:
        return Check("GPU", NOTE, f"{there}, left idle: torch {build} is built without GPUs.")
    return Check("GPU", OK, f"{there}: training runs there.")


# Data


def mlflow(root: Path) -> Check:
    """Whether MLflow's store can be read."""
    path = root / DATABASE
    if not path.exists():
        return Check("MLflow", OK, f"{DATABASE} is not there yet: the first run or `quoi runs import` makes it.")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=0.5)) as store:
            (runs,) = store.execute("SELECT count(*) FROM runs WHERE lifecycle_stage = 'active'").fetchone()
            (state,) = store.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            return Check("MLflow", NOTE, f"{DATABASE} is locked by another program: close it before training.")
        state = str(error)
    if state != "ok":
        why = " ".join(state.strip("* \n").split())
        says = f"{DATABASE} is damaged ({why}): move it away, and `quoi runs import` makes it anew from the record."
        return Check("MLflow", PROBLEM, says)
    return Check("MLflow", OK, f"{DATABASE} holds {runs} run{'' if runs == 1 else 's'}.")


def dvc(root: Path) -> Iterator[Check]:
    """DVC's cache, remote and locks."""
    from quoi.repo import holders, pipeline

    try:
        with pipeline.opened(root) as repo:
            yield remote(repo)
        yield objects(pipeline.read(root))
    except QuoiError as error:
        yield Check("DVC", PROBLEM, str(error))
    yield from (Check("DVC lock", NOTE, str(holder)) for holder in holders.holders(root))


def remote(repo) -> Check:
    """Whether DVC can use its default remote, which shares artifacts; it is not asked for anything."""
    name = repo.config["core"].get("remote")
    if name is None:
        return Check("DVC remote", OK, "There is none: nothing is pulled or shared, and no profile needs it.")
    try:
        told = repo.cloud.get_remote(name)
    except Exception as error:  # DVC raises what its plug-ins do
        return Check("DVC remote", NOTE, f"{name!r} cannot be used: {' '.join(str(error).split())}.")
    if told.fs.protocol == "local" and not _writable(Path(told.path)):
        return Check("DVC remote", NOTE, f"{name!r} is {told.path}, which may not be written: `dvc push` fails.")
    return Check("DVC remote", OK, f"{name!r} is {told.path}.")


def objects(told: Pipeline) -> Check:
    """Whether the cache has what dvc.lock names. Nothing is read of it: `quoi cache` does that."""
    from quoi.repo import cache

    if not _writable(told.cache):
        says = f"{told.cache} may not be written: a stage that runs fails at its end, when its outputs go there."
        return Check("DVC cache", PROBLEM, says)
    if lacking := cache.missing(told):
        again = f"stages that write these run again unless `dvc pull` fetches what was shared: {cache.shown(lacking)}"
        return Check("DVC cache", NOTE, f"Not all is there; {again}.")
    return Check("DVC cache", OK, "What dvc.lock names is there; `quoi cache` reads it too.")


# What is read from elsewhere


def source(root: Path, each: Wanted) -> Iterator[Check]:
    """Files of one's own, or a download: whether it is there, or a server gives it. Only a byte is asked for."""
    for key, path in each.paths.items():
        if (root / path).exists():
            yield Check("source", OK, f"{key} is there.")
        else:
            yield Check("source", PROBLEM, f"{key} is {path}, which does not exist: {each.stage} cannot run.")
    if each.paths:
        return
    if _downloaded(root).intersection(each.urls):
        yield Check("network", OK, f"{each.key} was downloaded earlier.")
        return
    reasons = [reason for url in each.urls if (reason := why_not(url))]
    if len(reasons) < len(each.urls):
        yield Check("network", OK, f"{each.key} can be downloaded.")
    elif _is_up_to_date(root, each.stage):
        yield Check("network", OK, f"{each.key} need not be downloaded, for {each.stage} has nothing to do.")
    else:
        yield Check("network", PROBLEM, f"{reasons[0]}: {each.stage} cannot run, unless {each.key}.path is set.")


def why_not(url: str) -> str | None:
    """Why a server does not give a file, as a sentence without its end; None: it does."""
    from quoi.io import download

    try:
        with (
            download.session(attempts=1) as asking,
            closing(download.ask(asking, url, {"Range": "bytes=0-0"}, TIMEOUT)),
        ):
            return None
    except download.Failure as failure:
        return f"{url} {failure}"


def _downloaded(root: Path) -> set[str]:
    """The addresses of the files that are here whole."""
    from quoi.io.download import FOLDER

    found = set()
    for path in (root / FOLDER).glob("*.note"):
        try:
            note = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(note, dict) and note.get("sha256") and path.with_suffix("").is_file():
            found.add(str(note.get("url")))
    return found


def _is_up_to_date(root: Path, stage: str) -> bool:
    """Whether a stage has run with what it now depends on; its outputs may be in the cache alone."""
    asked = [sys.executable, "-m", "dvc", "status", "--json", stage]
    answer = subprocess.run(asked, cwd=root, capture_output=True, text=True)
    if answer.returncode:
        return False
    told = json.loads(answer.stdout).get(stage, [])
    changes = [change for each in told for change in (each.items() if isinstance(each, dict) else [(each, {})])]
    return all(kind == "changed outs" and set(outs.values()) <= {"deleted"} for kind, outs in changes)


def _writable(path: Path) -> bool:
    """Whether files can be made in a folder, or the folder itself where it is not there yet."""
    there = next(each for each in (path, *path.resolve().parents) if each.exists())
    return os.access(there, os.W_OK | os.X_OK)


def _bytes(path: Path) -> int:
    """What the files below a folder take."""
    return sum(each.stat().st_size for each in path.rglob("*") if each.is_file() and not each.is_symlink())


def _shown(items: list[str], most: int = 5) -> str:
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")
