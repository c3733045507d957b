"""The stage train_devise: every seed trained, in MLflow too; models/devise and the record in reports/devise written."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from quoi.devise import data, model
from quoi.devise.experiment import Experiment, Trained
from quoi.io.files import read_json, replacing
from quoi.io.progress import bar
from quoi.jobs import hardware
from quoi.params import Params, decisive
from quoi.records import checks, training
from quoi.records.devise_record import EXPERIMENT, RECORD, STAGE
from quoi.tracking import record
from quoi.tracking.run import Run

MODELS = Path("models/devise")


def run(params: Params, root: Path = Path()) -> list[Trained]:
    """Train with every seed, and write the model of the best one and the record of all.

    The best is the one whose dev labels were found best; the test labels choose nothing.

    Raises:
        QuoiError: an input is missing or damaged, there are too few labels, a check is broken and `checks` stops
            there, or the disk is full.
    """
    hardware.check(params.hardware)
    hardware.set_threads(params.hardware.threads)
    settings = params.devise
    experiment = Experiment(data.read(root), settings, params.hardware)
    parameters = decisive.devise(params)
    with (
        record.open_runs(EXPERIMENT, EXPERIMENT, STAGE, settings.seeds, parameters) as runs,
        bar("training", len(settings.seeds) * settings.epochs) as advance,
    ):
        trained = []
        for seed, run in runs.items():

            def report(row: dict[str, Any], run: Run = run) -> None:
                run.log_epoch(row, step=int(row["epoch"]))
                advance(1)

            trained.append(experiment.train(seed, report))
        measures = checks.by_seed({done.seed: done.measures for done in trained}, _best(trained).seed)
        checks.settle(STAGE, measures, params.checks)
        _write_record(trained, parameters)
        _write_model(experiment, trained)
        record.complete(runs, record.of_devise(root), root)
    return trained


def _write_record(trained: list[Trained], parameters: dict[str, Any]) -> None:
    headline = {"unseen_hit_at_5": fmean(done.scores["DeViSE"]["unseen"]["hit@5"] for done in trained)}
    seeds = [{"seed": done.seed, "stopped": done.stopped, "scores": done.scores} for done in trained]
    source = read_json(Path("data/images/source.json"))
    entry = {"parameters": parameters, "images": source, "seeds": seeds}
    training.write(RECORD, headline, entry, {done.seed: done.history for done in trained})


def _best(trained: list[Trained]) -> Trained:
    return max(trained, key=lambda done: max(row["dev_mrr"] for row in done.history))


def _write_model(experiment: Experiment, trained: list[Trained]) -> None:
    best = _best(trained)
    note, settings = experiment.data.features.note, experiment.settings
    described = model.DeviseDescription(
        settings=json.loads(settings.model_dump_json()),
        backbone=note.backbone,
        digest=note.digest,
        size=note.size,
        layers=len(note.widths) - 1,
        views=experiment.data.training_views,
        widths=note.widths,
        seed=best.seed,
        labels=int((~experiment.parts.test).sum()),
        unseen=[experiment.data.labels[label] for label in np.flatnonzero(experiment.parts.test)],
    )
    with replacing(MODELS) as partial:
        partial.mkdir()
        best.model.save(partial, described)
        np.save(partial / model.PREDICTIONS, best.predictions)
