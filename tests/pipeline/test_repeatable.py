"""The same bytes every time, also after a stage was killed."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workspace import Workspace

pytestmark = pytest.mark.pipeline

CHEAP = ("fetch_corpus", "filter_questions", "tokenize", "numericalize", "embed@source", "embed@target")


def kill_when(workspace: Workspace, ready: Callable[[Path], object], *command: str) -> None:
    """Start a command, and kill it and everything it has started as soon as `ready` holds in its folder."""
    process = workspace.start(*command)
    while not ready(workspace.folder):
        if process.poll() is not None:
            os.killpg(process.pid, signal.SIGKILL)
            pytest.fail(f"{command} ended before it could be killed: {process.communicate()}")
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def assert_nothing_is_half_written(workspace: Workspace, whole: dict[str, bytes]) -> None:
    """Everything where outputs go is as in the undisturbed run, or is not there."""
    found = workspace.snapshot("data", "models", "reports")
    # safetensors writes to a file of its own, .tmp with some letters, before it has the name.
    unfinished = re.compile(r"\.partial$|/\.tmp\w+$")
    assert {path for path in found if not unfinished.search(path) and found[path] != whole.get(path)} == set()


def test_killed_again_and_again_it_ends_with_the_same_bytes(smoke, tmp_path, monkeypatch):
    from quoi.tracking import store

    whole = smoke.workspace.snapshot("data", "models", "reports")
    disturbed = Workspace.fresh(tmp_path)
    for ready in (
        lambda root: list((root / "data/raw").glob("*.partial")),
        lambda root: (root / "data/questions.parquet").exists(),
        lambda root: (root / "data/vectors/target.safetensors").exists(),
    ):
        kill_when(disturbed, ready, "dvc", "repro", "embed")
        assert_nothing_is_half_written(disturbed, whole)
    disturbed.repro("embed")
    assert disturbed.outs(*CHEAP) == smoke.workspace.outs(*CHEAP)
    assert not list(disturbed.folder.rglob("*.partial"))

    def between_epochs(root: Path) -> bool:
        return bool(list((root / ".quoi/training/all").glob("*/seed-1/last.ckpt")))

    kill_when(disturbed, between_epochs, "dvc", "repro", "train@all")
    assert_nothing_is_half_written(disturbed, whole)
    assert not (disturbed.folder / "models/all").exists()
    assert disturbed.repro("train@all") == ["train@all"]
    assert disturbed.outs("train@all") == smoke.workspace.outs("train@all")
    assert not list((disturbed.folder / ".quoi/training/all").iterdir())

    monkeypatch.chdir(disturbed.folder)
    client = store.connect()
    found = client.search_runs([store.experiment_id(client)])
    states = sorted(run.info.status for run in found if "quoi.seed" in run.data.tags)
    assert states == ["FINISHED", "KILLED"]


def processes_in(folder: Path) -> list[int]:
    """The processes whose current folder this is, as far as the system tells."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").resolve() == folder.resolve() and "Z" not in (entry / "stat").read_text().split()[2]:
                found.append(int(entry.name))
    return found


def test_seeds_side_by_side_give_what_each_gives_alone_and_end_with_their_parent(trained):
    def both_have_begun(root: Path) -> bool:
        return len(list((root / ".quoi/training/all").glob("*/seed-*/last.ckpt"))) == 2

    trained.change("seeds", [1, 2])
    alone = (trained.folder / "models/all/seed-1.safetensors").read_bytes()
    stage = (sys.executable, "-P", "stages/train.py", "all")
    parent = trained.start(*stage)
    while not both_have_begun(trained.folder):
        assert parent.poll() is None
        time.sleep(0.01)
    parent.kill()
    parent.communicate()
    while processes_in(trained.folder):
        time.sleep(0.05)
    assert (trained.folder / "models/all/seed-1.safetensors").read_bytes() == alone

    done = trained.run(*stage)
    assert sorted(line.split(":")[0] for line in done.stderr.splitlines()) == ["all seed 1", "all seed 2"]
    assert (trained.folder / "models/all/seed-1.safetensors").read_bytes() == alone
    assert (trained.folder / "models/all/seed-2.safetensors").exists()
