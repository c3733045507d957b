"""Training speed at the lesson's sizes, beside a plain step-by-step port of the lesson, batch by batch in turn.

Run: python benchmarks/training.py [--batches 12] [--threads N] [--precision bf16] [--variant all ...]
Writes benchmarks/results/training.json. Vocabularies of 24,793 French and 17,573 English words, embeddings of 300,
hidden size 256, batches of 125. English sentences have 5 to 30 tokens, log-normal through the two points that are known
of the lesson's: a tenth has 23 or more, and 4 % (2,071 of 52,331) had 30 or more and were left out. French ones are
longer in the ratio of the 90th percentiles, 28 to 23. The port (tests/reference.py) projects at every step, always
decodes to 30 steps and packs nothing; both train the same weights with Adam. First both compute the losses of the same
batches in full precision and without dropout, which must agree to 1e-4.
"""

from __future__ import annotations

import json
import math
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import NormalDist
from typing import Any

import click
import numpy as np
import torch

from quoi.corpus.batches import Batch, collate, sort_keys, sortish
from quoi.corpus.vocabulary import EOS
from quoi.io.files import write_json
from quoi.io.progress import track
from quoi.params import Translation
from quoi.translation.model import Seq2Seq

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests import reference

RESULTS = Path(__file__).parent / "results" / "training.json"
SOURCE_WORDS, TARGET_WORDS, EMBEDDING, HIDDEN, BATCH, LONGEST = 24_793, 17_573, 300, 256, 125, 30
VARIANTS: dict[str, dict[str, bool]] = {
    "baseline": {},
    "bidir": {"bidirectional": True},
    "forcing": {"forcing": True},
    "attention": {"forcing": True, "attention": True},
    "all": {"bidirectional": True, "forcing": True, "attention": True},
}
FORCED = 0.5
"""Teacher forcing probability half way through its schedule."""
PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16}
TOLERANCE = 1e-4


@click.command()
@click.option("--batches", default=12, show_default=True, help="Timed batches a row; the first, the longest, warms up.")
@click.option("--threads", type=int, help="CPU threads; default: torch's own number.")
@click.option("--precision", type=click.Choice(list(PRECISIONS)), default="fp32", show_default=True)
@click.option("--variant", "variants", multiple=True, type=click.Choice(list(VARIANTS)), help="Default: all.")
def main(batches: int, threads: int | None, precision: str, variants: tuple[str, ...]) -> None:
    """Time quoi and the port in turn on every batch, so that a slow moment of the machine meets both."""
    if threads:
        torch.set_num_threads(threads)
    torch.set_flush_denormal(True)  # as in training; it helps both
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.backends.cudnn.allow_tf32 = False  # cuDNN's default rounds a GRU's products to 10 bits in "full" precision
    data = _batches(batches + 1)
    rows = []
    cases = [(variant, loss) for variant in variants or VARIANTS for loss in ("tokens", "lesson")]
    for variant, loss in cases:
        difference = _difference(variant, loss, data[1:3], device)
        times = _times(variant, loss, data, device, PRECISIONS[precision])
        tokens = sum(batch.tokens for batch in data[1:])
        ratios = [port / ours for ours, port in zip(times["quoi"], times["port"], strict=True)]
        rows.append(
            {
                "variant": variant,
                "loss": loss,
                "quoi_tokens_per_second": round(tokens / sum(times["quoi"])),
                "port_tokens_per_second": round(tokens / sum(times["port"])),
                "quoi_pairs_per_second": round(BATCH * batches / sum(times["quoi"])),
                "port_pairs_per_second": round(BATCH * batches / sum(times["port"])),
                "ratio": round(sum(times["port"]) / sum(times["quoi"]), 2),
                "ratio_by_batch": [round(min(ratios), 2), round(statistics.median(ratios), 2), round(max(ratios), 2)],
                "loss_difference": difference,
            }
        )
        row = rows[-1]
        click.echo(
            f"{variant:9} {loss:7} quoi {row['quoi_tokens_per_second']:7,} tokens/s   port "
            f"{row['port_tokens_per_second']:7,}   ratio {row['ratio']:.2f}   losses differ by {difference:.1e}"
        )
    if not variants:
        settings = {"threads": torch.get_num_threads(), "batches": batches, "rows": rows}
        keep(RESULTS, device, precision, settings)
    if any(row["loss_difference"] > TOLERANCE for row in rows):
        raise click.ClickException(f"the losses differ by more than {TOLERANCE}")


