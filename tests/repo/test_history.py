"""Several commits with the same outputs of a stage: a run's lineage and code are those of the commit that made it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from ruamel.yaml import YAML

from quoi.repo import dvc, lineage, restore
from quoi.repo.digests import of_bytes
from quoi.repo.lineage import Made
from tests.repo.test_restore import git

RECORD = {"metrics.json": "m" * 32}


def lock(root: Path, fetched: str = "r" * 32, metrics: str = RECORD["metrics.json"]) -> None:
    """Write dvc.lock as DVC does after a run of the code that is there."""

    def entry(script: str, deps: dict[str, str], outs: dict[str, str]) -> dict:
        deps = {script: of_bytes((root / script).read_bytes()), **deps}
        kinds = {"deps": deps, "outs": outs}
        return {"cmd": "run"} | {
            kind: [{"path": path, "hash": "md5", "md5": md5} for path, md5 in each.items()]
            for kind, each in kinds.items()
        }

    stages = {
        "fetch": entry("fetch.py", {}, {"data/raw": fetched}),
        "train": entry("train.py", {"data/raw": fetched}, {"reports/metrics.json": metrics}),
    }
    with (root / dvc.LOCK).open("w", encoding="utf-8") as file:
        YAML(typ="safe", pure=True).dump({"schema": "2.0", "stages": stages}, file)


def commit(root: Path, **files: str) -> str:
    """Write scripts by their names and commit everything; the commit."""
    for name, text in files.items():
        (root / f"{name}.py").write_text(f"# {text}\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "state")
    return git(root, "rev-parse", "HEAD").strip()


@pytest.fixture
def history(tmp_path: Path) -> SimpleNamespace:
    """Code that is written anew twice and writes the same; then all differs. Each is run after it was committed."""
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "--quiet")
    begun = []
    for version in ("first", "second", "third"):
        begun.append(commit(root, fetch=version, train=version))
        lock(root)
        commit(root)
    commit(root, fetch="last", train="last")
    lock(root, "s" * 32, "n" * 32)
    commit(root)
    return SimpleNamespace(root=root, begun=begun)


def expected(version: str) -> dict[str, str]:
    return {name: of_bytes(f"# {version}\n".encode()) for name in ("fetch.py", "train.py")}


def test_a_lineage_is_that_of_the_commit_that_made_the_run(history):
    for version, begun in zip(("first", "second", "third"), history.begun, strict=True):
        run_lineage = lineage.find(history.root, "train", RECORD, Made(begun, clean=True))
        assert run_lineage.code == expected(version), version
        assert restore.commits_of(history.root, begun, run_lineage)[0] == begun


def test_the_lock_here_counts_only_where_its_code_is_the_runs(history):
    git(history.root, "checkout", "--quiet", f"{history.begun[2]}~")  # the lock of the second
    assert lineage.find(history.root, "train", RECORD, Made(history.begun[0], clean=True)).code == expected("first")
    assert lineage.find(history.root, "train", RECORD, Made(history.begun[1], clean=True)).code == expected("second")


def test_what_ran_with_changes_is_what_was_committed_next(history):
    run_lineage = lineage.find(history.root, "train", RECORD, Made(history.begun[1], clean=False))
    assert run_lineage.code == expected("second")


@pytest.mark.parametrize("made", [lineage.UNKNOWN, Made("f" * 40, clean=True), Made("unknown", clean=False)])
def test_without_a_commit_there_is_a_lineage_all_the_same(history, made):
    assert lineage.find(history.root, "train", RECORD, made).code == expected("first")
    assert lineage.find(history.root, "train", {"metrics.json": "0" * 32}, made) is None


def test_a_stage_before_that_has_run_again_since_is_the_one_that_made_what_was_read(history):
    """Only `fetch` has gone on in the lock here; `train` still has what the second wrote."""
    git(history.root, "checkout", "--quiet", f"{history.begun[2]}~")
    stages = {name: dict(entry) for name, entry in dvc.read_lock(history.root).items()}
    stages["fetch"] |= {"outs": [{"path": "data/raw", "md5": "s" * 32}]}
    for version, begun in zip(("first", "second", "third"), history.begun, strict=True):
        entries = lineage.upstream(stages, "train", history.root, Made(begun, clean=True))
        assert dvc.Stage.of("fetch", entries["fetch"]).deps == {"fetch.py": expected(version)["fetch.py"]}
