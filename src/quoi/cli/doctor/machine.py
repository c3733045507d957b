"""Disk, memory, cores and GPU, against what the profile takes."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from quoi.cli.doctor.checks import NOTE, OK, PROBLEM, Check
from quoi.io import download, processes
from quoi.jobs.seeds import side_by_side
from quoi.params import Params, profiles
from quoi.params.outside import downloads
from quoi.params.profiles import size

_MADE = ("data", "models", "indexes")


def checks(root: Path, given: Params) -> Iterator[Check]:
    """Disk, memory, cores, GPU."""
    measured = profiles.measured(root)
    needs = measured.needs.get(given.profile, profiles.Needs())
    number = processes.cores()
    yield disk(root, given, needs, measured.total(downloads(given)))
    yield memory(given, needs, number)
    yield cores(given, needs, number)
    yield gpu(given)


def disk(root: Path, given: Params, needs: profiles.Needs, loads: int) -> Check:
    """Whether what the profile downloads (`loads` bytes) and makes, less what is there already, fits on the disk."""
    free = shutil.disk_usage(root).free
    if not needs.disk and not loads:
        return Check("disk", NOTE, f"{size(free)} are free; what {given.profile} takes was not measured.")
    # What the pipeline makes is there a second time in DVC's cache.
    here = 2 * sum(_bytes(root / name) for name in _MADE) + _bytes(root / download.FOLDER)
    more = max(0, loads + needs.disk - here)
    if free < more:
        return Check("disk", PROBLEM, f"{size(free)} are free and {given.profile} takes about {size(more)} more.")
    takes = f"{given.profile} takes about {size(more)} more" if more else f"all that {given.profile} takes is there"
    return Check("disk", OK, f"{size(free)} are free; {takes}.")


def memory(given: Params, needs: profiles.Needs, number: int) -> Check:
    """Whether the trainings that run at once fit into memory."""
    import psutil

    there = psutil.virtual_memory()
    total, free = size(there.total), size(there.available)
    amount = re.match(r"([\d.]+) GB( for each training)?", needs.memory)
    if amount is None:
        return Check("memory", NOTE, f"{free} of {total} are free; what {given.profile} takes was not measured.")
    wanted = int(float(amount[1]) * profiles.GB * (side_by_side(given, number) if amount[2] else 1))
    if there.total < wanted:
        return Check("memory", PROBLEM, f"{total} in all, and {given.profile} takes about {size(wanted)}.")
    if there.available < wanted:
        says = f"{free} of {total} are free now, and {given.profile} takes about {size(wanted)}: it may be swapped out."
        return Check("memory", NOTE, says)
    return Check("memory", OK, f"{free} of {total} are free; {given.profile} takes about {size(wanted)}.")


def cores(given: Params, needs: profiles.Needs, number: int) -> Check:
    """How many trainings run at once."""
    seeds = len(given.seeds)
    side = side_by_side(given, number)
    trains = f"{side} of {seeds} seeds train at once" if side > 1 else "one seed trains at a time"
    there = f"{number} core{'' if number == 1 else 's'}: {trains}"
    return Check("cores", OK if number > 1 else NOTE, f"{there}; {given.profile} takes: {needs.time}.")


def gpu(given: Params) -> Check:
    """Whether there is a GPU, and a build of torch for it."""
    there = ", ".join(_gpus())
    wanted = given.hardware.accelerator
    try:
        build = metadata.version("torch") or "(none)"  # None, where what pip has noted of it is damaged
    except metadata.PackageNotFoundError:
        build = "(none)"
    blind = build.endswith("+cpu")
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


def _gpus() -> list[str]:
    """The names of NVIDIA's devices, as their driver tells them."""
    try:
        asked = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=2, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return [line.strip() for line in answer.stdout.splitlines() if line.strip()]


def _bytes(path: Path) -> int:
    """What the files below a folder take."""
    return sum(each.stat().st_size for each in path.rglob("*") if each.is_file() and not each.is_symlink())
