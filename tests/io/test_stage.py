"""What a stage prints and how it exits when something is wrong."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import click
import psutil
import pytest

from quoi.io import files, stage
from quoi.io.errors import QuoiError

ROOT = Path(__file__).parents[2]


def leave(error: BaseException | None, capsys) -> tuple[int, str]:
    @click.command()
    def command() -> None:
        if error:
            raise error

    with pytest.raises(SystemExit) as left, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["stage"])
        stage.main(command)
    return left.value.code, capsys.readouterr().err


def test_exit_statuses_and_sentences(capsys) -> None:
    assert leave(None, capsys) == (0, "")
    assert leave(QuoiError("There is no such thing."), capsys) == (1, "There is no such thing.\n")
    assert leave(KeyboardInterrupt(), capsys) == (130, "\nInterrupted; the earlier results are as they were.\n")
    full = OSError(errno.ENOSPC, "No space left on device")
    assert leave(full, capsys) == (1, "A file cannot be written: the disk is full.\n")
    assert leave(click.UsageError("No such option"), capsys)[0] == 2


SPEAKING = """
import click
from rich.console import Console
from rich.table import Table
from quoi.io import stage
from quoi.io.errors import QuoiError

@click.command()
@click.argument("kind")
def command(kind):
    if kind == "text":
        click.echo("sœur → été 𝄞 \\udce9")
    elif kind == "table":
        table = Table("± sœur")
        table.add_row("✓ été")
        Console().print(table)
    elif kind == "json":
        stage.echo_json({"sœur": "→ été 𝄞"})
    else:
        raise QuoiError("sœur → été")

stage.main(command)
"""


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252", "utf-8", "latin-1:strict"])
def test_what_an_output_has_no_letters_for_is_replaced(encoding: str, tmp_path: Path) -> None:
    script = tmp_path / "speaking.py"  # a command line would be read by the system's encoding, which may be ASCII
    script.write_text(SPEAKING, encoding="utf-8")

    def say(kind: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, script, kind],
            capture_output=True,
            env=os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        )
        # What is ASCII for the system is UTF-8 for click.
        name = "utf-8" if (encoding, kind) == ("ascii", "text") else encoding.split(":")[0]
        return done.returncode, done.stdout.decode(name), done.stderr.decode("utf-8", "replace")

    for kind in ("text", "table", "json"):
        status, out, err = say(kind)
        assert (status, err) == (0, "") and out, kind
        assert ("été" in out) == (encoding != "ascii" or kind == "text") or kind == "json"
    assert json.loads(say("json")[1]) == {"sœur": "→ été 𝄞"}
    status, out, err = say("error")
    assert status == 1 and "Traceback" not in err and err.startswith("s")


def test_what_a_library_says_in_several_lines_is_one_sentence(capsys) -> None:
    message = "data/words.parquet is damaged (no type:\nthe header failed.\n): run `dvc repro`."
    one = "data/words.parquet is damaged (no type: the header failed. ): run `dvc repro`.\n"
    assert leave(QuoiError(message), capsys) == (1, one)


ORPHAN = """
import os, time
from pathlib import Path
import click
from quoi.io import stage

@click.command()
@click.argument("seconds", type=float)
def command(seconds):
    dvc = os.getppid()
    Path("ready").touch()
    while os.getppid() == dvc:
        time.sleep(0.01)
    time.sleep(seconds)
    Path("survived").touch()

stage.main(command)
"""


@pytest.mark.parametrize(("variable", "seconds"), [("DVC_STAGE", "600"), ("OTHER", "0")])
def test_a_stage_ends_when_dvc_is_killed_and_no_other_command_does(tmp_path, variable: str, seconds: str) -> None:
    dvc = (
        "import os, subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {ORPHAN!r}, {seconds!r}], "
        f"env=os.environ | {{{variable!r}: 'train'}})\n"
        "print(child.pid, flush=True); child.wait()"
    )
    with subprocess.Popen([sys.executable, "-c", dvc], stdout=subprocess.PIPE, text=True, cwd=tmp_path) as parent:
        child = psutil.Process(int(parent.stdout.readline()))
        while not (tmp_path / "ready").exists():
            time.sleep(0.02)
        parent.kill()
        parent.stdout.close()
    child.wait()
    assert (tmp_path / "survived").exists() == (variable == "OTHER")


def test_a_bug_keeps_its_traceback(capsys) -> None:
    @click.command()
    def command() -> None:
        raise ZeroDivisionError

    with pytest.MonkeyPatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr(sys, "argv", ["stage"])
        stage.main(command)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, "x"), "the disk is full"),
        (OSError(errno.EROFS, "x"), "the file system is read-only"),
        (PermissionError(errno.EACCES, "x"), "there is no permission to write there"),
        (RuntimeError("I/O error: No space left on device (os error 28)"), "the disk is full"),
        (OSError(errno.ENOENT, "x"), None),
        (ValueError("x"), None),
    ],
)
def test_why_not_written(error: Exception, reason: str | None, tmp_path: Path) -> None:
    assert files.why_not_written(error) == reason
    (tmp_path / "out").write_text("earlier")
    with pytest.raises(QuoiError if reason else type(error)) as raised, files.replacing(tmp_path / "out") as partial:
        partial.write_text("half")
        raise error
    assert [path.name for path in tmp_path.iterdir()] == ["out"] and (tmp_path / "out").read_text() == "earlier"
    if reason:
        assert str(raised.value) == f"{tmp_path / 'out'} cannot be written: {reason}."


@pytest.mark.parametrize("name", ["fetch_corpus", "filter_questions", "tokenize", "numericalize", "embed source"])
def test_every_stage_says_one_sentence_where_nothing_is_prepared(name: str, tmp_path: Path) -> None:
    script, *arguments = name.split()
    (tmp_path / "params.yaml").write_text(
        "profile: test\ncorpus: {source: files, files: {pairs: absent.tsv}}\nvariants: {baseline: {}}\n"
    )
    command = [sys.executable, "-P", str(ROOT / "stages" / f"{script}.py"), *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "does not exist" in done.stderr
