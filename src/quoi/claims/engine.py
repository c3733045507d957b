"""Trainings that need nothing of each other, side by side on this machine's cores."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import TypeVar

from quoi.io.processes import begin_worker, cores

Item, Done = TypeVar("Item"), TypeVar("Done")


def local(items: Iterable[Item], work: Callable[[Item], Done], threads: int) -> Iterator[tuple[Item, Done]]:
    """Yield every item with what `work` makes of it, in the order in which they are done.

    As many processes work as this one has cores for, each with so many threads. When the caller stops or is
    interrupted they end at once.

    Raises:
        Exception: what `work` raised first; items that others are at are not waited for.
    """
    items = list(items)
    with _pool(max(1, min(len(items), cores() // threads))) as pool:
        futures = {pool.submit(work, item): item for item in items}
        for future in as_completed(futures):
            yield futures[future], future.result()


@contextmanager
def _pool(size: int) -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context("spawn")  # torch's threads do not outlive a fork
    with ProcessPoolExecutor(size, context, begin_worker) as pool:
        try:
            yield pool
        except BaseException:
            for process in list((pool._processes or {}).values()):
                process.terminate()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
