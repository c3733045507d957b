"""The installation, examined: what is there, and what that means for the profile that is installed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from quoi import params
from quoi.cli.doctor import data, machine, software, sources
from quoi.cli.doctor.checks import PROBLEM, Check
from quoi.params import profiles


@dataclass(frozen=True)
class Examined:
    """The profile by its name in params.yaml, and a check for everything that it rests on."""

    profile: str
    checks: list[Check]

    @property
    def problems(self) -> int:
        """How many of the checks stop the profile."""
        return sum(check.mark == PROBLEM for check in self.checks)


def examine(root: Path = Path()) -> Examined:
    """Look at everything, in seconds; nothing is written, and only what the profile downloads is asked for.

    Raises:
        QuoiError: `root` is not the root of the repository, or params.yaml is not valid.
    """
    given = params.load(root / profiles.PARAMS)
    return Examined(given.profile, list(_checks(root, given)))


def _checks(root: Path, given: params.Params) -> Iterator[Check]:
    asked = sources.Asked(root, given)  # servers take their time: asked first, heard last
    yield from software.checks(root, given)
    yield from machine.checks(root, given)
    yield from data.checks(root)
    yield from asked.checks()
