"""The stage train_devise: every seed trained, MLflow told, models/devise and the record in reports/devise written."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from quoi.devise import data, model
from quoi.devise.experiment import Experiment, Trained
from quoi.io.files import read_json, replacing
from quoi.io.progress import bar
from quoi.jobs import hardware
from quoi.params import Params
from quoi.params.section import flat
from quoi.records import checks, devise_record, training
from quoi.records.devise_record import EXPERIMENT, RECORD, STAGE
from quoi.tracking import lineage, record, store
from quoi.tracking.runs import Run

MODELS = Path("models/devise")
HEADLINE = {"unseen_hit_at_5": "unseen"}
"""What `dvc metrics show` prints, by the set of pictures: one column more in the table of all variants."""


def run(params: Params, root: Path = Path()) -> list[Trained]:
    """Train with every seed, and write the model of the best one and the record of all.

    The best is the one whose tune labels were found best; the test labels choose nothing.

    Raises:
        QuoiError: an input is missing or damaged, there are too few labels, a check is broken and `checks` stops
            there, or the disk is full.
    """
    hardware.check(params.hardware)
    hardware.set_threads(params.hardware.threads)
    settings = params.devise
    experiment = Experiment(data.read(root), settings, params.hardware)
    told, git, client = parameters(params), lineage.git_state(), store.connect(experiments=(EXPERIMENT,))
    record.end_abandoned(client, EXPERIMENT, settings.seeds, EXPERIMENT)
    with ExitStack() as stack, bar("training", len(settings.seeds) * settings.epochs) as advance:
        runs = {seed: stack.enter_context(_start(client, seed, told, git)) for seed in settings.seeds}
        trained = []
        for seed, run in runs.items():

            def report(row: dict[str, Any], run: Run = run) -> None:
                run.log_epoch(row, step=int(row["epoch"]))
                advance(1)

            trained.append(experiment.train(seed, report))
        checks.settle(
            STAGE, checks.by_seed({each.seed: each.measures for each in trained}, _best(trained).seed), params.checks
        )
        _write_record(trained, told)
        _write_model(experiment, trained)
        for done in devise_record.read_all(root):
            record.complete(runs[done.seed], done, root)
    return trained


def _start(client: Any, seed: int, told: dict[str, Any], git: lineage.GitState) -> Run:
    tags = lineage.tags(EXPERIMENT, seed, str(told["profile"]), git, STAGE)
    return Run.start(client, EXPERIMENT, devise_record.run_name(seed), {**told, "seed": seed}, tags)


def parameters(params: Params) -> dict[str, Any]:
    """Everything that decides the numbers, flattened with dotted keys."""
    told = params.model_dump(include={"profile", "images", "features", "labels", "devise"})
    del told["devise"]["seeds"]
    for name in ("cifar100", "imagenette"):
        if params.images.source != name:
            del told["images"][name]
    return flat(told)


def _write_record(trained: list[Trained], told: dict[str, Any]) -> None:
    headline = {
        name: fmean(each.scores["DeViSE"][pictures]["hit@5"] for each in trained)
        for name, pictures in HEADLINE.items()
        if pictures in trained[0].scores["DeViSE"]
    }
    seeds = [{"seed": each.seed, "stopped": each.stopped, "scores": each.scores} for each in trained]
    source = read_json(Path("data/images/source.json"))
    entry = {"parameters": told, "images": source, "seeds": seeds}
    training.write(RECORD, headline, entry, {each.seed: each.history for each in trained})


def _best(trained: list[Trained]) -> Trained:
    return max(trained, key=lambda each: max(row["tune_mrr"] for row in each.history))


def _write_model(experiment: Experiment, trained: list[Trained]) -> None:
    best = _best(trained)
    note, settings = experiment.data.features.note, experiment.settings
    described = model.Description(
        settings=json.loads(settings.model_dump_json()),
        backbone=note.backbone,
        digest=note.digest,
        size=note.size,
        layers=len(note.widths) - 1,
        views=experiment.data.training_views,
        widths=note.widths,
        seed=best.seed,
        labels=int((~experiment.parts.test).sum()),
        unseen=[name for name, unseen in zip(experiment.names, experiment.parts.test, strict=True) if unseen],
    )
    with replacing(MODELS) as partial:
        partial.mkdir()
        best.model.save(partial, described)
        np.save(partial / model.PREDICTIONS, best.predictions)
