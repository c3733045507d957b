"""`quoi repro`: what it runs, and that it sees every change by which DVC would run something."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from quoi.cli import repro
from quoi.io.errors import QuoiError
from quoi.params import profiles
from quoi.repo import dvc
from tests.workspace import ROOT

PIPELINE = """
stages:
  copy:
    cmd: cp in/a out && echo copied >> ran
    deps: [in]
    params: [seeds]
    outs: [out]
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory):
    """A repository with one stage that has run, and the user's own pairs of sentences."""
    root = tmp_path_factory.mktemp("repro")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.setenv("DVC_SITE_CACHE_DIR", str(root / ".dvc/tmp/site"))
        patch.setattr(repro.fork_server, "running", lambda: nullcontext({}))  # no stage here has libraries to import
        for command in (["git", "init", "--quiet"], ["dvc", "init", "--quiet"]):
            subprocess.run(command, check=True)
        smoke = profiles.text("smoke", ROOT)
        Path("params.yaml").write_text(smoke.replace("pairs: null", "pairs: mine.tsv"), encoding="utf-8")
        Path("dvc.yaml").write_text(PIPELINE)
        for path in (Path("in/a"), Path("in/deep/b"), Path("mine.tsv")):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("a\tb\n")
        repro.run(lambda sentence: None)
        yield SimpleNamespace(root=root, unchanged=repro.unchanged(), ran=Path("ran").read_text())


@pytest.fixture
def root(whole, tmp_path, monkeypatch):
    """A copy of it, to change at will."""
    root = shutil.copytree(whole.root, tmp_path / "root")
    monkeypatch.chdir(root)
    monkeypatch.setenv("DVC_SITE_CACHE_DIR", str(root / ".dvc/tmp/site"))
    monkeypatch.setattr(repro.fork_server, "running", lambda: nullcontext({}))
    pipeline = dvc.read()
    repro.remember(pipeline, repro.inputs(pipeline))
    return root


def objects(root: Path) -> list[Path]:
    return [path for path in (root / ".dvc/cache/files/md5").rglob("*") if path.is_file()]


def test_after_a_whole_run_nothing_has_changed(whole):
    assert whole.ran == "copied\n" and whole.unchanged


