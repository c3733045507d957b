"""Stages forked from a process that has imported the libraries: all that one can tell is that they are there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from quoi.io import fork_server

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each stage has a process of its own")

SERVER = """
import sys
from quoi.io import fork_server

fork_server.LIBRARIES = ("colorsys",)
fork_server.serve(sys.argv[1], int(sys.argv[2]))
"""
STAGE = """
import json, os, sys, time
from pathlib import Path
import click
from quoi.io import stage
from quoi.io.errors import QuoiError

@click.command()
@click.argument("what")
def command(what):
    if what == "tell":
        given = [sys.argv, os.getcwd(), os.environ["GIVEN"], sys.stdin.read(), os.environ["PYTHONPATH"] in sys.path]
        print(json.dumps([*given, "colorsys" in sys.modules, fork_server in os.environ, os.getppid()]))
        print("to the other", file=sys.stderr)
    elif what == "refuse":
        raise QuoiError("Not so.")
    elif what == "break":
        raise ValueError("a bug")
    elif what == "leave":
        sys.exit("I leave.")
    elif what == "leave with 3":
        sys.exit(3)
    elif what == "wait":
        Path("pid").write_text(str(os.getpid()))
        time.sleep(600)
        Path("waited").touch()

fork_server = "QUOI_FORK_SERVER"
if __name__ == "__main__":
    stage.main(command)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    address = tmp_path_factory.mktemp("server") / "socket"
    with subprocess.Popen([sys.executable, "-c", SERVER, str(address), str(os.getpid())], text=True) as process:
        while not address.exists():
            assert process.poll() is None
            time.sleep(0.02)
        process.address = str(address)
        yield process
        process.terminate()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "stage.py").write_text(STAGE)
    return tmp_path


def start(place: Path, what: str, address: str) -> subprocess.Popen[str]:
    given = {"DVC_STAGE": "a", "GIVEN": "là", fork_server.ADDRESS: address, "PYTHONPATH": str(place / "modules")}
    return subprocess.Popen(
        [sys.executable, "-P", "stage.py", what],
        cwd=place,
        env=os.environ | given,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def run(place: Path, what: str, address: str, stdin: str = "") -> tuple[int, str, str]:
    process = start(place, what, address)
    out, err = process.communicate(stdin)
    return process.returncode, out, err


def waiting(place: Path, asked: subprocess.Popen[str]) -> int:
    """The process of a stage that has begun to wait."""
    while not (place / "pid").exists() or not (place / "pid").read_text():
        assert asked.poll() is None
        time.sleep(0.02)
    return int((place / "pid").read_text())


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except FileNotFoundError:
        return True


def test_a_stage_is_where_and_with_what_it_was_started_and_has_the_libraries(place, server):
    status, out, err = run(place, "tell", server.address, "a line\n")
    assert (status, err) == (0, "to the other\n")
    surroundings = json.loads(out)
    assert surroundings == [["stage.py", "tell"], str(place), "là", "a line\n", True, True, False, server.pid]


def test_without_a_server_it_runs_in_its_own_process(place, tmp_path):
    status, out, _ = run(place, "tell", str(tmp_path / "none"), "a line\n")
    assert status == 0 and json.loads(out)[:4] == [["stage.py", "tell"], str(place), "là", "a line\n"]
    assert json.loads(out)[-1] == os.getpid()


def test_its_end_is_that_of_the_one_that_asked(place, server):
    assert run(place, "refuse", server.address) == (1, "", "Not so.\n")
    assert run(place, "leave", server.address) == (1, "", "I leave.\n")
    assert run(place, "leave with 3", server.address) == (3, "", "")
    assert run(place, "tell --other", server.address)[0] == 0
    status, _, err = run(place, "--other", server.address)
    assert status == 2 and "No such option" in err
    status, _, err = run(place, "break", server.address)
    assert status == 1 and err.startswith("Traceback") and "ValueError: a bug" in err


def test_interrupted_it_says_so(place, server):
    asked = start(place, "wait", server.address)
    waiting(place, asked)
    asked.send_signal(signal.SIGINT)
    _, err = asked.communicate()
    assert (asked.returncode, err.strip()) == (130, "Interrupted; the earlier results are as they were.")


def test_it_ends_with_the_one_that_asked(place, server):
    asked = start(place, "wait", server.address)
    stage = waiting(place, asked)
    asked.kill()
    asked.communicate()
    while not gone(stage):
        time.sleep(0.02)


def test_that_it_was_killed_is_said(place, server):
    asked = start(place, "wait", server.address)
    os.kill(waiting(place, asked), signal.SIGKILL)
    _, err = asked.communicate()
    assert asked.returncode == 1 and "was killed" in err


def test_the_server_ends_with_its_parent(tmp_path):
    code = (
        "import os, subprocess, sys\n"
        f"server = [sys.executable, '-c', {SERVER!r}, sys.argv[1], str(os.getpid())]\n"
        "print(subprocess.Popen(server, stdout=subprocess.DEVNULL).pid)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "s")], capture_output=True, text=True, check=True)
    while not gone(int(done.stdout)):
        time.sleep(0.02)


def test_the_block_has_one_and_leaves_none(place, monkeypatch):
    monkeypatch.setattr(fork_server.subprocess, "Popen", recorded := Recorded(fork_server.subprocess.Popen))
    with fork_server.running() as environment:
        (server,) = recorded.made
        assert Path(environment[fork_server.ADDRESS]).parent.stat().st_mode & 0o077 == 0
        assert server.poll() is None
    assert server.poll() is not None and not Path(environment[fork_server.ADDRESS]).parent.exists()


class Recorded:
    def __init__(self, kind: type) -> None:
        self.kind, self.made = kind, []

    def __call__(self, *arguments: object, **options: object) -> object:
        self.made.append(self.kind(*arguments, **options))
        return self.made[-1]
