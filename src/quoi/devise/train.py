"""Training the head with one seed: Lightning runs the loop, this module says what a step and an epoch are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from quoi.devise.head import Head
from quoi.devise.loss import chosen, cosine
from quoi.devise.scores import ranks
from quoi.io.lightning import Callback, EarlyStopping, lightning, quiet
from quoi.params import Hardware
from quoi.params.devise import Devise

HISTORY = ("epoch", "train_loss", "learning_rate", "momentum", "tune_loss", "tune_mrr")
"""Columns of a training's history. `tune_loss` is mean 1 - cosine of the pictures of labels that are not trained on,
`tune_mrr` the mean reciprocal rank of their label among those: the loss is lowest long before labels are found best."""


@dataclass(frozen=True)
class Examples:
    """Pictures to train with.

    Attributes:
        features: standardized views, float32 [pictures, views, f].
        label_of: int64 [pictures], rows of `words`.
        words: unit rows [labels, d] of word space.
    """

    features: np.ndarray
    label_of: np.ndarray
    words: np.ndarray


class Batches:
    """An epoch of shuffled batches, a view of each picture by chance; what is left over at the end is left out."""

    def __init__(self, examples: Examples, size: int, generator: torch.Generator) -> None:
        self.features = torch.from_numpy(examples.features)
        self.labels = torch.from_numpy(examples.label_of)
        self.words = torch.from_numpy(examples.words)
        # Batch-norm needs more than one picture.
        self.size, self.generator = max(2, min(size, len(self.labels))), generator

    def __len__(self) -> int:
        return len(self.labels) // self.size

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        order = torch.randperm(len(self.labels), generator=self.generator)
        for rows in order[: len(self) * self.size].view(len(self), self.size):
            view = torch.randint(self.features.shape[1], (self.size,), generator=self.generator)
            labels = self.labels[rows]
            yield self.features[rows, view], self.words[labels], labels


class Training(lightning.LightningModule):
    """One head, one seed; `epochs` of `settings.epochs` are gone through, with the rates of the whole."""

    def __init__(self, head: Head, examples: Examples, settings: Devise, seed: int) -> None:
        super().__init__()
        self.head, self.settings = head, settings
        self.batches = Batches(examples, settings.batch_size, torch.Generator().manual_seed(seed))
        self.loss = chosen(settings, self.batches.words)

    def train_dataloader(self) -> Batches:
        return self.batches

    def configure_optimizers(self) -> dict[str, Any]:
        settings = self.settings
        optimizer = torch.optim.AdamW(
            self.head.parameters(),
            settings.learning_rate,
            betas=(settings.beta1, settings.beta2),
            weight_decay=settings.weight_decay,
            fused=True,
        )
        scheduler = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, settings.learning_rate, total_steps=settings.epochs * len(self.batches) + 1
        )
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}

    def training_step(self, batch: tuple[Tensor, Tensor, Tensor], index: int) -> Tensor:
        features, targets, labels = batch
        return self.loss(self.head(features), targets, labels)


class History(Callback):
    """A row an epoch (columns HISTORY), with how well held-out labels are found."""

    def __init__(self, held_out: Examples | None, report: Callable[[dict[str, Any]], None]):
        self.rows: list[dict[str, float]] = []
        self.held_out, self.report = held_out, report

    def on_train_epoch_start(self, trainer, module) -> None:
        self._losses: list[Tensor] = []

    def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx) -> None:
        self._losses.append(outputs["loss"].detach())

    def on_train_epoch_end(self, trainer, module) -> None:
        group = trainer.optimizers[0].param_groups[0]
        row = {
            "epoch": trainer.current_epoch + 1,
            "train_loss": torch.stack(self._losses).double().mean().item(),
            "learning_rate": float(group["lr"]),
            "momentum": float(group["betas"][0]),
        }
        if self.held_out is not None:
            row |= _measured(module.head, self.held_out)
            module.train()
            module.log("tune_mrr", row["tune_mrr"])
        self.rows.append(row)
        self.report(row)


def best_epoch(history: list[dict[str, float]]) -> int:
    """The epoch, from 1, after which the held-out labels were found best; the last of equals."""
    return max(range(len(history)), key=lambda row: (history[row]["tune_mrr"], row)) + 1


def _measured(head: Head, held_out: Examples) -> dict[str, float]:
    made, truth = head.predict(held_out.features[:, 0]), held_out.label_of
    found = ranks(made, held_out.words, truth, np.zeros(len(held_out.words), np.float32))
    loss = cosine(torch.from_numpy(made), torch.from_numpy(held_out.words[truth]))
    return {"tune_loss": loss.item(), "tune_mrr": float((1 / (1 + found)).mean())}


def fit(
    examples: Examples,
    held_out: Examples | None,
    epochs: int,
    settings: Devise,
    hardware: Hardware,
    seed: int,
    report: Callable[[dict[str, Any]], None] = lambda row: None,
) -> tuple[Head, list[dict[str, float]]]:
    """Train a fresh head, and return it with its history.

    Args:
        held_out: pictures of labels that are not among the examples, to stop by; or None.
        epochs: after how many to stop; the rates are those of `settings.epochs`.
        report: called with each row of the history.
    """
    quiet()
    torch.manual_seed(seed)
    head = Head(examples.features.shape[-1], examples.words.shape[1], settings)
    callbacks: list[Callback] = [history := History(held_out, report)]
    if held_out is not None and settings.early_stop is not None:
        patience = settings.early_stop
        callbacks.append(EarlyStopping("tune_mrr", mode="max", patience=patience, check_on_train_epoch_end=True))
    trainer = lightning.Trainer(
        accelerator=hardware.accelerator,
        devices=1,
        max_epochs=epochs,
        callbacks=callbacks,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
    )
    trainer.fit(Training(head, examples, settings, seed))
    return head.cpu(), history.rows
