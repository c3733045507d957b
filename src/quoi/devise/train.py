"""Training the head with one seed: Lightning runs the loop, this module says what a step and an epoch are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity, l1_loss, mse_loss, normalize

from quoi.devise.head import Head
from quoi.devise.scores import ranks
from quoi.io.lightning import Callback, EarlyStopping, EpochHistory, lightning, quiet
from quoi.params import Hardware
from quoi.params.devise import Devise

HISTORY = ("epoch", "train_loss", "learning_rate", "momentum", "dev_loss", "dev_mrr")
"""Columns of a training's history. `dev_loss` is mean 1 - cosine of the pictures of labels that are not trained on,
`dev_mrr` the mean reciprocal rank of their label among those: the loss is lowest long before labels are found best."""


@dataclass(frozen=True)
class TrainingPictures:
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

    def __init__(self, examples: TrainingPictures, size: int, generator: torch.Generator) -> None:
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


def cosine(predictions: Tensor, targets: Tensor) -> Tensor:
    """1 - cosine of predictions [B, d] and targets [B, d], as the lesson; its mean over the batch."""
    return (1 - cosine_similarity(predictions, targets, dim=1)).mean()


def ranking(predictions: Tensor, labels: Tensor, words: Tensor, margin: float) -> Tensor:
    """Hinge rank loss (Frome et al. 2013, equation 1): every other label must be further away by a margin.

    Args:
        predictions: float [B, d]; labels: int [B], their true labels.
        words: float [labels, d], unit rows of all training labels.
    """
    nearness = normalize(predictions, dim=1) @ words.T
    right = nearness.gather(1, labels[:, None])
    hinge = (margin - right + nearness).clamp_min(0)
    return hinge.scatter(1, labels[:, None], 0.0).sum(1).mean()


class HeadTraining(lightning.LightningModule):
    """One head, one seed; some of `settings.epochs` are gone through, with the rates of the whole."""

    def __init__(self, head: Head, examples: TrainingPictures, settings: Devise, seed: int) -> None:
        super().__init__()
        self.head, self.settings = head, settings
        self.batches = Batches(examples, settings.batch_size, torch.Generator().manual_seed(seed))

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

    def loss(self, predictions: Tensor, targets: Tensor, labels: Tensor) -> Tensor:
        """The loss that the settings name, of predictions [B, d], targets [B, d] and labels int [B]."""
        if self.settings.loss == "ranking":
            return ranking(predictions, labels, self.batches.words.to(predictions.device), self.settings.margin)
        return {"cosine": cosine, "l1": l1_loss, "mse": mse_loss}[self.settings.loss](predictions, targets)

    def training_step(self, batch: tuple[Tensor, Tensor, Tensor], index: int) -> Tensor:
        features, targets, labels = batch
        return self.loss(self.head(features), targets, labels)


class RankHistory(EpochHistory):
    """A row an epoch (columns HISTORY), with how well held-out labels are found."""

    def __init__(self, held_out: TrainingPictures | None, report: Callable[[dict[str, Any]], None]):
        super().__init__(report)
        self.held_out = held_out

    def on_train_epoch_end(self, trainer, module) -> None:
        row = {**self.mean_loss(trainer), **self.rates(trainer)}
        if self.held_out is not None:
            row |= _measured(module.head, self.held_out)
            module.train()
            module.log("dev_mrr", row["dev_mrr"])
        self.rows.append(row)
        self.report(row)


def best_epoch(history: list[dict[str, float]]) -> int:
    """The epoch, from 1, after which the held-out labels were found best; the last of equals."""
    return max(history, key=lambda row: (row["dev_mrr"], row["epoch"]))["epoch"]


def _measured(head: Head, held_out: TrainingPictures) -> dict[str, float]:
    predictions, labels = head.predict(held_out.features[:, 0]), held_out.label_of
    rank = ranks(predictions, held_out.words, labels, np.zeros(len(held_out.words), np.float32))
    loss = cosine(torch.from_numpy(predictions), torch.from_numpy(held_out.words[labels]))
    return {"dev_loss": loss.item(), "dev_mrr": float((1 / (1 + rank)).mean())}


def fit(
    examples: TrainingPictures,
    held_out: TrainingPictures | None,
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
    callbacks: list[Callback] = [history := RankHistory(held_out, report)]
    if held_out is not None and settings.early_stop is not None:
        patience = settings.early_stop
        callbacks.append(EarlyStopping("dev_mrr", mode="max", patience=patience, check_on_train_epoch_end=True))
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
    trainer.fit(HeadTraining(head, examples, settings, seed))
    return head.cpu(), history.rows
