"""What the hand-written loss of translation/kernels brings: training steps with it, and by the plain form.

Run: python benchmarks/kernels.py [--batches 24]
Writes benchmarks/results/kernels.json. Random sentences as in benchmarks/training.py, the first and the last variant,
the lesson's loss, the sizes of the default profile and those of the lesson. A step is loss, backward pass and Adam; its
cost is the CPU seconds of one thread. Both ways take their turn on each batch, so that a slow moment of the machine
meets both. A gain of 1.10 says that a step takes 1.10 times as long by the plain form; its interval is a bootstrap over
the batches (95 %, scipy).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from scipy.stats import bootstrap

from quoi.corpus.batches import Batch, collate, sort_keys, sortish
from quoi.params import Translation
from quoi.translation import kernels
from quoi.translation.model import Seq2Seq

sys.path.insert(0, str(Path(__file__).parent))
from training import FORCED, VARIANTS, keep, sentences

RESULTS = Path(__file__).parent / "results" / "kernels.json"
SIZES: dict[str, dict[str, int]] = {
    "default": {"source": 5440, "target": 3865, "vectors": 100, "hidden": 128, "layers": 1, "batch_size": 64},
    "lesson": {"source": 24_793, "target": 17_573, "vectors": 300, "hidden": 256, "layers": 2, "batch_size": 125},
}


@click.command()
@click.option("--batches", default=24, show_default=True, help="Timed batches; one more warms up.")
def main(batches: int) -> None:
    """Time training steps with the kernel and without."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)  # as in training
    rows = [_measure(sizes, variant, batches) for sizes in SIZES for variant in ("baseline", "all")]
    keep(RESULTS, "cpu", "fp32", {"threads": 1, "batches": batches, "rows": rows})


def _measure(name: str, variant: str, count: int) -> dict[str, Any]:
    """How many times as long a step takes by the plain form."""
    sizes = SIZES[name]
    settings = Translation(hidden=sizes["hidden"], layers=sizes["layers"], **VARIANTS[variant])
    torch.manual_seed(0)
    vectors = [torch.randn(sizes[side], sizes["vectors"]) for side in ("source", "target")]
    model = Seq2Seq(settings, *vectors)
    optimizer = torch.optim.Adam(model.parameters(), 1e-4, fused=True)
    times: dict[bool, list[float]] = {True: [], False: []}
    for batch in _batches(count + 1, sizes):
        forced = torch.rand(batch.target.shape) < FORCED if settings.forcing else None
        for on, taken in times.items():
            with kernels.switched(on):
                started = time.process_time()
                optimizer.zero_grad()
                model.loss(batch, padding=True, forced=forced).backward()
                optimizer.step()
                taken.append(time.process_time() - started)
    seconds = {on: np.array(taken[1:]) for on, taken in times.items()}
    interval = bootstrap(
        (seconds[False], seconds[True]), _ratio, paired=True, vectorized=False, method="percentile", rng=0
    ).confidence_interval
    gain = round(_ratio(seconds[False], seconds[True]), 2)
    click.echo(f"{name:8} {variant:8} {gain:.2f}   {interval.low:.2f} to {interval.high:.2f}")
    return {"sizes": name, "variant": variant, "gain": gain, "interval": [round(end, 2) for end in interval]}


def _ratio(plain: np.ndarray, kernel: np.ndarray) -> float:
    return float(plain.sum() / kernel.sum())


def _batches(count: int, sizes: dict[str, int]) -> list[Batch]:
    rng = np.random.default_rng(2018)
    english, french = sentences(count * sizes["batch_size"], rng, sizes["source"], sizes["target"])
    order = sortish(sort_keys(french, english), sizes["batch_size"], rng)
    return [collate(french, english, [int(row) for row in rows]) for rows in order]


if __name__ == "__main__":
    main()