CHANGES = {
    "a parameter": lambda root: (root / "params.yaml").write_text((root / "params.yaml").read_text() + "\n"),
    "the pipeline": lambda root: (root / "dvc.yaml").write_text(PIPELINE + "\n"),
    "DVC's settings": lambda root: (root / ".dvc/config.local").write_text("[core]\n    analytics = false\n"),
    "what a stage reads": lambda root: (root / "in/a").write_text("c\td\n"),
    "its times alone": lambda root: os.utime(root / "in/a"),
    "a file in a folder that a stage reads": lambda root: (root / "in/deep/c").write_text(""),
    "one that is gone": lambda root: (root / "in/deep/b").unlink(),
    "the user's own file": lambda root: (root / "mine.tsv").write_text("e\tf\n"),
    "that file, gone": lambda root: (root / "mine.tsv").unlink(),
    "the record": lambda root: (root / "dvc.lock").write_text((root / "dvc.lock").read_text() + "\n"),
    "MLflow's store": lambda root: (root / "mlflow.db").write_text(""),
    "an output": lambda root: (root / "out").write_text("edited"),
    "DVC's cache": lambda root: shutil.rmtree(root / ".dvc/cache"),
    "the memory": lambda root: (root / repro.SEEN).write_text("[1"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_change_is_seen(root, change):
    assert repro.unchanged()
    change(root)
    assert not repro.unchanged()


def test_byte_code_and_half_written_files_are_no_change(root):
    (root / "in/__pycache__").mkdir()
    (root / "in/__pycache__/a.pyc").write_text("")
    (root / "in/a.partial").write_text("")
    assert repro.unchanged()


def test_what_is_edited_during_a_run_is_seen_by_the_next(root, monkeypatch):
    monkeypatch.setattr(repro.cache, "check", lambda pipeline, new: repro.cache.Checked(0, [], []))

    def edit(*arguments, **options):
        (root / "in/a").write_text("while it ran")
        return subprocess.CompletedProcess([], 0)

    (root / repro.SEEN).unlink()
    monkeypatch.setattr(repro, "subprocess", SimpleNamespace(run=edit))
    repro.run(lambda sentence: None)
    assert not repro.unchanged()


def test_a_run_that_fails_is_no_whole_run(root):
    (root / "dvc.yaml").write_text(PIPELINE.replace("cp in/a out", "false"))
    with pytest.raises(QuoiError, match="dvc repro"):
        repro.run(lambda sentence: None)
    assert not repro.unchanged()


@pytest.mark.parametrize("name", ["MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"])
def test_another_store_of_mlflow_stops_it_before_anything_runs(root, monkeypatch, name):
    (root / "in/a").write_text("c\td\n")
    monkeypatch.setenv(name, "http://elsewhere:5000")
    with pytest.raises(QuoiError, match=name):
        repro.run(print)
    assert (root / "ran").read_text() == "copied\n"


def test_a_damaged_cache_stops_it_before_anything_runs(root, monkeypatch):
    damaged = objects(root)[0]
    damaged.chmod(0o644)
    damaged.write_text("something else")
    before = (root / "ran").read_text()
    with pytest.raises(QuoiError, match="Damaged"):
        repro.run(lambda sentence: None)
    assert (root / "ran").read_text() == before


BRANCHES = """
stages:
  begin:
    cmd: echo 1 > begun
    outs: [begun]
    always_changed: true
  first:
    cmd: touch first.here && while [ ! -e second.here ]; do sleep 0.05; done; cp begun one
    deps: [begun]
    outs: [one]
  second:
    cmd: touch second.here && while [ ! -e first.here ]; do sleep 0.05; done; echo said by the second; cp begun two
    deps: [begun]
    outs: [two]
  third:
    cmd: cp two three
    deps: [two]
    outs: [three]
  join:
    cmd: cat one three > joined
    deps: [one, three]
    outs: [joined]
"""


@pytest.fixture
def branched(root, monkeypatch):
    monkeypatch.setattr(repro, "cores", lambda: 2)
    (root / "dvc.yaml").write_text(BRANCHES)
    (root / "dvc.lock").unlink()
    return root


def test_the_branches_are_what_shares_only_its_beginning_and_its_end(branched):
    assert repro.branches(dvc.read()) == (["begin"], [["first"], ["second", "third"]], ["join"])
    (branched / "dvc.yaml").write_text(PIPELINE)
    assert repro.branches(dvc.read()) == (["copy"], [], [])


def test_branches_that_have_not_run_run_side_by_side_and_all_is_seen(branched, capfd):
    sentences = []
    repro.run(sentences.append)  # each waits for the other
    assert (branched / "joined").read_text() == "1\n1\n" and repro.unchanged()
    said = capfd.readouterr().out
    assert said.index("Running stage 'first'") < said.index("said by the second") < said.index("Running stage 'join'")
    assert said.count("Running stage 'begin'") == 1  # though it always changes: only what is left is looked at again
    assert any("second, third" in sentence for sentence in sentences)


def test_with_one_core_or_one_branch_to_run_they_take_turns(branched, monkeypatch, capfd):
    (branched / "dvc.yaml").write_text(BRANCHES.replace("while", "false && while"))
    monkeypatch.setattr(repro, "cores", lambda: 1)
    sentences = []
    repro.run(sentences.append)
    (branched / "one").unlink()
    monkeypatch.setattr(repro, "cores", lambda: 2)
    repro.run(sentences.append)
    assert not any("second" in sentence for sentence in sentences)


def test_a_branch_that_fails_ends_the_run_and_the_other(branched, capfd):
    (branched / "dvc.yaml").write_text(BRANCHES.replace("; cp begun two", "; false"))
    with pytest.raises(QuoiError, match="dvc repro"):
        repro.run(lambda sentence: None)
    assert "said by the second" in capfd.readouterr().out and not (branched / "joined").exists()

    (branched / "first.here").unlink()
    fails = BRANCHES.replace("done; cp begun one", "done; false").replace("echo said by the second", "exec sleep 600")
    (branched / "dvc.yaml").write_text(fails)
    with pytest.raises(QuoiError, match="dvc repro"):
        repro.run(lambda sentence: None)
    assert json.loads((branched / ".dvc/tmp/rwlock").read_text()) == {}
