"""Who is at work here: the processes that hold DVC's locks."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

TMP = Path(".dvc/tmp")


@dataclass(frozen=True)
class Holder:
    """A process that holds a lock, its command, and whether it still lives; DVC passes over a dead one's locks."""

    pid: int
    command: str
    alive: bool

    def __str__(self) -> str:
        if self.alive:
            return f"Process {self.pid} is at work here ({self.command}): no second run before it ends."
        return f"Process {self.pid} was killed ({self.command}); DVC passes over the locks that it left."


def holders(root: Path = Path()) -> list[Holder]:
    """The holders of the repository's lock and of those on files, each once."""
    import psutil

    found = {pid: Holder(pid, command, psutil.pid_exists(pid)) for pid, command in _on_files(root / TMP / "rwlock")}
    pid = _of_repository(root / TMP / "lock")
    if pid is not None and pid not in found:
        with suppress(psutil.Error):  # it has just ended
            found[pid] = Holder(pid, " ".join(psutil.Process(pid).cmdline()), True)
    return list(found.values())


def _on_files(path: Path) -> Iterator[tuple[int, str]]:
    """Process and command of each lock on an output or an input."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    writers = held.get("write", {}).values()
    readers = chain.from_iterable(held.get("read", {}).values())
    for info in chain(writers, readers):
        yield info["pid"], info["cmd"]


def _of_repository(path: Path) -> int | None:
    """The process that holds the repository's lock, which DVC's error does not name; None where it is free.

    The file stays when the lock is given back, so it is tried. That takes it for a moment, and DVC waits seconds.
    """
    try:
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read().split()[0])
    except (OSError, ValueError, IndexError):
        pass
    return None
