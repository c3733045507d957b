"""Training one variant with one seed: Lightning runs the loop, this module says what a step and an epoch are."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from quoi.corpus.batches import Batch, Loader, sort_keys, sortish
from quoi.io.errors import QuoiError
from quoi.io.lightning import Callback, EarlyStopping, EpochHistory, ModelCheckpoint, lightning, quiet
from quoi.params import Hardware, Translation
from quoi.translation import schedules, scores
from quoi.translation.inputs import Data
from quoi.translation.model import Seq2Seq
from quoi.vectors.table import VectorTable

HISTORY = (
    "epoch",
    "train_loss",
    "lesson_loss",
    "token_loss_free",
    "token_loss_forced",
    "learning_rate",
    "momentum",
    "forcing",
    "clipped",
)
"""Columns of a training's history; losses in nats, rates as they stand at the end of the epoch, `clipped` is the share
of its steps whose gradient was too long."""


def training_batches(data: Data, settings: Translation, rng: np.random.Generator) -> list[np.ndarray]:
    """Batches of training rows (up to batch_size,) for one epoch: of sentences of similar length, or of any."""
    size, rows = settings.batch_size, data.training
    if settings.batches == "shuffled":
        mixed = rng.permutation(rows)
        return [mixed[start : start + size] for start in range(0, len(mixed), size)]
    return [rows[batch] for batch in sortish(sort_keys(*data.pairs(rows)), size, rng)]


def filled(table: VectorTable, generator: torch.Generator) -> Tensor:
    """Word vectors (V, D) with every missing row drawn from N(0, 1), as the lesson does."""
    drawn = torch.randn(table.vectors.shape, generator=generator)
    return torch.where(torch.from_numpy(table.found).unsqueeze(1), torch.from_numpy(table.vectors), drawn)


def build(settings: Translation, source: VectorTable, target: VectorTable, seed: int) -> Seq2Seq:
    """A fresh model; the seed decides every initial weight."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    return Seq2Seq(settings, filled(source, generator), filled(target, generator))


class Training(lightning.LightningModule):
    """One variant, one seed. All chance in an epoch comes from (seed, epoch), so a resumed training repeats itself."""

    def __init__(self, model: Seq2Seq, data: Data, seed: int):
        super().__init__()
        self.model, self.data, self.seed = model, data, seed
        self.settings = model.settings
        self.learning_rate = model.settings.learning_rate
        self.validation = scores.sorted_loader(*data.pairs(data.validation), self.settings.batch_size)
        self._forcing = torch.Generator()
        self.norms: list[Tensor] = []
        """Of the gradients of this epoch, before they were clipped; empty where none is."""

    def train_dataloader(self) -> Loader:
        """This process's share of the epoch's batches; every process gets as many as the others."""
        rng = np.random.default_rng((self.seed, self.trainer.current_epoch))
        batches = training_batches(self.data, self.settings, rng)
        rank, world = self.trainer.global_rank, self.trainer.world_size
        share = len(batches) // world
        if share == 0:
            raise QuoiError(f"{world} processes cannot share {len(batches)} batches: use fewer, or smaller batches.")
        return Loader(self.data.sources, self.data.targets, batches[rank::world][:share])

    def configure_optimizers(self) -> dict[str, Any]:
        settings = self.settings
        optimizer = torch.optim.Adam(
            self.parameters(),
            self.learning_rate,
            betas=(settings.beta1, settings.beta2),
            weight_decay=settings.weight_decay,
            fused=True,
        )
        steps = int(self.trainer.estimated_stepping_batches)
        scheduler = schedules.learning_rate(settings, optimizer, steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}

    def on_train_epoch_start(self) -> None:
        mixed = int(np.random.SeedSequence((self.seed, self.current_epoch, self.global_rank)).generate_state(1)[0])
        torch.manual_seed(mixed)
        self._forcing.manual_seed(mixed)
        self.norms.clear()

    def on_before_optimizer_step(self, optimizer) -> None:
        """Take the gradients from parameters that rest: Adam passes them over and keeps no averages of them."""
        resting = schedules.resting(self.settings, self.current_epoch)
        for name, weight in self.model.named_parameters():
            if name.startswith(resting):
                weight.grad = None

    def configure_gradient_clipping(self, optimizer, gradient_clip_val=None, gradient_clip_algorithm=None) -> None:
        """Clip the norm of all gradients, and keep what it was."""
        if gradient_clip_val:
            parameters = [weight for group in optimizer.param_groups for weight in group["params"]]
            self.norms.append(torch.nn.utils.clip_grad_norm_(parameters, gradient_clip_val).detach())

    @property
    def watched(self) -> str:
        """The loss that early stopping goes by: the one that is trained."""
        return _watched(self.settings)

    def losses(self) -> dict[str, float]:
        """Validation losses, in nats."""
        return scores.losses(self.model, self.validation, self.device)

    def forcing(self) -> float:
        """Probability with which a step of this epoch reads the true word."""
        return schedules.forcing_probability(self.settings, self.current_epoch)

    def training_step(self, batch: Batch, index: int) -> Tensor:
        forced = schedules.forcing_mask(self.settings, self.current_epoch, tuple(batch.target.shape), self._forcing)
        return self.model.loss(batch, padding=self.settings.loss == "lesson", forced=forced)


