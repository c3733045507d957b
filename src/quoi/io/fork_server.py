"""Stages forked from one process that has imported the libraries, instead of each importing them again.

`quoi repro` starts it beside DVC. To import torch, Lightning, MLflow and spaCy's languages takes longer than a small
training; to fork a process that has them takes milliseconds. Only libraries are shared: quoi's own code is imported by
each stage, as it is on disk then. A stage that is started before the libraries are there, or without `quoi repro`, runs
in its own process and does the same.
"""

from __future__ import annotations

import gc
import importlib
import json
import multiprocessing
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from quoi.io.processes import keep_freed_memory

ADDRESS = "QUOI_FORK_SERVER"
"""The environment variable with the socket's path."""
LIBRARIES = (
    *("pyarrow.parquet", "mlflow", "mlflow.pyfunc", "mlflow.store.tracking.sqlalchemy_store", "torch"),
    *("quoi.io.lightning", "safetensors.torch", "sacrebleu.metrics", "matplotlib.pyplot", "rich.progress"),
    *("spacy.lang.fr", "spacy.lang.en", "timm", "sklearn.manifold"),
)
"""In the order in which a run needs them; `quoi.io.lightning` imports Lightning beside any build of torch."""
_kept: list[ModuleType] = []  # torchvision needs what one of them declares
_LENGTH = 4  # bytes of a request's length


@contextmanager
def running(*libraries: str) -> Iterator[dict[str, str]]:
    """A server while the block runs, with further libraries if wanted; yields what the stages' environment needs.

    Elsewhere than on Linux, where forks of a process with such libraries are not safe, there is none.
    """
    if sys.platform != "linux":
        yield {}
        return
    with TemporaryDirectory(prefix="quoi-") as folder:  # a socket's path may have 107 bytes
        address = str(Path(folder) / "socket")
        command = [sys.executable, "-P", "-m", "quoi.io.fork_server", address, str(os.getpid()), *libraries]
        with subprocess.Popen(command) as server:
            try:
                yield {ADDRESS: address}
            finally:
                server.terminate()


def run() -> int | None:
    """Let the server run this process's script with its arguments, modules, folder, environment and terminal.

    Returns:
        its exit status; None: there is no server, or it is not ready, and nothing has run.
    """
    address = os.environ.pop(ADDRESS, None)
    if address is None:
        return None

    def pass_interrupts_on(stage: int) -> None:
        signal.signal(signal.SIGINT, lambda *_: os.killpg(stage, signal.SIGINT))

    status = ask(address, sys.argv, sys.path, os.getcwd(), os.environ, (0, 1, 2), pass_interrupts_on)
    if status is not None and status < 0:
        sys.stderr.write("The stage's process was killed; the memory may have been short.\n")
        return 1
    return status


def ask(
    address: str,
    arguments: Sequence[str],
    modules: Sequence[str],
    folder: str,
    environment: Mapping[str, str],
    descriptors: Sequence[int],
    begun: Callable[[int], object] = lambda process: None,
) -> int | None:
    """Let the server at an address run a Python script.

    Args:
        arguments: as `sys.argv` has them, with the script.
        modules: as `sys.path` has them.
        descriptors: of its standard input, output and error.
        begun: called with its process, the leader of a group of its own.

    Returns:
        its exit status, -1 if it was killed; None: there is no server, or it is not ready, and nothing has run.
    """
    with socket.socket(socket.AF_UNIX) as server:
        try:
            server.connect(address)
        except OSError:
            return None
        request = json.dumps([arguments, modules, folder, dict(environment)]).encode()
        socket.send_fds(server, [len(request).to_bytes(_LENGTH)], descriptors)
        server.sendall(request)
        status = b""
        if process := int.from_bytes(server.recv(_LENGTH)):
            begun(process)
            status = server.recv(1)
    return status[0] if status else -1


def serve(address: str, parent: int, libraries: Sequence[str] = ()) -> None:
    """Import the libraries, then fork a process for each stage that asks, until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_freed_memory()
    _import(libraries)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{address}.new")
        listening.listen()
        listening.settimeout(0.5)
        Path(f"{address}.new").rename(address)
        context = multiprocessing.get_context("fork")
        while os.getppid() == parent:
            context.active_children()  # reaps those that have ended
            with suppress(TimeoutError):
                connection, _ = listening.accept()
                with connection:
                    context.Process(target=_stage, args=(connection,)).start()


def _import(libraries: Sequence[str]) -> None:
    # MLflow reads at its import that it shall send nothing. By its name alone, as no stage depends on it by this.
    importlib.import_module("quoi.tracking.store").quiet()
    gc.disable()
    for name in (*LIBRARIES, *libraries):
        with suppress(ImportError):  # said by the stage that needs it
            importlib.import_module(name)
    gc.enable()
    gc.freeze()  # so that no fork's collector touches, and copies, what all share
    _kept.extend(sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "quoi")


def _stage(connection: socket.socket) -> None:
    """In the fork: become the process that asked, run its script, and send it the exit status.

    In a process group of its own, so that interrupts come from the one that asked alone: it may be in another than the
    server.
    """
    length, descriptors, *_ = socket.recv_fds(connection, _LENGTH, 3)
    with connection.makefile("rb") as reader:
        sys.argv, sys.path[:], folder, environment = json.loads(reader.read(int.from_bytes(length)))
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    # What the server has was made for its own.
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding=sys.__stdout__.encoding, errors=sys.__stdout__.errors, closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, encoding=sys.__stderr__.encoding, errors="backslashreplace", closefd=False)
    os.setpgrp()
    connection.send(os.getpid().to_bytes(_LENGTH))
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    status = 1
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
        status = 0
    except SystemExit as ended:
        if isinstance(ended.code, int | None):
            status = (ended.code or 0) & 0xFF
        else:
            print(ended.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    with suppress(OSError):
        connection.send(bytes([status]))


def _end_with(connection: socket.socket) -> None:
    """End this process as soon as the one that asked for it is gone."""
    connection.recv(1)
    os._exit(1)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
