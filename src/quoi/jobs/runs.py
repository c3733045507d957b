"""The MLflow runs that are open while a stage trains, one for each seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from quoi.tracking import record, store
from quoi.tracking.run import Run


@contextmanager
def open_runs(
    experiment: str, variant: str, stage: str, seeds: Sequence[int], parameters: Mapping[str, Any]
) -> Iterator[dict[int, Run]]:
    """An open MLflow run a seed; what a killed training of these seeds left open is ended first.

    Args:
        experiment: which the runs belong to.
        variant: the variant's name.
        stage: the DVC stage.
        seeds: of the trainings.
        parameters: flattened, dotted keys.

    Raises:
        QuoiError: the store cannot be used.
    """
    client = store.connect(experiments=(experiment,))
    record.end_abandoned(client, variant, seeds, experiment)
    with ExitStack() as stack:
        starts = (record.start(client, variant, seed, parameters, None, experiment, stage) for seed in seeds)
        yield {seed: stack.enter_context(run) for seed, run in zip(seeds, starts, strict=True)}
