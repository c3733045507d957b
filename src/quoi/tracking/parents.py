"""The parent run of a variant: what its seeds reached together, and they below it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from quoi.records.results import History, Summary
from quoi.report import intervals, progression
from quoi.tracking import store
from quoi.tracking.record import DIGEST_TAG, Record
from quoi.tracking.run import Run, shortened
from quoi.tracking.store import NOTE_TAG, PARENT_TAG, SEEDS_TAG

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run as MlflowRun

    from quoi.report.intervals import Pooled

COLOUR_TAG = "mlflow.runColor"
PRESENT_TAG = "quoi.present"
"""`true` for runs of what the record holds now, and `false` for those of earlier results."""
_LONGEST = 8000  # characters of a run's tag that MLflow takes
_SHARED = ("mlflow.source.name", "mlflow.source.type", "mlflow.source.git.commit", "quoi.git_dirty", "quoi.profile")


@dataclass(frozen=True)
class Parent:
    """A variant's parent run as it ought to be.

    Attributes:
        runs: the MLflow runs of its seeds, in the same order.
        common: by score, the spread over seeds that all variants have in common; of these scores there are intervals.
    """

    variant: str
    seeds: Sequence[Record]
    runs: Sequence[MlflowRun]
    common: Mapping[str, Pooled | None]

    @property
    def digest(self) -> str:
        """The same for the same seeds' records anywhere."""
        return hashlib.sha256("".join(seed.digest for seed in self.seeds).encode()).hexdigest()

    @property
    def history(self) -> History:
        """A row an epoch: means over the seeds that got so far, scores first: MLflow draws the first unasked."""
        rows = [row for seed in self.seeds for row in seed.history]
        keys = dict.fromkeys(["epoch", *self.common, *(key for row in rows for key in row)])
        found = {epoch: [row for row in rows if row["epoch"] == epoch] for epoch in sorted({r["epoch"] for r in rows})}
        values = [{key: [row[key] for row in same if key in row] for key in keys} for same in found.values()]
        return [{key: fmean(own) for key, own in row.items() if own} for row in values]

    def values(self, score: str) -> list[float]:
        """One score of every seed."""
        return [seed.scores[score] for seed in self.seeds]

    def spreads(self) -> dict[str, float]:
        """By MLflow's name, the standard deviation and the ends of the 95 % interval, as far as they are known."""
        known = {}
        for score, common in self.common.items():
            mean, sd, count = Summary.of(self.values(score))
            if sd is not None:
                known[f"sd/{score}"] = sd
            if common is not None:
                half = common.half_width(count)
                known |= {f"low_95/{score}": mean - half, f"high_95/{score}": mean + half}
        return known

    def note(self) -> str:
        """Mean, spread, interval and each seed's value of every score, as Markdown."""
        known, rows = self.spreads(), []
        for score in self.common:
            ends = [f"{known[f'{end}_95/{score}']:#.4g}" for end in ("low", "high") if f"{end}_95/{score}" in known]
            sd = known.get(f"sd/{score}")
            own = [f"{value:#.4g}" for value in self.values(score)]
            mean = f"**{fmean(self.values(score)):#.4g}**"
            rows.append([f"`{score}`", mean, "–" if sd is None else f"{sd:#.2g}", " to ".join(ends) or "–", *own])
        head = ["score", "mean", "standard deviation", "95 % interval", *(f"seed {seed.seed}" for seed in self.seeds)]
        df = max((common.df for common in self.common.values() if common), default=0)
        said = (
            f"The seeds of `{self.variant}` together: curves and scores are their means. Intervals rest on the spread "
            f"that the seeds of all variants have in common ({df} degrees of freedom)."
        )
        return store.note(f"{said}\n\n{progression.markdown(head, rows, left=1)}", _LONGEST)


