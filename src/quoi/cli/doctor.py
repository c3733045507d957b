"""`quoi doctor`: what of this installation serves the profile in params.yaml, and what stops it."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from quoi.io.stage import echo_json

if TYPE_CHECKING:
    from quoi.params import Params
    from quoi.params.profiles import Needs

Mark = Literal["ok", "note", "problem"]
OK: Mark = "ok"
NOTE: Mark = "note"
PROBLEM: Mark = "problem"
TIMEOUT = 2.0
"""Seconds in which a server or a driver has to answer."""
_COLOURS = {OK: "green", NOTE: "yellow", PROBLEM: "red"}
_SETUP = "`make setup` installs what is pinned"


@dataclass(frozen=True)
class Finding:
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
    checks = []
    try:
        for check in examine(given):
            checks.append(check)
    except ImportError as error:
        checks.append(Finding("packages", PROBLEM, f"{error}, so the checks end here: {_SETUP}."))
    problems = sum(check.mark == PROBLEM for check in checks)
    if as_json:
        echo_json({"profile": given.profile, "problems": problems, "checks": [asdict(check) for check in checks]})
    else:
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Table

        table = Table(title=f"For profile {escape(given.profile)}", title_justify="left", title_style="bold", box=None)
        table.show_header = False
        for check in checks:
            table.add_row(f"[{_COLOURS[check.mark]}]{check.mark}[/]", check.name, escape(check.says))
        Console().print(table)
    sys.exit(1 if problems else 0)


def examine(given: Params, root: Path = Path()) -> Iterator[Finding]:
    """Look at everything, in seconds; nothing is written, and servers are asked for a byte at most."""
    from quoi.cli import doctor_data
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
    yield doctor_data.mlflow(root)
    yield from doctor_data.dvc(root)
    sources = wanted(given)
    for source in sources:
        yield from doctor_data.outside(root, source)
    if not sources:
        yield Finding("network", OK, "The profile reads nothing from elsewhere.")


# Software


def packages(root: Path) -> Finding:
    """Whether every package is installed, as it is pinned, and with what it needs."""
    from importlib import metadata

    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    if done.returncode and "No module named pip" not in done.stderr:
        broken = done.stdout.strip().splitlines() or [done.stderr.strip()]
        return Finding("packages", PROBLEM, f"{_shown(broken)}: {_SETUP}.")
    try:
        lines = (root / "constraints.txt").read_text(encoding="utf-8").split()
    except (OSError, ValueError) as error:
        return Finding("packages", NOTE, f"There is nothing to compare with: {error}.")
    pinned = dict(line.split("==", 1) for line in lines if "==" in line)
    other = []
    for name, version in pinned.items():
        try:
            here = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # of another system, or an extra; pip tells what is missing
        if here.split("+")[0] != version:  # a build for one kind of device says so behind a plus, as in 2.13.0+cpu
            other.append(f"{name} {here} ({version} is pinned)")
    if other:
        return Finding("packages", NOTE, f"{_shown(other)}: the numbers may differ from those reported; {_SETUP}.")
    return Finding("packages", OK, f"Python {sys.version.split()[0]} and the versions of constraints.txt.")


def fasttext(given: Params) -> Finding:
    """Whether fastText is built, which pip does with a C++ compiler, and whether it loads."""
    used = {given.vectors.source_of(language) for language in ("en", "fr")} & {"train", "fasttext-bin"}
    means = "embed cannot run" if used else "this profile does not need it"
    try:
        importlib.import_module("fasttext_pybind")
    except ImportError as error:
        says = f"fastText does not load ({error}), so {means}: `make setup` builds it, for which g++ is needed."
        return Finding("fastText", PROBLEM if used else NOTE, says)
    return Finding("fastText", OK, "fastText is built and loads, so no compiler is needed any more.")


def git(root: Path) -> Finding:
    """Whether Git reads this repository: without one, DVC does not start, and runs do not know their commit."""
    from quoi.repo.git import top, why_not

    reason = why_not(root)
    if reason is None:
        return Finding("Git", OK, "git is there, and reads this repository.")
    return Finding("Git", NOTE if top(root) else PROBLEM, reason)  # without a commit, only lineage is lost


# Machine


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
    if free < more:
        return Finding("disk", PROBLEM, f"{size(free)} are free and {given.profile} takes about {size(more)} more.")
    takes = f"{given.profile} takes about {size(more)} more" if more else f"all that {given.profile} takes is there"
    return Finding("disk", OK, f"{size(free)} are free; {takes}.")


def memory(given: Params, needs: Needs, number: int) -> Finding:
    """Whether the trainings that run at once on so many cores fit into memory."""
    import psutil
    from rich.filesize import decimal as size

    from quoi.jobs.seeds import side_by_side

    there = psutil.virtual_memory()
    amount = re.match(r"([\d.]+) GB( for each training)?", needs.memory)
    free = f"{size(there.available)} of {size(there.total)} are free"
    if amount is None:
        return Finding("memory", NOTE, f"{free}; what {given.profile} takes was not measured.")
    takes = int(float(amount[1]) * 1e9 * (side_by_side(given, number) if amount[2] else 1))
    mark = OK if there.available >= takes else NOTE if there.total >= takes else PROBLEM
    return Finding("memory", mark, f"{free}; {given.profile} takes about {size(takes)}.")


def cores(given: Params, needs: Needs, number: int) -> Finding:
    """How many trainings run at once."""
    from quoi.jobs.seeds import side_by_side

    side = side_by_side(given, number)
    trains = f"{side} of {len(given.seeds)} seeds train at once" if side > 1 else "one seed trains at a time"
    there = f"{number} core{'' if number == 1 else 's'}: {trains}"
    return Finding("cores", OK if number > 1 else NOTE, f"{there}; {given.profile} takes: {needs.time}.")


def gpu(given: Params) -> Finding:
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
        return Finding(
            "GPU", PROBLEM if blind else NOTE, f"hardware.accelerator is `gpu`, and {why}: train may not run."
        )
    if not there:
        return Finding("GPU", OK, "None of NVIDIA's answers: training runs on what else torch finds, else on the CPU.")
    if wanted == "cpu":
        return Finding("GPU", OK, f"{there}, left idle by hardware.accelerator `cpu`.")
    if blind:
        return Finding("GPU", NOTE, f"{there}, left idle: torch {build} is built without GPUs.")
    return Finding("GPU", OK, f"{there}: training runs there.")


def _bytes(path: Path) -> int:
    """What the files below a folder take."""
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file() and not file.is_symlink())


def _shown(items: list[str], most: int = 5) -> str:
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")
