"""The learning-rate range test (Smith 2017) by Lightning's tuner, on a throw-away model."""

from __future__ import annotations

import contextlib
import io
import tempfile

from quoi.io.lightning import lightning, quiet
from quoi.io.progress import bar
from quoi.jobs import hardware
from quoi.params import Params
from quoi.translation import inputs as inputs_
from quoi.translation.train import Training, build

LOWEST, HIGHEST, STEPS = 1e-5, 1.0, 200
SETTLING = 10
"""First steps left out: the tuner's running mean is biased there."""


def find(params: Params, variant: str) -> tuple[list[float], list[float], float | None]:
    """Train for 200 steps while the rate rises from 1e-5 to 1.

    Returns:
        rates, smoothed losses, and a suggestion: a tenth of the rate with the lowest loss (None when it never falls).
        The steepest point, which the tuner itself suggests, is decided by noise where the loss falls evenly.
    """
    from lightning.pytorch.tuner.tuning import Tuner

    quiet()
    hardware.set_threads(params.hardware.threads)
    inputs = inputs_.read(params)
    seed = params.seeds[0]
    model = build(params.variant(variant), inputs.source_vectors, inputs.target_vectors, seed)
    with tempfile.TemporaryDirectory() as folder, bar(f"{variant}: {STEPS} steps at rising rates"):
        trainer = lightning.Trainer(
            accelerator=params.hardware.accelerator,
            devices=1,
            precision=params.hardware.precision,
            max_epochs=STEPS,
            default_root_dir=folder,
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            enable_checkpointing=False,
        )
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            found = Tuner(trainer).lr_find(
                Training(model, inputs.data, seed), min_lr=LOWEST, max_lr=HIGHEST, num_training=STEPS, update_attr=False
            )
        rates, losses = found.results["lr"][SETTLING:], found.results["loss"][SETTLING:]
        lowest = min(range(len(losses)), key=losses.__getitem__)
        return rates, losses, rates[lowest] / 10 if lowest else None
