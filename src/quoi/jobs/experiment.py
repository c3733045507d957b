"""The stage train: every seed of one variant trained, in MLflow too; models/VARIANT and the record written."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.metadata import version
from pathlib import Path
from statistics import fmean
from typing import Any

from quoi.io.files import replacing
from quoi.jobs import hardware, seeds
from quoi.jobs.runs import open_runs
from quoi.params import Params
from quoi.params.settings import flat
from quoi.records import checks, training
from quoi.tracking import record, store
from quoi.tracking.run import Run
from quoi.translation import inputs as inputs_
from quoi.translation import saved

WORK = Path(".quoi/training")
SECTIONS = ("profile", "direction", "corpus", "questions", "tokens", "vocabulary", "split", "vectors", "search")
"""Of params.yaml that translation reads, beside the variant's own settings and the hardware's precision."""
HEADLINE = ("lesson_loss", "bleu_beam")
"""What `dvc metrics show` prints; `dvc exp show` has a column for each, and each variant."""


def run(params: Params, variant: str) -> Path | None:
    """Train `variant` with every seed and write its model folder and its record.

    Earlier results stay untouched until the new ones are whole. Checkpoints of a run that was killed are taken up
    again when inputs and settings are the same, and thrown away when they are not.

    Returns:
        the record's folder; None in the processes of a joint training that do not write.

    Raises:
        QuoiError: no such variant, an input is missing or damaged, a check is broken and `checks` stops there, or the
            disk is full. The checkpoints of a broken training stay, so that one that goes on all the same is quick.
    """
    settings = params.variant(variant)
    hardware.check(params.hardware)
    with seeds.started(params) as workers:
        inputs = inputs_.read(params)
        work = _workplace(params, variant)
        with _runs(params, variant) as runs, _progress(variant, params.seeds, settings.epochs) as show:

            def report(seed: int, event: dict[str, Any]) -> None:
                show(seed, event)
                if event["kind"] in ("epoch", "done") and seed in runs:
                    metrics = {name: value for name, value in event.items() if name != "kind"}
                    runs[seed].log_epoch(metrics, step=int(event["epoch"]))

            trained = seeds.train_all(params, variant, work, report, workers)
            if not seeds.is_first_process():
                return None
            best = max(trained, key=lambda each: each.scores["bleu_beam"])
            measures = checks.by_seed({each.seed: each.measures for each in trained}, best.seed)
            checks.settle(record.stage_of(variant), measures, params.checks)
            folder = _write_record(params, variant, trained, best)
            _write_model(params, variant, inputs, trained, best)
            for seed, done in record.read_record(folder).items():
                record.complete(runs[seed], done)
    shutil.rmtree(work, ignore_errors=True)
    return folder


def _runs(params: Params, variant: str) -> AbstractContextManager[dict[int, Run]]:
    """An open MLflow run a seed, in the process that writes."""
    if not seeds.is_first_process():
        return nullcontext({})
    stage = record.stage_of(variant)
    return open_runs(store.EXPERIMENT, variant, stage, params.seeds, parameters(params, variant))


def parameters(params: Params, variant: str) -> dict[str, Any]:
    """Everything that decides a variant's numbers, flattened: not the other variants' settings, nor other sources'."""
    sections = params.model_dump(include=set(SECTIONS))
    used = ("source", "on_bad_line", params.corpus.source.replace("-", "_"))
    sections["corpus"] = {key: value for key, value in sections["corpus"].items() if key in used}
    for name, language in (("english", "en"), ("french", "fr")):
        if params.vectors.made_here(language):
            del sections["vectors"][name]
    sections["translation"] = params.variant(variant).model_dump()
    sections["hardware"] = params.hardware.model_dump(include={"precision", "threads", "kernels"})
    return flat(sections)


def _workplace(params: Params, variant: str) -> Path:
    """A folder named by everything the training depends on, so that no other training's checkpoints are taken up."""
    settings = json.dumps([parameters(params, variant), version("torch")], sort_keys=True)
    digest = hashlib.sha256(settings.encode())
    for path in sorted([*Path("data/ids").iterdir(), *Path("data/vectors").iterdir()]):
        digest.update(path.read_bytes())
    work = WORK / variant / digest.hexdigest()[:16]
    for other in (WORK / variant).glob("*"):
        if other != work:
            shutil.rmtree(other, ignore_errors=True)
    return work


def _write_record(params: Params, variant: str, trained: list[seeds.TrainedSeed], best: seeds.TrainedSeed) -> Path:
    folder = record.RECORDS / variant
    entry = {
        "variant": variant,
        "direction": params.direction,
        "settings": params.variant(variant).model_dump(),
        "seeds": {str(done.seed): done.scores for done in trained},
        "signatures": best.signatures,
        "parameters": parameters(params, variant),
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
        direction=params.direction,
        settings=params.variant(variant).model_dump(),
        seeds=[each.seed for each in trained],
        best_seed=best.seed,
        source_dimensions=inputs.source_vectors.vectors.shape[1],
        target_dimensions=inputs.target_vectors.vectors.shape[1],
        max_source=inputs.max_source,
        max_target=inputs.max_target,
        straight_apostrophes=params.tokens.straight_apostrophes,
    )
    with replacing(record.MODELS / variant) as partial:
        partial.mkdir()
        saved.save(partial, description, inputs.source, inputs.target)
        for each in trained:
            shutil.copyfile(each.weights, partial / each.weights.name)


@contextmanager
def _progress(variant: str, names: list[int], epochs: int) -> Iterator[Callable[[int, dict[str, Any]], None]]:
    """A bar a seed on a terminal, and a line for each seed that is done; yields the function to report to.

    In a joint training only the first process shows anything.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[note]}"))
    console = Console(stderr=True, quiet=not seeds.is_first_process())
    bars = Progress(
        *columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console, disable=not console.is_terminal
    )
    with bars:
        tasks = {s: bars.add_task(record.run_name(variant, s), total=None, note="starting") for s in names}

        def show(seed: int, event: dict[str, Any]) -> None:
            match event:
                case {"kind": "step", "epoch": epoch, "step": step, "steps": steps}:
                    bars.update(tasks[seed], total=epochs * steps, completed=epoch * steps + step)
                case {"kind": "epoch", "epoch": epoch, "lesson_loss": loss}:
                    bars.update(tasks[seed], note=f"epoch {epoch}/{epochs}, lesson's loss {loss:.3f}")
                case {"kind": "evaluate"}:
                    bars.update(tasks[seed], note="scoring")
                case {"kind": "done", "lesson_loss": loss, "bleu_beam": bleu}:
                    bars.update(tasks[seed], note="done")
                    console.print(f"{record.run_name(variant, seed)}: lesson's loss {loss:.3f}, BLEU {bleu:.1f}")

        yield show
