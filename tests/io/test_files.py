"""Writing: the old content or the new, never a part; a refusal of the system is one sentence."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from quoi.io.errors import QuoiError
from quoi.io.files import read_json, replacing, write_json, write_text


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_there_when_the_block_ends_and_not_before(tmp_path):
    out = tmp_path / "deep/folder/out"
    with replacing(out) as partial:
        partial.write_text("new")
        assert not out.exists()
    assert out.read_text() == "new" and names(out.parent) == ["out"]


def test_a_failure_keeps_the_old_file_and_leaves_nothing(tmp_path):
    out = tmp_path / "out"
    out.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(out) as partial:
        partial.write_text("half")
        raise ZeroDivisionError
    assert out.read_text() == "old" and names(tmp_path) == ["out"]


def test_a_folder_takes_the_place_of_a_folder_or_a_file(tmp_path):
    out = tmp_path / "out"
    for old in ("folder", "file"):
        if old == "folder":
            out.mkdir()
            (out / "stale").write_text("old")
        else:
            out.write_text("old")
        with replacing(out) as partial:
            partial.mkdir()
            (partial / "fresh").write_text("new")
        assert names(out) == ["fresh"] and names(tmp_path) == ["out"]
        (out / "fresh").unlink()
        out.rmdir()


def test_a_failure_keeps_the_old_folder(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "old").write_text("old")
    with pytest.raises(KeyboardInterrupt), replacing(out) as partial:
        partial.mkdir()
        (partial / "half").write_text("half")
        raise KeyboardInterrupt
    assert names(out) == ["old"] and names(tmp_path) == ["out"]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_a_killed_writer_left_is_removed_by_the_next(tmp_path, kind):
    code = f"""
import os, signal
from pathlib import Path
from quoi.io.files import replacing
with replacing(Path("out")) as partial:
    {"partial.mkdir(); partial /= 'inside'" if kind == "folder" else "pass"}
    partial.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    (tmp_path / "out").write_text("old")
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path)
    assert done.returncode == -signal.SIGKILL
    assert names(tmp_path) == ["out", "out.partial"] and (tmp_path / "out").read_text() == "old"
    write_text(tmp_path / "out", "new")
    assert names(tmp_path) == ["out"] and (tmp_path / "out").read_text() == "new"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk quota is used up"),
        (errno.EACCES, "there is no permission to write there"),
        (errno.EROFS, "the file system is read-only"),
    ],
)
def test_a_refusal_while_renaming_is_one_sentence(tmp_path, monkeypatch, number, reason):
    def refuse(*paths):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(QuoiError, match=f"out cannot be written: {reason}"):
        write_text(tmp_path / "out", "new")
    assert names(tmp_path) == []


def test_a_disk_that_is_really_full_is_one_sentence(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with (
        pytest.raises(QuoiError, match="out cannot be written: the disk is full"),
        replacing(tmp_path / "out"),
        open("/dev/full", "w") as full,
    ):
        full.write("x" * 100_000)
        full.flush()


def test_json_is_readable_text_and_comes_back(tmp_path):
    write_json(tmp_path / "out.json", {"où": [1, 2.5, None]})
    text = (tmp_path / "out.json").read_text(encoding="utf-8")
    assert text.startswith('{\n  "où": [') and text.endswith("}\n")
    assert read_json(tmp_path / "out.json") == json.loads(text) == {"où": [1, 2.5, None]}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "does not exist yet: run `dvc repro`, or `dvc pull` for a shared result"),
        (b"{", "is not valid JSON"),
        (b"\xff", "is not valid JSON"),
        (b"", "is not valid JSON"),
    ],
)
def test_json_that_cannot_be_read_is_one_sentence(tmp_path, content, sentence):
    if content is not None:
        (tmp_path / "out.json").write_bytes(content)
    with pytest.raises(QuoiError, match=sentence):
        read_json(tmp_path / "out.json")
