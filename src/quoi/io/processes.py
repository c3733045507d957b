"""This process among others: the cores it may use, its parent and what it has cost; a module run in a new one."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor, ProcessPoolExecutor

Item, Result = TypeVar("Item"), TypeVar("Result")

COSTS = "QUOI_COSTS"
"""The environment variable with the file to which each stage adds what it has cost: a benchmark's."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # glibc's options (malloc.h), in bytes


def cores() -> int:
    """The processor's cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def keep_freed_memory() -> None:
    """Have the C library keep what is freed for what is needed next, here and in forks of this process.

    Otherwise a tensor of some megabytes is new from the system each time, which is slow at its first touch.
    """
    if change := getattr(ctypes.CDLL(None), "mallopt", None):  # glibc alone has it
        change(_M_MMAP_THRESHOLD, 32 << 20)  # the most that it takes
        change(_M_TRIM_THRESHOLD, 1 << 30)


def follow_parent() -> None:
    """End this process when its parent is gone, however that went.

    DVC passes over the locks of one that is dead, and the next run would write the same files.
    """
    parent = os.getppid()

    def follow() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def begin_worker() -> None:
    """In a process of a pool: interrupts are for the process that hands out the work, and with it this one ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    follow_parent()


@contextmanager
def worker_pool(
    size: int, method: str = "spawn", begin: Callable[..., None] = begin_worker, arguments: tuple[object, ...] = ()
) -> Iterator[ProcessPoolExecutor]:
    """Yield so many processes; when the block fails or is interrupted they end at once, whatever they are at.

    Args:
        method: of multiprocessing. Threads (torch's, Arrow's) do not outlive a fork, and their locks stay locked in it.
    """
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(size, get_context(method), begin, arguments) as pool:
        try:
            yield pool
        except BaseException:
            for process in list((pool._processes or {}).values()):
                process.terminate()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def recorded_costs() -> Iterator[None]:
    """If DVC has started this, add to the file that `COSTS` names: stage, seconds, CPU seconds of its processes."""
    started = time.perf_counter()
    try:
        yield
    finally:
        if {COSTS, "DVC_STAGE"} <= set(os.environ):
            usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
            costs = {
                "stage": os.environ["DVC_STAGE"],
                "seconds": time.perf_counter() - started,
                "cpu_seconds": sum(usage.ru_utime + usage.ru_stime for usage in usages),
            }
            with open(os.environ[COSTS], "a", encoding="utf-8") as file:
                file.write(json.dumps(costs) + "\n")


def in_order(
    pool: Executor, function: Callable[[Item], Result], items: Iterable[Item], ahead: int
) -> Iterator[tuple[Item, Result]]:
    """Yield each item with what the function makes of it in a pool, in order; at most `ahead` at a time are there."""
    items, waiting = iter(items), deque()
    while True:
        waiting.extend((item, pool.submit(function, item)) for item in islice(items, ahead - len(waiting)))
        if not waiting:
            return
        item, future = waiting.popleft()
        yield item, future.result()


def run_module(
    module: str, *arguments: object, input: str = "", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a module of quoi's as a program: what it computes in C may end its process, and then this one goes on.

    The module is this installation's, wherever the process was started; `environment` has variables to add.
    """
    path = os.pathsep.join(filter(None, (str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH"))))
    return subprocess.run(
        [sys.executable, "-P", "-m", module, *map(str, arguments)],
        input=input, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path, **(environment or {})},
    )  # fmt: skip
