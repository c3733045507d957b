"""`quoi doctor`: what of this installation serves the profile in params.yaml, and what stops it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from quoi.cli.terminal import JSON, show, table
from quoi.io.errors import QuoiError, some
from quoi.io.stage import echo_json

if TYPE_CHECKING:
    from quoi.params import Params
    from quoi.params.outside import Wanted
    from quoi.params.profiles import Needs

OK, NOTE, PROBLEM = "ok", "note", "problem"
"""All is well; worth knowing; it stops the profile."""
TIMEOUT = 2.0
"""Seconds in which a server or a driver has to answer."""
_COLOURS = {OK: "green", NOTE: "yellow", PROBLEM: "red"}
_SETUP = "`make setup` installs what is pinned"


class Finding(NamedTuple):
    """What was looked at, how it is (OK, NOTE or PROBLEM), and in one sentence what that means for the profile."""

    name: str
    mark: str
    says: str


@click.command()
@JSON
def doctor(as_json: bool) -> None:
    """Check the installation for the profile in params.yaml; exit status 1 where something stops it."""
    from quoi import params

    given = params.load()
    found = []
    try:
        for finding in examine(given):
            found.append(finding)
    except ImportError as error:
        found.append(Finding("packages", PROBLEM, f"{error}, so the checks end here: {_SETUP}."))
    problems = sum(finding.mark == PROBLEM for finding in found)
    if as_json:
        checks = [finding._asdict() for finding in found]
        echo_json({"profile": given.profile, "problems": problems, "checks": checks})
    else:
        from rich.text import Text

        rows = ((Text(mark, _COLOURS[mark]), name, says) for name, mark, says in found)
        show(table(f"For profile {given.profile}", ["mark", "name", "says"], rows, head=False))
    sys.exit(1 if problems else 0)


def examine(given: Params, root: Path = Path()) -> Iterator[Finding]:
    """Look at everything, in seconds; nothing is written, and servers are asked for a byte at most."""
    from quoi.io.processes import cores
    from quoi.params import profiles
    from quoi.params.outside import downloads, wanted

    measured = profiles.measured(root)
    needs = measured.needs.get(given.profile, profiles.Needs())
    yield packages(root)
    yield from optional(given)
    yield git(root)
    yield disk(root, given, needs, measured.total(downloads(given)))
    yield memory(given, needs, cores())
    yield gpu(given)
    yield from dvc(root)
    for source in wanted(given):
        yield from outside(root, source)


def packages(root: Path) -> Finding:
    """Whether every package is installed, as it is pinned, and with what it needs."""
    from importlib import metadata

    from packaging.utils import canonicalize_name

    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    if done.returncode and "No module named pip" not in done.stderr:
        broken = done.stdout.strip().splitlines() or [done.stderr.strip()]
        return Finding("packages", PROBLEM, f"{some(broken)}: {_SETUP}.")
    # Without a build, as in 2.13.0+cpu.
    here = {canonicalize_name(each.name): each.version.split("+")[0] for each in metadata.distributions()}
    pinned = re.findall(r"^([\w.-]+)==(\S+)", (root / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    found = [(name, pin, here.get(canonicalize_name(name), pin)) for name, pin in pinned]
    other = [f"{name} {version} ({pin} is pinned)" for name, pin, version in found if version != pin]
    if other:
        return Finding("packages", NOTE, f"{some(other)}: the numbers may differ from those reported; {_SETUP}.")
    return Finding("packages", OK, f"Python {sys.version.split()[0]} and the versions of constraints.txt.")


def optional(given: Params) -> Iterator[Finding]:
    """Whether the package is installed that holds the corpus, where it is in one."""
    from quoi.io.installed import folder_of
    from quoi.params.corpus import INSTALL, PACKAGES

    source = given.corpus.source
    if (name := PACKAGES.get(source)) is None:
        return
    try:
        yield Finding(f"package {name}", OK, f"{folder_of(name, name, 'corpus.source', INSTALL[source])} is there.")
    except QuoiError as error:
        yield Finding(f"package {name}", PROBLEM, str(error))


def git(root: Path) -> Finding:
    """Whether Git reads this repository: without one, DVC does not start, and runs do not know their commit."""
    from quoi.repo.git import top, why_not

    if reason := why_not(root):
        return Finding("Git", NOTE if top(root) else PROBLEM, reason)  # without a commit, only lineage is lost
    return Finding("Git", OK, "git is there, and reads this repository.")


def disk(root: Path, given: Params, needs: Needs, loads: int) -> Finding:
    """Whether what the profile downloads (`loads` bytes) and makes, less what is there already, fits on the disk."""
    from rich.filesize import decimal as size

    from quoi.io.download import FOLDER

    free = shutil.disk_usage(root).free
    if not needs.disk and not loads:
        return Finding("disk", NOTE, f"{size(free)} are free; what {given.profile} takes was not measured.")
    # What the pipeline makes is there a second time in DVC's cache.
    here = 2 * sum(_bytes(root / name) for name in ("data", "models", "indexes")) + _bytes(root / FOLDER)
    more = max(0, loads + needs.disk - here)
    mark = PROBLEM if free < more else OK
    return Finding("disk", mark, f"{size(free)} are free, and {given.profile} takes about {size(more)} more.")


def memory(given: Params, needs: Needs, cores: int) -> Finding:
    """Whether the trainings that run at once on so many cores fit into memory."""
    import psutil
    from rich.filesize import decimal as size

    from quoi.jobs.seeds import side_by_side

    there = psutil.virtual_memory()
    free = f"{size(there.available)} of {size(there.total)} are free"
    amount = re.match(r"([\d.]+) GB( for each training)?", needs.memory)
    if amount is None:
        return Finding("memory", NOTE, f"{free}; what {given.profile} takes was not measured.")
    takes = int(float(amount[1]) * 1e9 * (side_by_side(given, cores) if amount[2] else 1))
    mark = OK if there.available >= takes else NOTE if there.total >= takes else PROBLEM
    return Finding("memory", mark, f"{free}; {given.profile} takes about {size(takes)}.")


def gpu(given: Params) -> Finding:
    """Whether there is a GPU of NVIDIA's, as its driver tells, and a build of torch for it."""
    from importlib import metadata

    try:
        asked = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=TIMEOUT, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        answer = ""
    there = ", ".join(answer.strip().splitlines()) or "none of NVIDIA's answers"
    build, wanted = metadata.version("torch"), given.hardware.accelerator
    mark, torch = OK, f"torch {build}"
    if build.endswith("+cpu") and wanted != "cpu" and (answer or wanted == "gpu"):
        mark, torch = PROBLEM if wanted == "gpu" else NOTE, f"torch {build} is built without GPUs"
    elif wanted == "gpu" and not answer:
        mark = NOTE  # Lightning knows other makes, and says itself where it finds none
    return Finding("GPU", mark, f"{there}; {torch}; hardware.accelerator is `{wanted}`.")


