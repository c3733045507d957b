"""Python, the packages it has against those that are pinned, and what builds and tracks the rest."""

from __future__ import annotations

import importlib
import platform
import shutil
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from quoi.cli.doctor.checks import NOTE, OK, PROBLEM, Check
from quoi.params import Params
from quoi.repo.git import top, why_not

_SETUP = "`make setup` installs what is pinned"


def checks(root: Path, given: Params) -> Iterator[Check]:
    """Python, packages, fastText and its compiler, Git."""
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        pinned = _pinned((root / "constraints.txt").read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError) as error:
        yield Check("packages", NOTE, f"There is nothing to compare with: {error}.")
        return
    yield python(project["requires-python"])
    yield packages(project["dependencies"], pinned)
    yield fasttext(given)
    yield git(root)


def python(needed: str) -> Check:
    """Whether this is a Python of the versions `needed`."""
    from packaging.specifiers import SpecifierSet

    here = platform.python_version()
    if not SpecifierSet(needed).contains(here, prereleases=True):
        return Check("Python", PROBLEM, f"Python {here} runs here and {needed} is needed.")
    return Check("Python", OK, f"Python {here}, of {Path(sys.prefix).name}.")


def packages(direct: list[str], pinned: dict[str, str]) -> Check:
    """Whether every package that quoi rests on, directly or through others, is installed as it is pinned.

    Args:
        direct: requirements as in pyproject.toml.
        pinned: version by canonical name.
    """
    installed = _closure(direct)
    missing = [name for name, version in installed.items() if version is None]
    if missing:
        return Check("packages", PROBLEM, f"{_list(missing)} {'is' if len(missing) == 1 else 'are'} missing: {_SETUP}.")
    # A build for one kind of device says so behind a plus, as in 2.13.0+cpu.
    other = [
        f"{name} {version} ({pinned[name]} is pinned)"
        for name, version in installed.items()
        if name in pinned and str(version).split("+")[0] != pinned[name]
    ]
    if other:
        return Check("packages", NOTE, f"{_list(other)}: the numbers may differ from those reported; {_SETUP}.")
    return Check("packages", OK, f"{len(installed)} packages, in the versions of constraints.txt.")


def fasttext(given: Params) -> Check:
    """Whether fastText is built, which pip does with a C++ compiler, and whether it loads."""
    used = {given.vectors.source_of(language) for language in ("en", "fr")} & {"train", "fasttext-bin"}
    needed = PROBLEM if used else NOTE
    means = "embed cannot run" if used else "this profile does not need it"
    try:
        importlib.import_module("fasttext_pybind")
    except ModuleNotFoundError:
        compiler = next((name for name in ("g++", "c++", "clang++") if shutil.which(name)), None)
        how = f"`make setup` builds it with {compiler}" if compiler else "a C++ compiler (g++) is missing to build it"
        return Check("fastText", needed, f"fastText is not installed, so {means}: {how}.")
    except ImportError as error:
        return Check("fastText", needed, f"fastText does not load, so {means}: {error}.")
    return Check("fastText", OK, "fastText is built and loads, so no compiler is needed any more.")


def git(root: Path) -> Check:
    """Whether Git reads this repository: without one, DVC does not start, and runs do not know their commit."""
    reason = why_not(root)
    if reason is None:
        return Check("Git", OK, "git is there, and reads this repository.")
    return Check("Git", NOTE if top(root) else PROBLEM, reason)  # without a commit, only lineage is lost


def _pinned(text: str) -> dict[str, str]:
    from packaging.utils import canonicalize_name

    pairs = (line.split("==") for line in text.split() if "==" in line)
    return {canonicalize_name(name): version for name, version in pairs}


def _closure(direct: list[str]) -> dict[str, str | None]:
    """The installed version of all that the requirements need, in turn; None where it is missing."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    found: dict[str, str | None] = {}
    todo: list[Any] = list(direct)
    while todo:
        try:
            wanted = Requirement(todo.pop())
        except InvalidRequirement:
            continue
        name = canonicalize_name(wanted.name)
        if name in found or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        try:
            here = metadata.distribution(wanted.name)
        except metadata.PackageNotFoundError:
            found[name] = None
            continue
        found[name] = here.version
        todo += here.requires or ()
    return found


def _list(items: list[str], most: int = 5) -> str:
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")
