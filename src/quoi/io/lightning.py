"""Lightning, which runs the training loops: imported beside any build of torch, and without its notices."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from typing import Any

import torch

from quoi.io import torchvision_compat

torchvision_compat.prepare()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import lightning.pytorch as lightning
    from lightning.pytorch.callbacks import Callback, EarlyStopping, ModelCheckpoint

__all__ = ["Callback", "EarlyStopping", "EpochHistory", "ModelCheckpoint", "lightning", "quiet"]


class EpochHistory(Callback):
    """A training's history: a row an epoch, which a subclass makes when the epoch ends, and hands to `report`."""

    def __init__(self, report: Callable[[dict[str, Any]], None]):
        self.rows: list[dict[str, float]] = []
        self.report = report

    def on_train_epoch_start(self, trainer, module) -> None:
        self._losses: list[torch.Tensor] = []

    def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx) -> None:
        self._losses.append(outputs["loss"].detach())

    def mean_loss(self, trainer) -> dict[str, float]:
        """Columns of a row: the number of the epoch, from 1, and the mean of its batches' losses."""
        return {"epoch": trainer.current_epoch + 1, "train_loss": torch.stack(self._losses).double().mean().item()}

    def rates(self, trainer) -> dict[str, float]:
        """Columns of a row: learning rate and momentum as they stand."""
        group = trainer.optimizers[0].param_groups[0]
        return {"learning_rate": float(group["lr"]), "momentum": float(group["betas"][0])}


def quiet() -> None:
    """Silence Lightning's notices about hardware, workers and plug-ins: a person sees our own progress instead."""
    for name in ("lightning.pytorch", "lightning.fabric", "lightning"):
        logging.getLogger(name).setLevel(logging.ERROR)
    for part in ("does not have many workers", "isinstance.*LeafSpec", "exists and is not empty", "batch_size"):
        warnings.filterwarnings("ignore", f".*{part}.*")
