"""The lesson at its own size through quoi's own training: peak memory, and on a GPU the time of all five variants.

Run: python benchmarks/lesson.py [--precision 32-true | bf16-mixed] [--variant all ...] [--epochs N]
Writes benchmarks/results/lesson.json, each variant as it ends. A random corpus stands in for the real one: 45,219
training and 5,041 validation pairs, vocabularies, sentence lengths, model and sizes those of profiles/lesson.yaml and
benchmarks/training.py. Each variant is trained by one process of its own. On a GPU it goes through all its epochs, each
with its validation; a CPU would take hours, so there it trains on 1,500 pairs for an epoch and validates 500, all else
full-size.
"""

from __future__ import annotations

import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch

from quoi.params import Hardware, Translation, profiles
from quoi.translation.inputs import Data
from quoi.translation.train import build, fit
from quoi.vectors.table import VectorTable

sys.path.insert(0, str(Path(__file__).parent))
from training import BATCH, EMBEDDING, SOURCE_WORDS, TARGET_WORDS, keep, kept, sentences

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results" / "lesson.json"
TRAINING, VALIDATION = 45_219, 5_041
ON_A_CPU = 12 * BATCH, 4 * BATCH
MOST_MEMORY = 4096
"""MiB."""


@click.command()
@click.option("--precision", type=click.Choice(["32-true", "bf16-mixed"]), default="32-true", show_default=True)
@click.option("--variant", "variants", multiple=True, help="Default: all.")
@click.option("--epochs", type=int, help="On a GPU; default: the profile's, 12 or 15.")
def main(precision: str, variants: tuple[str, ...], epochs: int | None) -> None:
    """Train the lesson's variants on random sentences and say what it took."""
    lesson = profiles.load("lesson", ROOT)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    rows: dict[str, dict[str, Any]] = {}
    for name in variants or lesson.variants:
        settings = lesson.variant(name)
        if device == "cpu" or epochs:
            settings = settings.model_copy(update={"epochs": 1 if device == "cpu" else epochs})
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            row = pool.submit(_train, settings, device, precision).result()
        rows[name] = row
        click.echo(
            f"{name:9} {row['pairs_per_second']:7,} pairs/s   {row['peak_memory_mb']:6,} MiB   "
            f"{row['epochs']} epochs in {row['seconds']:,} s"
        )
        before = kept(RESULTS).get(f"{device} {precision}", {}).get("rows", {})
        keep(RESULTS, device, precision, {"rows": before | rows})
    if any(row["peak_memory_mb"] > MOST_MEMORY for row in rows.values()):
        raise click.ClickException(f"a training took more than {MOST_MEMORY} MiB")


def _train(settings: Translation, device: str, precision: str) -> dict[str, Any]:
    """Train one variant; pairs per second of its training epochs, peak memory (of process, or GPU), whole time."""
    rng = np.random.default_rng(2018)
    english, french = sentences(TRAINING + VALIDATION, rng)
    order = rng.permutation(len(english))
    training, validation = order[:TRAINING], order[TRAINING:]
    if device == "cpu":
        torch.set_flush_denormal(True)
        training, validation = training[: ON_A_CPU[0]], validation[: ON_A_CPU[1]]
    data = Data(french, english, training, validation)
    model = build(settings, _vectors(SOURCE_WORDS, rng), _vectors(TARGET_WORDS, rng), seed=1)
    epochs: list[dict[str, Any]] = []

    def note(event: dict[str, Any]) -> None:
        if event["kind"] == "epoch":
            epochs.append(event)

    hardware = Hardware(devices=1, precision=precision, threads=torch.get_num_threads())
    with tempfile.TemporaryDirectory() as checkpoints:
        started = time.perf_counter()
        fit(model, data, 1, hardware, Path(checkpoints), note)
        seconds = time.perf_counter() - started
    tokens = sum(len(french[row]) + len(english[row]) for row in training)
    spent = sum(tokens / event["tokens_per_second"] for event in epochs)
    return {
        "pairs_per_second": round(len(training) * len(epochs) / spent),
        "peak_memory_mb": round(max(event["peak_memory_mb"] for event in epochs)),
        "epochs": len(epochs),
        "seconds": round(seconds, 1),
    }


def _vectors(words: int, rng: np.random.Generator) -> VectorTable:
    return VectorTable(rng.standard_normal((words, EMBEDDING), dtype=np.float32), np.ones(words, dtype=bool))


if __name__ == "__main__":
    main()