def renew(
    client: MlflowClient,
    experiment: str,
    variants: Mapping[str, Mapping[int, Record]],
    scores: Sequence[str],
    colours: Mapping[str, str],
) -> dict[str, str]:
    """Make the parent runs that are missing, put the seeds below them, and write anew what has changed of them.

    A variant one of whose seeds has no run yet gets no parent. The parent of earlier results stays with its seeds.

    Args:
        variants: the records of its seeds by variant, in the order of params.yaml.
        scores: those to give a spread and an interval of.

    Returns:
        the id of each variant's parent.
    """
    from mlflow.entities import ViewType

    found = client.search_runs(
        [store.experiment_id(client, experiment)], run_view_type=ViewType.ALL, max_results=50_000
    )
    by_digest = {run.data.tags[DIGEST_TAG]: run for run in sorted(found, key=_is_active) if DIGEST_TAG in run.data.tags}
    known = [
        score for score in scores if all(score in seed.scores for own in variants.values() for seed in own.values())
    ]
    common = {
        score: intervals.pooled([[seed.scores[score] for seed in own.values()] for own in variants.values()])
        for score in known
    }
    ids, present = {}, set()
    for place, (variant, seeds) in enumerate(variants.items(), start=1):
        runs = [by_digest.get(seed.digest) for seed in seeds.values()]
        if not all(run and _is_active(run) for run in runs):
            continue
        parent = Parent(variant, list(seeds.values()), runs, common)
        run = by_digest.get(parent.digest) or _make(client, experiment, parent, place)
        if not _is_active(run):
            client.restore_run(run.info.run_id)
        ids[variant] = run.info.run_id
        tags = {COLOUR_TAG: colours[variant], PRESENT_TAG: "true"}
        for seed in runs:
            _tag(client, seed, tags | {PARENT_TAG: run.info.run_id})
        _measure(client, run, parent)
        _tag(client, run, tags | {NOTE_TAG: parent.note()})
        present |= {run.info.run_id, *(seed.info.run_id for seed in runs)}
    for run in found:
        if run.info.run_id not in present and run.data.tags.get(PRESENT_TAG) == "true" and _is_active(run):
            _tag(client, run, {PRESENT_TAG: "false"})
    return ids


def _make(client: MlflowClient, experiment: str, parent: Parent, place: int) -> MlflowRun:
    """Make a parent run, begun with its first seed, and a millisecond later for each variant before it in params.yaml.

    MLflow nests runs in the order of their beginnings alone, and what is imported has all begun at once.
    """
    first = parent.runs[0]
    tags = {key: first.data.tags[key] for key in _SHARED if key in first.data.tags}
    tags |= {"quoi.variant": parent.variant, SEEDS_TAG: ", ".join(str(seed.seed) for seed in parent.seeds)}
    began = min(run.info.start_time for run in parent.runs) + place
    ended = max(began, *(run.info.end_time or began for run in parent.runs))
    made_in = store.experiment_id(client, experiment)
    made = client.create_run(made_in, start_time=began, tags=tags, run_name=parent.variant)
    own = {"variant": parent.variant} if experiment == store.EXPERIMENT else {}
    params = {key: shortened(value) for key, value in {**parent.seeds[0].parameters, **own}.items()}
    try:
        store.log_batches(client, made.info.run_id, params.items())
        run = Run(client, made.info.run_id, ended)
        for row in parent.history:
            run.log_epoch(row, step=int(row["epoch"]))
        names = parent.seeds[0].scores
        run.finish({name: fmean(parent.values(name)) for name in names}, tags={DIGEST_TAG: parent.digest})
    except BaseException:
        client.delete_run(made.info.run_id)
        raise
    return client.get_run(made.info.run_id)


def _measure(client: MlflowClient, run: MlflowRun, parent: Parent) -> None:
    """Write the spreads that are not in the run yet: another variant's seeds may have changed what is common."""
    from mlflow.entities import Metric

    step, now = int(parent.history[-1]["epoch"]), max(run.info.end_time or 0, run.info.start_time)
    news = {key: value for key, value in parent.spreads().items() if run.data.metrics.get(key) != value}
    store.log_batches(client, run.info.run_id, metrics=[Metric(key, value, now, step) for key, value in news.items()])


def _tag(client: MlflowClient, run: MlflowRun, tags: Mapping[str, str]) -> None:
    news = [(key, value) for key, value in tags.items() if run.data.tags.get(key) != value]
    store.log_batches(client, run.info.run_id, tags=news)


def _is_active(run: MlflowRun) -> bool:
    return run.info.lifecycle_stage == "active"
