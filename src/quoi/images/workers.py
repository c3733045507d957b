"""Pictures made alike by several processes, in order, with few of them in memory at a time."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import chain, islice
from multiprocessing import get_context

from quoi.images.convert import Converted, Limits, convert
from quoi.images.pictures import Picture
from quoi.io.errors import QuoiError
from quoi.io.processes import cores, follow_parent, in_order

_TASK = 16
_FEW = 48
_AHEAD = 3


def converted(
    pictures: Iterable[Picture], limits: Limits, workers: int | None = None
) -> Iterator[tuple[Picture, Converted | str]]:
    """Yield each picture with what `convert` makes of it, in order; the result does not depend on the workers.

    Args:
        workers: processes; default: one for each core that this process may use. Few pictures start none.

    Raises:
        QuoiError: a worker was killed from outside, as a system does that runs out of memory.
    """
    pictures = iter(pictures)
    first = list(islice(pictures, _FEW))
    pictures, workers = chain(first, pictures), workers or cores()
    if len(first) < _FEW or workers == 1:
        yield from ((picture, convert(picture.content, limits)) for picture in pictures)
        return
    tasks = iter(lambda: list(islice(pictures, _TASK)), [])
    # Not forked: the parent may have threads of its own (Arrow), and a fork would copy their locks.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin)
    try:
        for task, results in in_order(pool, partial(_convert_all, limits), tasks, workers * _AHEAD):
            yield from zip(task, results, strict=True)
    except BrokenProcessPool:
        raise QuoiError(
            "A process that was reading pictures has been killed, most likely for want of memory: a smaller "
            "images.max_pixels leaves out the largest ones."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _convert_all(limits: Limits, pictures: list[Picture]) -> list[Converted | str]:
    return [convert(picture.content, limits) for picture in pictures]


def _begin() -> None:
    """In a worker: leave interrupts to the parent, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    follow_parent()
