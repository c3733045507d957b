"""Who holds DVC's locks, as real processes hold them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from quoi.repo.dvc import TMP, holders


@pytest.fixture
def tmp(tmp_path):
    (tmp_path / TMP).mkdir(parents=True)
    return tmp_path / TMP


def test_nobody(tmp, tmp_path):
    assert holders(tmp_path) == []
    for content in ("{", "{}", ""):
        (tmp / "rwlock").write_text(content)
        assert holders(tmp_path) == []
    (tmp / "lock").write_text(" 1\n")  # left behind by a process that gave it back
    assert holders(tmp_path) == []


def test_locks_on_files(tmp, tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    write, read = {"pid": os.getpid(), "cmd": "dvc repro"}, {"pid": dead.pid, "cmd": "dvc pull"}
    held = {"write": {"/data": write, "/models": write}, "read": {"/ids": [write, read]}}
    (tmp / "rwlock").write_text(json.dumps(held))
    alive, left = holders(tmp_path)
    assert alive == f"Process {os.getpid()} is at work here (dvc repro): no second run before it ends."
    assert left == f"Process {dead.pid} was killed (dvc pull); DVC ignores the locks that it left."


def test_the_repositorys_lock(tmp, tmp_path):
    code = (
        "import sys; from dvc.lock import Lock\n"
        "with Lock(sys.argv[1]):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        (holder,) = holders(tmp_path)
        assert holder.startswith(f"Process {process.pid} is at work here (") and "dvc.lock import Lock" in holder
    assert holders(tmp_path) == []
