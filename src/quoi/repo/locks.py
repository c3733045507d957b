"""Who is at work here: the processes that hold DVC's locks."""

from __future__ import annotations

import fcntl
from contextlib import suppress
from itertools import chain
from pathlib import Path

from quoi.io.files import read_note

TMP = Path(".dvc/tmp")


def holders(root: Path = Path()) -> list[str]:
    """A sentence for each process that holds the repository's lock, or one on a file."""
    import psutil

    on_files = read_note(root / TMP / "rwlock")
    infos = chain(on_files.get("write", {}).values(), *on_files.get("read", {}).values())
    commands = {info["pid"]: info["cmd"] for info in infos}
    pid = _of_repository(root / TMP / "lock")
    if pid is not None and pid not in commands:
        with suppress(psutil.Error):  # it has just ended
            commands[pid] = " ".join(psutil.Process(pid).cmdline())
    return [
        f"Process {pid} is at work here ({command}): no second run before it ends."
        if psutil.pid_exists(pid)
        else f"Process {pid} was killed ({command}); DVC passes over the locks that it left."
        for pid, command in commands.items()
    ]


def _of_repository(path: Path) -> int | None:
    """The process that holds the repository's lock, which DVC's error does not name; None where it is free.

    The file stays when the lock is given back, so it is tried. That takes it for a moment, and DVC waits seconds.
    """
    with suppress(OSError, ValueError, IndexError), path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read().split()[0])
    return None
