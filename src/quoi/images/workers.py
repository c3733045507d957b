"""Pictures made alike by several processes, in order, with few of them in memory at a time."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import get_context

from quoi.images.convert import Converted, Limits, convert_all
from quoi.images.pictures import Picture
from quoi.io.errors import QuoiError
from quoi.io.processes import cores, follow_parent

_TASK = 16
_FEW = 48
_AHEAD = 3


def converted(
    pictures: Iterable[Picture], limits: Limits, workers: int | None = None
) -> Iterator[tuple[Picture, Converted | str]]:
    """Yield each picture with what `convert` makes of it, in order; the result does not depend on the workers.

    Args:
        workers: processes; None: one for each core that this process may use. Few pictures start none.

    Raises:
        QuoiError: a worker was killed from outside, as a system does that runs out of memory.
    """
    pictures = iter(pictures)
    first = list(islice(pictures, _FEW))
    workers = workers or cores()
    if len(first) < _FEW or workers == 1:
        for picture in chain(first, pictures):
            yield picture, convert_all([picture.content], limits)[0]
        return
    # Not forked: the parent may have threads of its own (Arrow), and a fork would copy their locks.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin)
    try:
        yield from _in_order(pool, chain(first, pictures), limits, workers * _AHEAD)
    except BrokenProcessPool:
        raise QuoiError(
            "A process that was reading pictures has been killed, most likely for want of memory: a smaller "
            "images.max_pixels leaves out the largest ones."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(
    pool: ProcessPoolExecutor, pictures: Iterator[Picture], limits: Limits, ahead: int
) -> Iterator[tuple[Picture, Converted | str]]:
    waiting: deque[tuple[list[Picture], Future[list[Converted | str]]]] = deque()
    while True:
        while len(waiting) < ahead and (task := list(islice(pictures, _TASK))):
            waiting.append((task, pool.submit(convert_all, [picture.content for picture in task], limits)))
        if not waiting:
            return
        task, future = waiting.popleft()
        yield from zip(task, future.result(), strict=True)


def _begin() -> None:
    """In a worker: leave interrupts to the parent, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    follow_parent()