def keep(path: Path, device: str, precision: str, settings: dict[str, Any]) -> None:
    """Add what was measured to a file of results, beside that of other devices and precisions."""
    machine = torch.cuda.get_device_name() if device == "cuda" else f"{platform.machine()} CPU"
    measured = {"device": machine, "torch": torch.__version__, **settings}
    write_json(path, {**kept(path), f"{device} {precision}": measured})


def kept(path: Path) -> dict[str, Any]:
    """What a file of results holds, by device and precision; nothing where it is not there yet."""
    return json.loads(path.read_text()) if path.exists() else {}


def sentences(
    count: int, rng: np.random.Generator, source_words: int = SOURCE_WORDS, target_words: int = TARGET_WORDS
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Random ids of `count` English and French sentences, end markers last."""
    deviation = math.log(30 / 23) / (NormalDist().inv_cdf(1 - 2071 / 52331) - NormalDist().inv_cdf(0.9))
    middle = math.log(23) - deviation * NormalDist().inv_cdf(0.9)
    drawn = np.floor(rng.lognormal(middle, deviation, 4 * count)).astype(int)
    targets = drawn[(drawn >= 5) & (drawn <= LONGEST)][:count]
    sources = np.round(targets * 28 / 23 * rng.uniform(0.8, 1.2, len(targets)))
    sources = np.clip(sources, 5, LONGEST).astype(int)
    english = [np.append(rng.integers(4, target_words, length - 1), EOS) for length in targets]
    french = [np.append(rng.integers(4, source_words, length - 1), EOS) for length in sources]
    return english, french


def _batches(count: int) -> list[Batch]:
    rng = np.random.default_rng(2018)
    english, french = sentences(count * BATCH, rng)
    order = sortish(sort_keys(french, english), BATCH, rng)
    return [collate(french, english, [int(row) for row in rows]) for rows in order]


def fresh(variant: str, dropout: bool, device: str) -> Seq2Seq:
    """An untrained variant at the lesson's sizes; the same weights each time."""
    torch.manual_seed(0)
    places = ("embedding", "encoder", "bridge", "decoder", "output")
    without = {} if dropout else {f"dropout_{place}": 0.0 for place in places}
    settings = Translation(hidden=HIDDEN, **VARIANTS[variant], **without)
    return Seq2Seq(settings, torch.randn(SOURCE_WORDS, EMBEDDING), torch.randn(TARGET_WORDS, EMBEDDING)).to(device)


def _losses(model: Seq2Seq, variant: str, loss: str) -> dict[str, Callable[[Batch], torch.Tensor]]:
    """The two ways to a batch's loss."""
    scored = reference.lesson_loss if loss == "lesson" else reference.token_loss

    def forced(batch: Batch) -> torch.Tensor | None:
        if "forcing" not in VARIANTS[variant]:
            return None
        generator = torch.Generator().manual_seed(len(batch.target))
        return torch.rand(batch.target.shape, generator=generator) < FORCED

    def ours(batch: Batch) -> torch.Tensor:
        return model.loss(batch, padding=loss == "lesson", forced=forced(batch))

    def port(batch: Batch) -> torch.Tensor:
        logits = reference.decode(model, batch.source, batch.source_lengths, LONGEST, batch.target, forced(batch))
        return scored(logits, batch.target)

    return {"quoi": ours, "port": port}


@torch.no_grad()
def _difference(variant: str, loss: str, batches: list[Batch], device: str) -> float:
    ways = _losses(fresh(variant, False, device), variant, loss)
    moved = [batch.to(device) for batch in batches]
    return max(abs((ways["quoi"](batch) - ways["port"](batch)).item()) for batch in moved)


def _times(variant: str, loss: str, batches: list[Batch], device: str, dtype: torch.dtype) -> dict[str, list[float]]:
    """Seconds of every batch but the first, forward, backward and step."""
    model = fresh(variant, True, device)
    ways = _losses(model, variant, loss)
    settings = model.settings
    adam = {"lr": 1e-4, "betas": (settings.beta1, settings.beta2)}
    optimizers = {
        "quoi": torch.optim.Adam(model.parameters(), **adam, fused=True),
        "port": torch.optim.Adam(model.parameters(), **adam),
    }
    times: dict[str, list[float]] = {"quoi": [], "port": []}
    for batch in track(batches, f"{variant}, {loss} loss"):
        moved = batch.to(device)
        for name, way in ways.items():
            _wait(device)
            started = time.perf_counter()
            optimizers[name].zero_grad()
            with torch.autocast(device, dtype, enabled=dtype != torch.float32):
                value = way(moved)
            value.backward()
            optimizers[name].step()
            _wait(device)
            times[name].append(time.perf_counter() - started)
    return {name: seconds[1:] for name, seconds in times.items()}


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


if __name__ == "__main__":
    main()
