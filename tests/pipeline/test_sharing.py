"""Teammates: a bare Git repository, a DVC remote in a folder, and what goes wrong between them."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from quoi.repo import cache, dvc
from tests.workspace import Workspace, ran

pytestmark = pytest.mark.pipeline

WEIGHTS = "models/all/seed-1.safetensors"


@pytest.fixture
def remote(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("shared") / "artifacts"


@pytest.fixture
def author(trained, remote) -> Workspace:
    """Who ran the pipeline, and set up what the README says."""
    trained.run("dvc", "remote", "add", "--default", "shared", str(remote))
    trained.run("dvc", "remote", "modify", "shared", "verify", "true")
    return trained


def turn(workspace: Workspace, old: str, new: str) -> None:
    """Edit params.yaml by hand: so that Git merges it line by line."""
    file = workspace.folder / "params.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def publish(workspace: Workspace) -> None:
    """What a teammate does with a result."""
    workspace.commit()
    workspace.run("dvc", "push", "--run-cache")
    workspace.git("push", "--quiet")


def test_two_teammates(author, tmp_path_factory):
    central = tmp_path_factory.mktemp("central") / "quoi.git"
    author.git("init", "--quiet", "--bare", str(central))
    author.git("remote", "add", "origin", str(central))
    author.commit()
    author.git("push", "--quiet", "--set-upstream", "origin", "HEAD")
    author.run("dvc", "push", "--run-cache")

    # A clone has all numbers, pulls the rest, and has nothing to run.
    folder = tmp_path_factory.mktemp("mate") / "quoi"
    author.git("clone", "--quiet", str(central), str(folder))
    mate = Workspace(folder)
    output = mate.run("quoi", "cache").stdout
    assert re.search(
        r"Not in DVC's cache, of \d+ objects .*, data/raw \(fetch_corpus\), .*`dvc pull`", output, re.DOTALL
    )
    mate.run("dvc", "pull")
    assert mate.repro() == [] and mate.git("status", "--porcelain") == ""
    assert mate.snapshot("models", "data") == author.snapshot("models", "data")
    assert is_whole(mate)

    # Each changes a variant, which is trained alone. Git cannot merge dvc.lock, and the recipe of the README trains
    # nothing again: neither one's own variant nor the other's.
    turn(mate, "dropout_bridge: 0.25", "dropout_bridge: 0.5")
    assert mate.repro() == ["train@all", "compare", "checks", "page"]
    publish(mate)
    turn(author, "dropout_bridge: 0.05", "dropout_bridge: 0.1")
    assert author.repro() == ["train@bidir", "compare", "checks", "page"]
    bidir = author.snapshot("models/bidir")
    author.commit()
    who = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    conflict = author.run("git", *who, "pull", "--no-rebase", status=1).stdout
    assert "Merge conflict in dvc.lock" in conflict and "Merge conflict in params.yaml" not in conflict
    author.git("checkout", "--theirs", "dvc.lock", "reports")
    author.run("dvc", "pull", "--force")
    output = author.run("dvc", "repro").stdout
    assert ran(output) == ["compare", "checks", "page"]
    assert "Stage 'train@bidir' is cached - skipping run, checking out outputs" in output
    publish(author)
    assert author.snapshot("models/bidir") == bidir
    assert author.snapshot("models/all") == mate.snapshot("models/all")
    mate.git("pull", "--quiet")
    mate.run("dvc", "pull")
    assert mate.repro() == [] and mate.snapshot("models") == author.snapshot("models")


# A cache that is not whole


def objects(workspace: Workspace, *paths: str) -> list[Path]:
    """Where the cache has some files."""
    pipeline = dvc.read(workspace.folder)
    named = {path: md5 for _, *out in pipeline.outputs() for path, md5 in (pipeline.cache.files(*out) or {}).items()}
    return [pipeline.cache.object(named[path]) for path in paths]


def damage(path: Path) -> None:
    """Another first byte, in a file of its own, and otherwise as DVC leaves it."""
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    path.chmod(0o444)


def check(workspace: Workspace, new: bool = False) -> cache.Checked:
    """What is wrong with the workspace's cache."""
    return cache.check(dvc.read(workspace.folder), workspace.folder, new=new)


def is_whole(workspace: Workspace) -> bool:
    """Whether `quoi cache` says that all is well."""
    return re.fullmatch(r"All \d+ objects .* whole\.\n", workspace.run("quoi", "cache").stdout) is not None


def test_a_damaged_object_stops_make_repro_and_is_repaired_from_the_workspace(trained):
    (stored,) = objects(trained, WEIGHTS)
    content = stored.read_bytes()
    damage(stored)
    assert set(json.loads(trained.run("dvc", "status", "--json").stdout)) == {"check_params"}  # DVC sees nothing
    done = trained.run("make", "--old-file=setup", f"BIN={Path(sys.executable).parent}", "repro", status=2)
    assert f"Damaged in DVC's cache: {WEIGHTS} (train@all): `quoi cache --repair`" in done.stderr
    assert "stage" not in done.stdout.lower()
    output = trained.run("quoi", "cache", "--repair").stdout
    assert output.startswith(f"Put into DVC's cache from the workspace: {WEIGHTS} (train@all).")
    assert stored.read_bytes() == content and stored.stat().st_mode & 0o222 == 0
    assert is_whole(trained) and trained.repro() == []


