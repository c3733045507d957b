"""The stage train: every seed of one variant trained, in MLflow too; models/VARIANT and the record written."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import fmean
from typing import Any

import click

from quoi.io.errors import QuoiError
from quoi.io.files import replacing
from quoi.io.progress import bar
from quoi.jobs import hardware, seeds
from quoi.params import Params, decisive
from quoi.records import checks, training
from quoi.records.results import EXPERIMENT, VARIANTS, run_name, stage_of
from quoi.tracking import record
from quoi.tracking.run import Run
from quoi.translation import inputs as inputs_
from quoi.translation import saved

WORK = Path(".quoi/training")
HEADLINE = ("lesson_loss", "bleu_beam")
"""What `dvc metrics show` prints; `dvc exp show` has a column for each, and each variant."""


def run(params: Params, variant: str) -> Path | None:
    """Train `variant` with every seed and write its model folder and its record.

    Earlier results stay untouched until the new ones are whole. Checkpoints of a run that was killed are taken up
    again when inputs and settings are the same, and thrown away when they are not.

    Returns:
        the record's folder; None in the processes of a joint training that do not write.

    Raises:
        QuoiError: no such variant, or one with a partner; an input is missing or damaged, a check is broken and
            `checks` stops there, or the disk is full. The checkpoints of a broken training stay, so that one that goes
            on all the same is quick.
    """
    if partner := params.variant(variant).partner:
        raise QuoiError(
            f"variants.{variant} has partner: {partner}, but what is saved and served is one model: null is allowed "
            f"here, and forward and backward in the settings of claims.yaml."
        )
    hardware.check(params.hardware)
    with seeds.started(params) as workers:
        inputs = inputs_.read(params)
        work = _workplace(params, variant)
        with _shown(params, variant) as (runs, advance):
            reached = dict.fromkeys(params.seeds, -2.0 * params.variant(variant).pretrain_epochs)

            def report(seed: int, event: dict[str, Any]) -> None:
                if event["kind"] == "step":
                    before, reached[seed] = reached[seed], event["epoch"] + event["step"] / event["steps"]
                    advance(reached[seed] - before)
                elif seed in runs:
                    metrics = {name: value for name, value in event.items() if name != "kind"}
                    runs[seed].log_epoch(metrics, step=int(event["epoch"]))
                    if event["kind"] == "done":
                        scores = f"lesson's loss {event['lesson_loss']:.3f}, BLEU {event['bleu_beam']:.1f}"
                        click.echo(f"{run_name(variant, seed)}: {scores}", err=True)

            trained = seeds.train_all(params, variant, work, report, workers)
            if not seeds.is_first_process():
                return None
            best = max(trained, key=lambda each: each.scores["bleu_beam"])
            measures = checks.by_seed({each.seed: each.measures for each in trained}, best.seed)
            checks.settle(stage_of(variant), measures, params.checks)
            folder = _write_record(params, variant, trained, best)
            _write_model(params, variant, inputs, trained, best)
            record.complete(runs, record.read_record(folder))
    shutil.rmtree(work, ignore_errors=True)
    return folder


@contextmanager
def _shown(params: Params, variant: str) -> Iterator[tuple[dict[int, Run], Callable[[float], None]]]:
    """An open MLflow run a seed, and a bar of all their epochs; of a joint training, only in its first process."""
    if not seeds.is_first_process():
        yield {}, lambda amount: None
        return
    settings = params.variant(variant)
    epochs = len(params.seeds) * (2 * settings.pretrain_epochs + settings.epochs)
    with (
        record.open_runs(
            EXPERIMENT, variant, stage_of(variant), params.seeds, decisive.translation(params, variant)
        ) as runs,
        bar(f"training {variant}", epochs) as advance,
    ):
        yield runs, advance


def _workplace(params: Params, variant: str) -> Path:
    """A folder named by everything the training depends on, so that no other training's checkpoints are taken up."""
    settings = json.dumps([decisive.translation(params, variant), version("torch")], sort_keys=True)
    digest = hashlib.sha256(settings.encode())
    for path in sorted(path for name in ("ids", "vectors", "text") for path in Path("data", name).iterdir()):
        digest.update(path.read_bytes())
    work = WORK / variant / digest.hexdigest()[:16]
    for other in (WORK / variant).glob("*"):
        if other != work:
            shutil.rmtree(other, ignore_errors=True)
    return work


def _write_record(params: Params, variant: str, trained: list[seeds.TrainedSeed], best: seeds.TrainedSeed) -> Path:
    folder = VARIANTS / variant
    entry = {
        "variant": variant,
        "languages": params.languages.both,
        "settings": params.variant(variant).model_dump(),
        "seeds": {str(done.seed): done.scores for done in trained},
        "signatures": best.signatures,
        "parameters": decisive.translation(params, variant),
        "beam": params.search.beam,
        "best_seed": best.seed,
    }
    headline = {name: fmean(done.scores[name] for done in trained) for name in HEADLINE}
    history = {done.seed: done.history for done in trained}
    training.write(folder, headline, entry, history, sentences=best.samples)
    return folder


def _write_model(
    params: Params, variant: str, inputs: inputs_.Inputs, trained: list[seeds.TrainedSeed], best: seeds.TrainedSeed
) -> None:
    description = saved.Description(
        variant=variant,
        source_language=params.languages.source,
        target_language=params.languages.target,
        settings=params.variant(variant).model_dump(),
        seeds=[each.seed for each in trained],
        best_seed=best.seed,
        source_dimensions=inputs.source_vectors.vectors.shape[1],
        target_dimensions=inputs.target_vectors.vectors.shape[1],
        max_source=inputs.max_source,
        max_target=inputs.max_target,
        straight_apostrophes=params.tokens.straight_apostrophes,
        source_units=params.tokens.units_of(params.languages.source),
        target_units=params.tokens.units_of(params.languages.target),
        case=params.tokens.case,
    )
    with replacing(record.MODELS / variant) as partial:
        partial.mkdir()
        units = inputs.source_units, inputs.target_units
        saved.save(partial, description, inputs.source, inputs.target, units)
        for each in trained:
            shutil.copyfile(each.weights, partial / each.weights.name)
