"""What is not a plain clone in a plain folder: each works, or says in one sentence what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from quoi.io.errors import QuoiError
from quoi.repo import dvc, worktree
from tests.workspace import ROOT

STUB = '#!/bin/sh\necho "${0##*/} $*" >> "$LOG"\n'
PYTHON = STUB + 'test "$1 $2" != "-m venv" || { mkdir -p "$3/bin"; cp -p "$0" "$3/bin/python"; }\n'


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_make_in_a_path_with_a_space(tmp_path, monkeypatch):
    """With programs that only write down how they were called."""
    root = tmp_path / "a b"
    root.mkdir()
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "install.py"):
        shutil.copy(ROOT / name, root)
    python = program(tmp_path / "python", PYTHON)
    program(root / ".venv/bin/quoi", STUB)
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    done = subprocess.run(["make", "repro", f"PYTHON={python}"], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    calls = (tmp_path / "log").read_text().splitlines()
    assert [call for call in calls if "install" in call] and calls[-1] == "quoi repro"
    assert (root / ".venv/installed").exists() and os.listdir(tmp_path / "a b") == os.listdir(root)


def test_a_clone_holds_the_bytes_of_git_whatever_it_is_told_of_line_ends(tmp_path):
    names = [".gitattributes", "dvc.yaml", "params.yaml", "src/quoi/io/errors.py", "tests/__init__.py"]
    for name in names:
        (tmp_path / "one" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / "one" / name)
    (tmp_path / "one/table.csv").write_bytes(b"a\r\nb\r\n")

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "core.autocrlf=true")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "--quiet", "one")
    git("-C", "one", "add", "--all")
    git("-C", "one", "commit", "--quiet", "--message", "start")
    git("clone", "--quiet", "--config", "core.autocrlf=true", "one", "two")
    for name in (*names, "table.csv"):
        assert (tmp_path / "two" / name).read_bytes() == (tmp_path / "one" / name).read_bytes(), name


def test_an_unpacked_archive_says_what_it_lacks(tmp_path):
    shutil.copy(ROOT / "dvc.yaml", tmp_path)
    shutil.copy(ROOT / "params.yaml", tmp_path)
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc/config").write_text("[core]\n    analytics = false\n")
    with pytest.raises(QuoiError, match=r"^DVC needs Git\. .* is no Git repository.*: `git init && git add --all"):
        dvc.read(tmp_path)
    with pytest.raises(QuoiError, match=r"is no Git repository"):
        worktree.copy_tracked(tmp_path, tmp_path / "there")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    assert "check_params" in dvc.read(tmp_path).stages
    with pytest.raises(QuoiError, match=r"^Git tracks nothing in .*: `git add --all`"):
        worktree.copy_tracked(tmp_path, tmp_path / "there")
