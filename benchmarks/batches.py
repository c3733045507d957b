"""Batches of sentences of similar length beside mixed ones: an epoch of the same sentences, batch by batch in turn.

Run: python benchmarks/batches.py [--pairs 2000] [--variant all]
Writes benchmarks/results/batches.json. Sentences, sizes and batches are those of benchmarks/training.py: the lesson's
lengths, batches of 125. What the two orders do to the score is the claim `sortish` (`quoi claims show sortish`).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click
import numpy as np
import torch

from quoi.corpus.batches import Batch, collate, sort_keys, sortish
from quoi.io.progress import track

sys.path.insert(0, str(Path(__file__).parent))
from training import BATCH, VARIANTS, fresh, keep, sentences

RESULTS = Path(__file__).parent / "results" / "batches.json"


@click.command()
@click.option("--pairs", default=2000, show_default=True)
@click.option("--variant", default="all", show_default=True, type=click.Choice(list(VARIANTS)))
def main(pairs: int, variant: str) -> None:
    """Train on both orders in turn, and say how long an epoch of each takes and how much of it is padding."""
    torch.set_flush_denormal(True)
    rng = np.random.default_rng(2018)
    english, french = sentences(pairs, rng)
    order = rng.permutation(pairs)
    orders = {
        "sortish": list(sortish(sort_keys(french, english), BATCH, rng)),
        "shuffled": [order[start : start + BATCH] for start in range(0, pairs, BATCH)],
    }
    batches = {name: [collate(french, english, list(map(int, rows))) for rows in each] for name, each in orders.items()}
    seconds = _epochs(variant, batches)
    rows = {
        name: {"seconds": round(seconds[name], 2), "padding": round(_padding(own), 3)} for name, own in batches.items()
    }
    ratio = round(seconds["sortish"] / seconds["shuffled"], 2)
    keep(RESULTS, "cpu", "fp32", {"pairs": pairs, "variant": variant, "rows": rows, "ratio": ratio})
    for name, row in rows.items():
        click.echo(f"{name:9} {row['seconds']:6.2f} s an epoch   {row['padding']:.1%} padding")
    click.echo(f"sortish takes {ratio:.2f} of the time")


def _epochs(variant: str, batches: dict[str, list[Batch]]) -> dict[str, float]:
    """Seconds of an epoch of each, forward, backward and step; the longest batch of each warms up."""
    model = fresh(variant, dropout=True, device="cpu")
    optimizer = torch.optim.Adam(model.parameters(), 1e-4, fused=True)

    def step(batch: Batch) -> float:
        started = time.perf_counter()
        optimizer.zero_grad()
        model.loss(batch, padding=True, forced=torch.rand(batch.target.shape) < 0.5).backward()
        optimizer.step()
        return time.perf_counter() - started

    for own in batches.values():
        step(max(own, key=lambda batch: batch.target.numel()))
    spent = dict.fromkeys(batches, 0.0)
    for pair in track(list(zip(*batches.values(), strict=True)), "both orders"):
        for name, batch in zip(batches, pair, strict=True):
            spent[name] += step(batch)
    return spent


def _padding(batches: list[Batch]) -> float:
    """Share of the positions of both languages that hold no word."""
    positions = sum(batch.source.numel() + batch.target.numel() for batch in batches)
    words = sum(int(batch.source_lengths.sum() + batch.target_lengths.sum()) for batch in batches)
    return 1 - words / positions


if __name__ == "__main__":
    main()
