from __future__ import annotations

from pathlib import Path

import pytest

from quoi.repo.git import GitState, last_commit, state
from tests.repo.test_restore import git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "params.yaml").write_text("seeds: [1]\n")
    record = tmp_path / "reports/scores.json"
    record.parent.mkdir()
    record.write_text("{}")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    return tmp_path


def test_clean_tree(repository):
    head = git(repository, "rev-parse", "HEAD").strip()
    assert state(repository) == GitState(head, "false")


def test_a_changed_parameter_is_dirty(repository):
    (repository / "params.yaml").write_text("seeds: [2]\n")
    assert state(repository).dirty == "true"


def test_what_the_pipeline_writes_is_not(repository):
    (repository / "reports/scores.json").write_text("[]")
    (repository / "dvc.lock").write_text("schema: '2.0'")
    assert state(repository).dirty == "false"


def test_without_git_all_is_unknown(tmp_path, repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert state(repository) == GitState("unknown", "unknown")
    assert last_commit(repository, "reports") is None


def test_outside_a_repository_all_is_unknown(tmp_path):
    assert state(tmp_path) == GitState("unknown", "unknown")


def test_in_a_larger_repository_only_the_own_folder_counts(tmp_path):
    for name in ("own/reports/scores.json", "own/params.yaml", "reports/other.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    (tmp_path / "own/reports/scores.json").write_text("[]")
    (tmp_path / "reports/other.txt").write_text("else")
    assert state(tmp_path / "own").dirty == "false"
    (tmp_path / "own/params.yaml").write_text("[]")
    assert state(tmp_path / "own").dirty == "true"


def test_last_commit_of_a_record(repository):
    commit, time_ms = last_commit(repository, "reports")
    assert commit == git(repository, "rev-parse", "HEAD").strip()
    assert time_ms > 1_500_000_000_000
    (repository / "reports/scores.json").write_text("[]")
    assert last_commit(repository, "reports") is None
