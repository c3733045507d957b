"""The code of a run, found in Git by its digests."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from quoi.io.errors import QuoiError
from quoi.repo import dvc, restore
from quoi.repo.digests import of_path
from quoi.repo.lineage import Lineage
from quoi.repo.lineage import recorded as recorded_by


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def history(tmp_path: Path) -> tuple[Path, list[str], list[Lineage]]:
    """A repository whose code changes with each of three commits; the commits, and the lineage of a run at each."""
    root = tmp_path / "repository"
    (root / "code").mkdir(parents=True)
    git(tmp_path, "init", "-q", "repository")
    commits, lineages = [], []
    for number in range(3):
        (root / "code/model.py").write_text(f"layers = {number}\n")
        (root / "train.py").write_text("train()\n")
        git(root, "add", ".")
        git(root, "commit", "-qm", str(number))
        commits.append(git(root, "rev-parse", "HEAD").strip())
        lineages.append(lineage_of(root))
    return root, commits, lineages


def lineage_of(root: Path) -> Lineage:
    deps = [{"path": path, "md5": of_path(root / path)} for path in ("code", "train.py")]
    return Lineage("train", {"train": {"cmd": "train", "deps": deps, "outs": []}})


def test_the_commit_that_has_most_of_the_code_comes_first(history):
    root, commits, lineages = history
    # The run says that it was begun at the first commit, with changes.
    assert restore.commits_of(root, commits[0], lineages[0]) == [commits[0], commits[2]]
    assert restore.commits_of(root, commits[0], lineages[2]) == [commits[2], commits[0]]
    assert restore.commits_of(root, commits[0], lineages[1]) == [commits[0], commits[2]]


def test_a_commit_that_this_clone_lacks_is_passed_over(history):
    root, commits, lineages = history
    assert restore.commits_of(root, "f" * 40, lineages[0]) == [commits[2]]
    with pytest.raises(QuoiError, match=r"taken from Git\. .* is no Git repository.*`git init"):
        restore.commits_of(root.parent, commits[0], lineages[0])


def test_the_first_commit_with_an_entry_of_the_lock_recorded_it(history):
    root, _, _ = history
    entry = {"cmd": "x", "outs": [{"path": "models/all", "md5": "a" * 32}]}
    recorded = []
    for text in ("stages: {train: {cmd: x, outs: [{path: models/all, md5: %s}]}}", "stages: {}  # %s", "stages: [%s"):
        (root / dvc.LOCK).write_text(text % ("a" * 32))
        git(root, "add", ".")
        git(root, "commit", "-qm", "lock")
        recorded.append(git(root, "rev-parse", "HEAD").strip())
    assert recorded_by(root, "train", entry) == recorded[0]
    assert recorded_by(root, "train", entry | {"cmd": "y"}) is None
    assert dvc.lock_of_commit(root, recorded[2]) == {}
