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


def test_the_commit_that_has_the_code_is_found_wherever_it_is(history):
    root, commits, lineages = history
    for commit, lineage in zip(commits, lineages, strict=True):
        # The run says that it was begun at the first commit, with changes.
        asked = restore.likely_commits(root, commits[0], lineage)
        assert asked == [commits[0], commits[2]]
        assert restore.nearest_commit(root, asked, lineage) == commit


def test_code_that_no_commit_has_is_taken_from_the_nearest(history):
    root, commits, _ = history
    (root / "code/model.py").write_text("layers = 9\n")
    assert restore.nearest_commit(root, commits[:1], lineage_of(root)) in commits


def test_a_commit_that_this_clone_lacks_is_passed_over(history):
    root, commits, lineages = history
    assert restore.likely_commits(root, "f" * 40, lineages[0]) == [commits[2]]
    with pytest.raises(QuoiError, match=r"taken from Git\. .* is no Git repository.*`git init"):
        restore.likely_commits(root.parent, commits[0], lineages[0])


def test_a_file_and_a_folder_come_out_of_the_commit_in_which_they_have_the_digest(history, tmp_path):
    root, commits, lineages = history
    folder = tmp_path / "out"
    (folder / "code").mkdir(parents=True)
    (folder / "code/old.py").write_text("goes")
    for path, digest in lineages[1].code.items():
        restore.extract(root, commits, path, digest, folder)
    assert {path: of_path(folder / path) for path in lineages[1].code} == lineages[1].code
    restore.extract(root, commits, "train.py", "0" * 32, tmp_path / "none")
    assert not (tmp_path / "none").exists()


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
