"""What a training leaves in reports/: metrics.json and history.csv, in one form for translation and DeViSE.

metrics.json has the headline scores, which `dvc metrics show` prints, and in lists, which it passes over, all the rest:
`record`, with one object, and what else is worth keeping. DVC restores a training from its run cache only if whatever
it leaves in Git is a metrics or a plots file. history.csv has a row for each seed and epoch.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from quoi.io.errors import QuoiError
from quoi.io.files import read_json, write_json, write_text

METRICS, HISTORY = "metrics.json", "history.csv"

History = list[dict[str, float]]
"""A row for each epoch; absent values are left out."""


def write(
    folder: Path,
    headline: Mapping[str, float],
    record: Mapping[str, Any],
    history: Mapping[int, Sequence[Mapping[str, Any]]],
    **lists: Sequence[Any],
) -> None:
    """Write both files.

    Args:
        headline: scores that `dvc metrics show` prints, rounded to six digits.
        record: everything else that is known of the training.
        history: by seed, a row for each epoch; all rows have the same keys.
        lists: further entries of metrics.json.

    Raises:
        QuoiError: a file cannot be written.
    """
    lines = io.StringIO()
    first = next(iter(history.values()))[0]
    rows = csv.DictWriter(lines, ("seed", *first), lineterminator="\n")
    rows.writeheader()
    for seed, epochs in history.items():
        rows.writerows({"seed": seed, **row} for row in epochs)
    write_text(folder / HISTORY, lines.getvalue())
    rounded = {name: round(value, 6) for name, value in headline.items()}
    write_json(folder / METRICS, {**rounded, "record": [record], **lists})


def read(folder: Path) -> tuple[dict[str, Any], dict[str, Any], dict[int, History]]:
    """The record, all of metrics.json, and the history by seed.

    Raises:
        QuoiError: a file is absent or damaged.
    """
    metrics = read_json(folder / METRICS)
    history = _read_history(folder / HISTORY)
    try:
        (record,) = metrics["record"]
        return dict(record), metrics, history
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(folder, error) from None


def damaged(folder: Path, error: Exception) -> QuoiError:
    """What to say of a record that lacks something, or has it in another form."""
    return QuoiError(
        f"{folder} is not a whole result of a training ({type(error).__name__}: {error}): run `dvc repro` to make it "
        "again, or `git checkout` to restore it."
    )


def _read_history(path: Path) -> dict[int, History]:
    history: dict[int, History] = {}
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                numbers = {key: float(value) for key, value in row.items() if value not in ("", None)}
                history.setdefault(int(numbers.pop("seed")), []).append(numbers)
    except FileNotFoundError:
        raise QuoiError(f"{path} does not exist yet: run `dvc repro`, or `git checkout` to restore it.") from None
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise QuoiError(f"{path} is damaged ({error}): run `dvc repro`, or `git checkout` to restore it.") from None
    return history
