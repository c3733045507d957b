"""Progress bars on a terminal; silence everywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")


@contextmanager
def bar(
    description: str, total: float | None = None, *, in_bytes: bool = False, done: float = 0
) -> Iterator[Callable[[float], None]]:
    """Show a bar while the block runs and yield the function that moves it on by so many units.

    The bar is drawn on stderr, and only where that is a terminal: logs and pipes stay clean. Without a `total` it
    is a spinner with the time spent. With `in_bytes` the amounts and their speed are shown too.

    Args:
        done: units of the total that an earlier run has done; they count for the bar, not for the speed.
    """
    if not sys.stderr.isatty():
        yield lambda amount: None
        return
    from rich import progress as rich
    from rich.console import Console

    columns = [rich.SpinnerColumn(), rich.TextColumn("{task.description}")]
    amounts = [rich.DownloadColumn(), rich.TransferSpeedColumn()] if in_bytes else []
    if total is None:
        columns += [*amounts, rich.TimeElapsedColumn()]
    else:
        columns += [rich.BarColumn(), *amounts, rich.TimeRemainingColumn(elapsed_when_finished=True)]
    with rich.Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(description, total=total, completed=done)
        yield lambda amount: progress.advance(task, amount)


def track(items: Iterable[Item], description: str, total: float | None = None) -> Iterator[Item]:
    """Yield the items and move a bar on by one for each; `total` defaults to their number where that is known."""
    if total is None and hasattr(items, "__len__"):
        total = len(items)
    with bar(description, total) as advance:
        for item in items:
            yield item
            advance(1)
