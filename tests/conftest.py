"""The smoke run that several tests look at: the whole pipeline, from nothing, once a session."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from tests.workspace import Workspace, ran

# Models of a few numbers are slower on two threads than on one, and `make test` has a process on every core.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# How long an example takes is the machine's affair.
settings.register_profile("quoi", deadline=None)
settings.load_profile("quoi")


@pytest.fixture(autouse=True)
def _with_denormal_numbers() -> Iterator[None]:
    """A training flushes them in all of its process, which is that of the next tests too."""
    yield
    if torch := sys.modules.get("torch"):
        torch.set_flush_denormal(False)


@dataclass(frozen=True)
class Smoke:
    """A workspace after `quoi repro`. Look, don't touch: tests that change something take a copy."""

    workspace: Workspace
    stages: list[str]


@pytest.fixture(scope="session")
def smoke(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Smoke:
    # Where tests run side by side, the process that needs it first makes it for all.
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "smoke"
    told = folder.with_suffix(".json")
    with FileLock(folder.with_suffix(".lock")):
        if not told.is_file():
            folder.mkdir()
            workspace = Workspace.fresh(folder)
            told.write_text(json.dumps({"stages": ran(workspace.run("quoi", "repro").stdout)}))
    return Smoke(Workspace(folder), **json.loads(told.read_text()))


@pytest.fixture
def trained(smoke: Smoke, tmp_path: Path) -> Workspace:
    """A copy of the smoke run's workspace, to change at will."""
    return smoke.workspace.copy(tmp_path)


@pytest.fixture(scope="session")
def lite0():
    """The real backbone, loaded once."""
    from quoi.images import backbone

    return backbone.load(backbone.LITE0, 3)


@pytest.fixture
def one_thread():
    """With which sums come out the same."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Number bytes instead of spelling them: an archive's hold the time at which it was packed."""
    return argname if isinstance(val, bytes) else None