def test_a_damaged_object_that_was_restored_comes_back_from_the_remote(author):
    author.run("dvc", "push")
    before = author.snapshot("models")
    (stored,) = objects(author, WEIGHTS)
    damage(stored)
    for path in before:
        (author.folder / path).unlink()
    author.run("dvc", "checkout")
    assert author.snapshot("models") != before and author.repro() == []  # without a word
    printed = json.loads(author.run("quoi", "cache", "--json", status=1).stdout)
    assert [each["path"] for each in printed["damaged"]] == [WEIGHTS] and printed["missing"] == []
    assert author.run("quoi", "cache", "--repair").stdout == (
        f"Taken out of DVC's cache: {WEIGHTS} (train@all).\n"
        "`dvc pull` fetches what was shared; `dvc repro` computes what is still missing then.\n"
    )
    author.run("dvc", "pull")
    assert author.snapshot("models") == before
    assert is_whole(author)


def test_a_missing_object_is_named_and_what_the_workspace_lacks_is_computed_again(trained):
    before = trained.snapshot("data")
    (stored,) = objects(trained, "data/tokens.parquet")
    stored.unlink()
    (trained.folder / "data/tokens.parquet").unlink()
    output = trained.run("quoi", "cache").stdout
    assert "objects that dvc.lock names: data/tokens.parquet (tokenize)." in output and "`dvc pull`" in output
    assert "dvc.org" in trained.run("dvc", "checkout", status=255).stderr  # DVC names it too
    assert trained.repro() == ["tokenize"]
    assert trained.snapshot("data") == before and is_whole(trained)


def test_the_list_of_a_folders_files_may_be_damaged_too(trained):
    pipeline = dvc.read(trained.folder)
    stored = pipeline.cache.object(pipeline.stages["numericalize"].outs["data/ids"])
    damage(stored)
    checked = check(trained)
    assert [str(entry) for entry in checked.damaged] == ["data/ids (numericalize)"] and checked.missing == []
    repaired = cache.repair(checked, trained.folder)
    assert [entry.path for entry in repaired.discarded] == ["data/ids"] and not stored.exists()
    assert trained.repro() == ["numericalize"]
    assert check(trained).damaged == check(trained).missing == []


def test_a_change_of_a_users_own_is_never_removed(trained):
    (stored,) = objects(trained, WEIGHTS)
    damage(stored)
    (trained.folder / WEIGHTS).write_bytes(b"mine")
    cache.repair(check(trained), trained.folder)
    assert (trained.folder / WEIGHTS).read_bytes() == b"mine" and not stored.exists()


def test_what_was_checked_is_read_again_only_when_it_was_written_to(trained, monkeypatch):
    count = check(trained).objects
    read, digest = [], cache.of_file
    monkeypatch.setattr(cache, "of_file", lambda path: read.append(path) or digest(path))
    assert check(trained, new=True).objects == count and read == []
    (stored,) = objects(trained, WEIGHTS)
    damage(stored)
    assert len(check(trained, new=True).damaged) == 1 and read == [stored]
    (trained.folder / cache.CHECKED).write_text("[")
    assert len(check(trained, new=True).damaged) == 1 and len(read) == count + 1


@pytest.mark.parametrize("verify", [True, False])
def test_a_remote_that_holds_something_else(author, remote, verify):
    """`verify` makes DVC hash what it fetches; without, it hands out the damaged file, and `quoi cache` finds it."""
    author.run("dvc", "push")
    if not verify:
        author.run("dvc", "remote", "modify", "--unset", "shared", "verify")
    (stored,) = objects(author, WEIGHTS)
    damage(remote / "files/md5" / stored.parent.name / stored.name)
    stored.unlink()
    (author.folder / WEIGHTS).unlink()
    done = author.run("dvc", "pull", status=1 if verify else 0)
    checked = check(author)
    if verify:
        assert "Checkout failed for following targets:\nmodels/all\n" in done.stderr
        assert [entry.path for entry in checked.missing] == [WEIGHTS] and checked.damaged == []
    else:
        assert [entry.path for entry in checked.damaged] == [WEIGHTS]


# Two at once


def test_a_second_make_repro_names_the_process_that_is_at_work(trained):
    first = trained.start("dvc", "repro", "--force", "--single-item", "train@baseline")
    try:
        begun = psutil.Process(first.pid)
        while not any("stages/train.py" in each.cmdline() for each in begun.children(recursive=True)):
            assert first.poll() is None
            time.sleep(0.02)
        os.killpg(first.pid, signal.SIGSTOP)  # it holds its locks however long the second takes
        done = trained.run("make", "--old-file=setup", f"BIN={Path(sys.executable).parent}", "repro", status=2)
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.communicate()
    assert "Traceback" not in done.stderr
    # DVC's own words, and then those of `quoi locks`, which names whom DVC's other lock does not.
    assert re.search(rf"is busy, it is being blocked by:\s+\(PID {first.pid}\): .*dvc repro", done.stderr)
    assert f"Process {first.pid} is at work here (" in done.stderr
