"""One MLflow run: a variant trained with one seed, written as it goes."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from quoi.io.errors import QuoiError
from quoi.tracking import store

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Metric

LONGEST_VALUE = 6000  # characters of a parameter that MLflow's store takes


class Run:
    """A run that is open for writing.

    Used as a context manager, it ends as FAILED when the block raises, as KILLED when it is interrupted, and stays
    as `finish` left it otherwise.
    """

    def __init__(self, client: MlflowClient, run_id: str, time_ms: int | None = None) -> None:
        """`time_ms` fixes the time stamp of everything written; default: the time of writing."""
        self.client = client
        self.run_id = run_id
        self._time = time_ms
        self._pending: list[Metric] = []
        self._last: dict[str, float] = {}
        self._last_step = 0
        self._finished = False

    def log_epoch(self, metrics: Mapping[str, Any], step: int) -> None:
        """Write one epoch's metrics; `seed`, `epoch` and what is not a number are left out.

        A database that is locked for a moment does not stop a training: the values wait for the next call.
        """
        self._add({key: value for key, value in metrics.items() if key not in ("seed", "epoch")}, step)
        self._last_step = step
        with suppress(QuoiError):
            self._flush()

    def finish(
        self,
        scores: Mapping[str, float] | None = None,
        artifacts: Iterable[Path | str] = (),
        status: str = "FINISHED",
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Write the scores, copy files and folders into the run, and end it.

        Args:
            scores: become metrics at the last epoch's step; one that only repeats the last epoch's value adds no point.
            artifacts: files go to the top of the run's artifacts, folders keep their name.
            status: FINISHED, FAILED or KILLED.
            tags: what is known only now, such as the digest of the record.

        Raises:
            QuoiError: the database is locked, damaged or not writable.
            FileNotFoundError: an artifact does not exist.
        """
        with store.explained():
            news = {
                key: value
                for key, value in (scores or {}).items()
                if value is not None and not math.isclose(value, self._last.get(key, math.inf), rel_tol=1e-5)
            }
            self._add(news, self._last_step)
            self._flush()
            for path in map(Path, artifacts):
                if path.is_dir():
                    self.client.log_artifacts(self.run_id, str(path), path.name)
                else:
                    self.client.log_artifact(self.run_id, str(path))
            store.log_batches(self.client, self.run_id, tags=(tags or {}).items())
            self.client.set_terminated(self.run_id, status=status, end_time=self._time)
        self._finished = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None or self._finished:
            return
        with suppress(QuoiError):  # the error that ends the block is the one to show
            self.finish(status="FAILED" if issubclass(kind, Exception) else "KILLED")

    def _add(self, metrics: Mapping[str, Any], step: int) -> None:
        from mlflow.entities import Metric

        moment = self._time or int(1000 * time.time())
        for key, value in metrics.items():
            if isinstance(value, int | float):
                self._pending.append(Metric(key, float(value), moment, step))
                self._last[key] = float(value)

    def _flush(self) -> None:
        with store.explained():
            store.log_batches(self.client, self.run_id, metrics=self._pending)
            self._pending.clear()


def shortened(value: Any) -> str:
    """A parameter's value as text that MLflow takes; a longer one is cut, and its SHA-256 put at the end."""
    text = str(value)
    if len(text) <= LONGEST_VALUE:
        return text
    ending = f"… sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    return text[: LONGEST_VALUE - len(ending)] + ending