def dvc(root: Path) -> Iterator[Finding]:
    """Whether DVC reads this repository and its cache has what dvc.lock names, and who is at work here."""
    from quoi.repo import cache, dvc

    try:
        lacking = [entry for entry in cache.tracked(dvc.read(root)) if not entry.object.is_file()]
    except QuoiError as error:
        yield Finding("DVC", PROBLEM, str(error))
    else:
        if lacking:
            again = f"stages that write these run again unless `dvc pull` fetches what was shared: {some(lacking)}"
            yield Finding("DVC cache", NOTE, f"Not all is there; {again}.")
        else:
            yield Finding("DVC cache", OK, "What dvc.lock names is there; `quoi cache` reads it too.")
    yield from (Finding("DVC lock", NOTE, holder) for holder in dvc.holders(root))


def outside(root: Path, source: Wanted) -> Iterator[Finding]:
    """Files of one's own, or a download: whether it is there, or a server gives it. Only a byte is asked for."""
    from quoi.cli.checks import of_other_settings
    from quoi.io.download import FOLDER
    from quoi.io.files import read_note
    from quoi.repo.dvc import read_lock

    for key, path in source.paths.items():
        if (root / path).exists():
            yield Finding("source", OK, f"{key} is there.")
        else:
            yield Finding("source", PROBLEM, f"{key} is {path}, which does not exist: {source.stage} cannot run.")
    if source.paths:
        return
    notes = [read_note(path) for path in (root / FOLDER).glob("*.note") if path.with_suffix("").is_file()]
    if any(note.get("sha256") and note.get("url") in source.urls for note in notes):
        yield Finding("network", OK, f"{source.key} was downloaded earlier.")
        return
    reasons = [reason for url in source.urls if (reason := why_not(url))]
    if len(reasons) < len(source.urls):
        yield Finding("network", OK, f"{source.key} can be downloaded.")
    elif source.stage in read_lock(root).keys() - of_other_settings(root):
        yield Finding(
            "network", OK, f"{source.key} need not be downloaded: {source.stage} has run with these settings."
        )
    else:
        yield Finding("network", PROBLEM, f"{reasons[0]}: {source.stage} cannot run, unless {source.key}.path is set.")


def why_not(url: str) -> str | None:
    """Why a server does not give a file, as a sentence without its end; None: it does."""
    from quoi.io import http

    try:
        http.check_url(url)
        with http.session() as asking, closing(http.ask(asking, url, {"Range": "bytes=0-0"}, TIMEOUT)):
            return None
    except http.Failure as failure:
        return f"{url} {failure}"
    except QuoiError as error:
        return str(error).rstrip(".")


def _bytes(path: Path) -> int:
    """What the files below a folder take."""
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file() and not file.is_symlink())
