"""The smoke run that several tests look at: the whole pipeline, from nothing, once a session."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from tests.workspace import Workspace

# How long an example takes is the machine's affair.
settings.register_profile("quoi", deadline=None)
settings.load_profile("quoi")


@dataclass(frozen=True)
class Smoke:
    """A workspace after `dvc repro`. Look, don't touch: tests that change something take a copy."""

    workspace: Workspace
    stages: list[str]
    cpu_seconds: float


@pytest.fixture(scope="session")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Smoke:
    workspace = Workspace.fresh(tmp_path_factory.mktemp("smoke"))
    before = _cpu_seconds()
    stages = workspace.repro()
    return Smoke(workspace, stages, _cpu_seconds() - before)


@pytest.fixture
def trained(smoke: Smoke, tmp_path: Path) -> Workspace:
    """A copy of the smoke run's workspace, to change at will."""
    return smoke.workspace.copy(tmp_path)


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
