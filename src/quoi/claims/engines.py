"""Trainings that need nothing of each other: side by side on this machine's cores, or on a Ray cluster's."""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, as_completed
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

from quoi.io.errors import QuoiError
from quoi.io.processes import cores, worker_pool

Done = TypeVar("Done")


class Task(Protocol):
    """Something to be done with the data in a folder, whose name is a digest of what is in it."""

    @property
    def data(self) -> Path: ...


Work = Callable[[Any, Path], Done]
"""Given a task and the folder with its data; runs in another process, perhaps on another machine."""


def local(tasks: Iterable[Task], work: Work[Done], threads: int) -> Iterator[tuple[Task, Done]]:
    """Yield every task with what `work` makes of it, in the order in which they are done.

    Tasks are taken one by one: what it takes to make the next one's data is done while others are at work. As many
    processes work as this one has cores for, each with so many threads. When the caller stops or is interrupted they
    end at once.

    Raises:
        Exception: what `work` raised first; tasks that others are at are not waited for.
    """
    with worker_pool(max(1, cores() // threads)) as pool:
        futures: dict[Future, Task] = {}
        for task in tasks:
            futures[pool.submit(work, task, task.data.resolve())] = task
            for future in [future for future in futures if future.done()]:
                yield futures.pop(future), future.result()
        for future in as_completed(futures):
            yield futures[future], future.result()


def on_ray(tasks: Iterable[Task], work: Work[Done], threads: int) -> Iterator[tuple[Task, Done]]:
    """As `local`, on the Ray cluster that the variable RAY_ADDRESS names, or on one that is started here.

    Each folder of data is put into Ray's store once, from which a node fetches it once. A task whose worker or node is
    lost is given to another. This installation's code goes along; the cluster's nodes have its packages.

    Raises:
        QuoiError: Ray is not installed, or there is no such cluster.
        Exception: what `work` raised first.
    """
    try:
        import ray
    except ImportError:
        raise QuoiError("engine: ray needs Ray, which is an option of its own: pip install 'quoi[ray]'.") from None
    source = Path(__file__).parents[2]
    modules = {"py_modules": [str(source / "quoi"), str(source / "atlas")]}
    try:
        ray.init(runtime_env=modules, log_to_driver=False, logging_level="ERROR", include_dashboard=False)
    except ConnectionError as error:
        address = os.environ.get("RAY_ADDRESS", "auto")
        raise QuoiError(f"There is no Ray cluster at {address}, which RAY_ADDRESS names: {error}.") from None
    try:
        stored: dict[Path, Any] = {}
        waiting: dict[Any, Task] = {}
        remote = ray.remote(num_cpus=threads, max_retries=5)(_there)
        for task in tasks:
            if task.data not in stored:
                stored[task.data] = ray.put(_packed(task.data))
            waiting[remote.remote(work, task, task.data.name, stored[task.data])] = task
            for done in ray.wait(list(waiting), num_returns=len(waiting), timeout=0)[0]:
                yield waiting.pop(done), ray.get(done)
        while waiting:
            (done, *_), _ = ray.wait(list(waiting))
            yield waiting.pop(done), ray.get(done)
    finally:
        ray.shutdown()


ENGINES = {"local": local, "ray": on_ray}


def _packed(folder: Path) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        tar.add(folder, arcname=".")
    return content.getvalue()


def _there(work: Work[Done], task: Task, name: str, packed: bytes) -> Done:
    """On a node: unpack the data, unless a task before has, and work."""
    folder = Path(tempfile.gettempdir(), "quoi-claims", name)
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        own = Path(tempfile.mkdtemp(dir=folder.parent))
        with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
            tar.extractall(own, filter="data")
        with suppress(OSError):  # another task has been quicker
            own.rename(folder)
    return work(task, folder)
