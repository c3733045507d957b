"""The stage train_devise: every seed trained, in MLflow too; models/devise and the record in reports/devise written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from quoi.devise import data, model
from quoi.devise.experiment import Experiment, Trained
from quoi.io.files import read_json, replacing
from quoi.io.progress import bar
from quoi.jobs import hardware, training
from quoi.params import Params
from quoi.params.section import flat
from quoi.records import checks, devise_record
from quoi.records.devise_record import EXPERIMENT, RECORD, STAGE
from quoi.tracking import record
from quoi.tracking.run import Run

MODELS = Path("models/devise")
HEADLINE = {"unseen_hit_at_5": "unseen"}
"""What `dvc metrics show` prints, by the set of pictures: one column more in the table of all variants."""


def run(params: Params, root: Path = Path()) -> list[Trained]:
    """Train with every seed, and write the model of the best one and the record of all.

    The best is the one that finds the labels best by which it is stopped; the test labels choose nothing.

    Raises:
        QuoiError: an input is missing or damaged, there are too few labels, a check is broken and `checks` stops
            there, or the disk is full.
    """
    hardware.check(params.hardware)
    hardware.set_threads(params.hardware.threads)
    settings = params.devise
    experiment = Experiment(data.read(root), settings, params.hardware)
    with (
        training.open_runs(EXPERIMENT, EXPERIMENT, STAGE, settings.seeds, parameters(params)) as runs,
        bar("training", len(settings.seeds) * settings.epochs) as advance,
    ):
        trained = []
        for seed, run in runs.items():

            def report(row: dict[str, Any], run: Run = run) -> None:
                run.log_epoch(row, step=int(row["epoch"]))
                advance(1)

            trained.append(experiment.train(seed, report))
        measures = checks.by_seed({each.seed: each.measures for each in trained}, _best(trained).seed)
        checks.settle(STAGE, measures, params.checks)
        _write_record(params, trained)
        _write_model(experiment, trained)
        for done in devise_record.read_all(root):
            record.complete(runs[done.seed], done, root)
    return trained


def parameters(params: Params) -> dict[str, Any]:
    """Everything that decides the numbers, flattened with dotted keys."""
    sections = params.model_dump(include={"profile", "images", "features", "labels", "devise"})
    del sections["devise"]["seeds"]
    for name in ("cifar100", "imagenette"):
        if params.images.source != name:
            del sections["images"][name]
    return flat(sections)


def _write_record(params: Params, trained: list[Trained]) -> None:
    sets = trained[0].scores["DeViSE"]
    training.write_record(
        RECORD,
        {each.seed: each.history for each in trained},
        {
            name: [each.scores["DeViSE"][pictures]["hit@5"] for each in trained]
            for name, pictures in HEADLINE.items()
            if pictures in sets
        },
        {
            "parameters": parameters(params),
            "images": read_json(Path("data/images/source.json")),
            "seeds": [{"seed": each.seed, "stopped": each.stopped, "scores": each.scores} for each in trained],
        },
    )


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
