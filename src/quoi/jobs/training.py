"""What every training stage does around its trainings: an MLflow run a seed, and a record of all seeds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import fmean
from typing import Any

from quoi.io.files import write_json, write_text
from quoi.records import results
from quoi.tracking import record, store
from quoi.tracking.git_state import git_state
from quoi.tracking.run import Run

HISTORY = "history.csv"


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
    client, git = store.connect(experiments=(experiment,)), git_state()
    record.end_abandoned(client, variant, seeds, experiment)
    with ExitStack() as stack:
        starts = (record.start(client, variant, seed, parameters, git, experiment, stage) for seed in seeds)
        yield {seed: stack.enter_context(run) for seed, run in zip(seeds, starts, strict=True)}


def write_record(
    folder: Path,
    histories: Mapping[int, Sequence[Mapping[str, Any]]],
    headline: Mapping[str, Sequence[float]],
    contents: Mapping[str, Any],
    **more: Any,
) -> None:
    """Write history.csv and metrics.json.

    Args:
        folder: where they go.
        histories: by seed, a row an epoch.
        headline: what `dvc metrics show` prints the mean of, a value a seed, by name.
        contents: the record.
        more: further keys of metrics.json.
    """
    lines = io.StringIO()
    rows = csv.DictWriter(lines, ("seed", *next(iter(histories.values()))[0]), lineterminator="\n")
    rows.writeheader()
    for seed, history in histories.items():
        rows.writerows({"seed": seed, **row} for row in history)
    write_text(folder / HISTORY, lines.getvalue())
    means = {name: round(fmean(values), 6) for name, values in headline.items()}
    write_json(folder / results.METRICS, {**means, "record": [contents], **more})
