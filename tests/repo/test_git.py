from __future__ import annotations

import re
import subprocess

import pytest

from quoi.repo import git

BIG = bytes(range(256)) * 2000


@pytest.fixture
def repository(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/é b.txt").write_bytes(b"one\n\ntwo\n")
    (tmp_path / "big").write_bytes(BIG)
    (tmp_path / "empty").write_bytes(b"")
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True)
    return tmp_path


def test_every_file_of_a_commit_and_its_bytes(repository):
    blobs = git.files(repository, "HEAD")
    assert set(blobs) == {"sub/é b.txt", "big", "empty"}
    contents = [git.content(repository, blobs[name]) for name in ("big", "empty", "sub/é b.txt")]
    assert contents == [BIG, b"", b"one\n\ntwo\n"]
    assert git.content(repository, "HEAD:none") is None and git.content(repository, "HEAD:empty") == b""


def test_a_folder_of_a_larger_repository_has_paths_of_its_own(repository):
    assert git.files(repository / "sub", "HEAD").keys() == {"é b.txt"}
    assert git.content(repository / "sub", "HEAD:./é b.txt") == b"one\n\ntwo\n"
    assert git.top(repository / "sub") == git.top(repository) == repository


def test_why_git_gives_nothing_and_what_to_do(repository, tmp_path_factory, monkeypatch):
    assert git.why_not(repository) is None is git.why_not(repository / "sub")
    plain = tmp_path_factory.mktemp("plain")
    assert re.search(r"is no Git repository.*`git init && git add", git.why_not(plain))
    subprocess.run(["git", "init", "-q"], cwd=plain, check=True)
    assert re.search(r"There is no commit in .*`git add --all && git commit", git.why_not(plain))
    with monkeypatch.context() as patch:
        patch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # git's own tests do so
        for folder in (repository, repository / "sub"):
            reason = git.why_not(folder)
            assert "belongs to another user" in reason and f"--add safe.directory {repository}`" in reason
    monkeypatch.setenv("PATH", "")
    assert git.why_not(repository) == "The program git is not found: it has to be installed."


def test_what_is_not_there_is_none(repository, tmp_path_factory):
    assert git.files(repository, "0" * 40) == {} and not git.has(repository, "0" * 40)
    assert git.ask(repository, "rev-parse", "none") is None
    assert git.refused(repository, "checkout", "none").startswith("error: pathspec 'none'")
    assert git.refused(repository, "status") is None


def test_without_git_or_a_repository_nothing_is_found(repository, tmp_path_factory, monkeypatch):
    assert git.content(tmp_path_factory.mktemp("plain"), "HEAD:big") is None
    monkeypatch.setenv("PATH", "")
    assert git.files(repository, "HEAD") == {} and git.content(repository, "HEAD:big") is None