class History(EpochHistory):
    """Keeps a row an epoch (columns HISTORY), tells the reporter about steps and epochs, survives a resume."""

    def on_train_epoch_start(self, trainer, module) -> None:
        super().on_train_epoch_start(trainer, module)
        self._tokens, self._clock = 0, Clock()

    def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx) -> None:
        super().on_train_batch_end(trainer, module, outputs, batch, batch_idx)
        self._tokens += batch.tokens
        steps = trainer.num_training_batches
        self.report({"kind": "step", "epoch": trainer.current_epoch, "step": batch_idx + 1, "steps": steps})

    def on_train_epoch_end(self, trainer, module) -> None:
        measured = self._clock.lap("training")
        measured["tokens_per_second"] = self._tokens / measured["seconds_training"]
        losses = module.losses()
        measured |= self._clock.lap("validation")
        module.train()
        for name, value in losses.items():
            module.log(name, value, rank_zero_only=True)
        row = {
            **self.mean_loss(trainer),
            **losses,
            **self.rates(trainer),
            "forcing": module.forcing(),
            "clipped": _share_above(module.norms, module.settings.clip),
        }
        self.rows.append(row)
        self.report({"kind": "epoch", **row, **measured, "peak_memory_mb": peak_memory_mb(module.device)})

    def on_train_start(self, trainer, module) -> None:
        for row in self.rows:
            self.report({"kind": "epoch", **row})

    def state_dict(self) -> dict[str, Any]:
        return {"rows": self.rows}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.rows = list(state["rows"])


def final_losses(settings: Translation, history: Sequence[dict[str, float]]) -> dict[str, float]:
    """The validation losses of the weights that `fit` leaves: with early stopping the best epoch's, else the last's."""
    watched = _watched(settings)
    row = min(history, key=lambda row: row[watched]) if settings.early_stop else history[-1]
    return {name: row[name] for name in scores.LOSSES}


def _watched(settings: Translation) -> str:
    return "lesson_loss" if settings.loss == "lesson" else "token_loss_free"


def _share_above(norms: list[Tensor], longest: float | None) -> float:
    return (torch.stack(norms) > longest).double().mean().item() if norms and longest else 0.0


class Clock:
    """Tells the parts of a training how long they took, by the wall and by the processor."""

    def __init__(self) -> None:
        self._then = self._now()

    def lap(self, part: str) -> dict[str, float]:
        """Seconds since the last lap, as measures of `part`: seconds_PART and cpu_seconds_PART."""
        now = self._now()
        spent = [later - earlier for later, earlier in zip(now, self._then, strict=True)]
        self._then = now
        return dict(zip((f"seconds_{part}", f"cpu_seconds_{part}"), spent, strict=True))

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.perf_counter(), time.process_time()


def peak_memory_mb(device: torch.device) -> float:
    """Most memory held so far, in MiB: of the GPU's allocator, or of this process on a CPU."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def fit(
    model: Seq2Seq,
    data: Data,
    seed: int,
    hardware: Hardware,
    checkpoints: Path,
    report: Callable[[dict[str, Any]], None] = lambda event: None,
) -> list[dict[str, float]]:
    """Train `model` in place and return its history, one row an epoch.

    A checkpoint is kept after every epoch; a training that finds one goes on from there and ends as if it had never
    been interrupted. With early stopping the best epoch's weights are kept, otherwise the last's.

    Args:
        checkpoints: folder of this training alone; the caller removes it when the result is safe.
        report: called with {"kind": "step", ...} after steps and {"kind": "epoch", ...} after epochs.
    """
    return run(Training(model, data, seed), hardware, checkpoints, report)


def run(
    training: Training, hardware: Hardware, checkpoints: Path, report: Callable[[dict[str, Any]], None]
) -> list[dict[str, float]]:
    """What `fit` does, of any training."""
    quiet()
    settings = training.settings
    history = History(report)
    callbacks: list[Callback] = [history]
    best = None
    if settings.early_stop:
        callbacks.append(EarlyStopping(training.watched, patience=settings.early_stop, check_on_train_epoch_end=True))
        best = _checkpoint(checkpoints, "best", monitor=training.watched)
        callbacks.append(best)
    callbacks.append(_checkpoint(checkpoints, "last"))
    trainer = lightning.Trainer(
        accelerator=hardware.accelerator,
        devices=hardware.devices,
        precision=hardware.precision,
        max_epochs=settings.epochs,
        gradient_clip_val=settings.clip,
        callbacks=callbacks,
        reload_dataloaders_every_n_epochs=1,
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
    )
    last = checkpoints / "last.ckpt"
    trainer.fit(training, ckpt_path=last if last.exists() else None, weights_only=True)
    if best is not None and best.best_model_path:
        state = torch.load(best.best_model_path, weights_only=True, map_location="cpu")["state_dict"]
        training.model.load_state_dict({name.removeprefix("model."): value for name, value in state.items()})
    return history.rows


def _checkpoint(folder: Path, name: str, monitor: str | None = None) -> ModelCheckpoint:
    return ModelCheckpoint(
        folder, filename=name, monitor=monitor, save_on_train_epoch_end=True, enable_version_counter=False
    )
