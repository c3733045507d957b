"""The MLflow runs that are open while a stage trains, one for each seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from quoi.tracking import record, store
from quoi.tracking.git_state import git_state
from quoi.tracking.run import Run


@contextmanager
def open_runs(
    experiment: str, variant: str, stage: str, seeds: Sequence[int], parameters: Mapping[str, Any]
) -> Iterator[dict[int, Run]]:
    """An open MLflow run a seed; what a killed training of these seeds left open is ended first.

    Raises:
        QuoiError: the store cannot be used.
    """
    client, git = store.connect(experiments=(experiment,)), git_state()
    record.end_abandoned(client, variant, seeds, experiment)
    with ExitStack() as stack:
        starts = (record.start(client, variant, seed, parameters, git, experiment, stage) for seed in seeds)
        yield {seed: stack.enter_context(run) for seed, run in zip(seeds, starts, strict=True)}
