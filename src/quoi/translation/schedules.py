"""Learning-rate and teacher-forcing schedules."""

from __future__ import annotations

from itertools import chain

import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, OneCycleLR, StepLR

from quoi.params import Translation


def up_down(step: int, total: int, divisor: float, peak: float) -> float:
    """The lesson's cycle as a factor of the peak rate: linear from 1/divisor to 1 and back to 1/divisor.

    Args:
        step: 0 .. total; total: optimizer steps of the whole training; peak: share of the steps that go up.
    """
    turn = max(1.0, total * peak)
    share = step / turn if step <= turn else max(0.0, 1 - (step - turn) / max(1.0, total - turn))
    return (1 + share * (divisor - 1)) / divisor


def learning_rate(settings: Translation, optimizer: Optimizer, total: int) -> LRScheduler:
    """The scheduler a variant asks for; it is stepped after every optimizer step.

    `one-cycle` cycles the momentum against the rate (Smith 2018), between beta1 and `momentum_low`.

    Args:
        total: optimizer steps of the whole training.
    """
    match settings.schedule:
        case "cycle":
            return LambdaLR(optimizer, lambda step: up_down(step, total, settings.cycle_divisor, settings.cycle_peak))
        case "one-cycle":
            return OneCycleLR(
                optimizer,
                settings.learning_rate,
                total_steps=total,
                pct_start=settings.cycle_peak,
                div_factor=settings.cycle_divisor,
                base_momentum=min(settings.momentum_low, settings.beta1),
                max_momentum=settings.beta1,
            )
        case "step":
            return StepLR(optimizer, settings.step_epochs * total // settings.epochs, settings.step_factor)
        case "constant":
            return LambdaLR(optimizer, lambda step: 1.0)


def forcing_probability(settings: Translation, epoch: int) -> float:
    """Probability that a step reads the target: falls evenly from `forcing_start` to 0 at `forcing_epochs`.

    A Transformer's steps always do, so that all are computed at once.
    """
    if settings.cell == "transformer":
        return 1.0
    if not settings.forcing:
        return 0.0
    return settings.forcing_start * max(0.0, 1 - epoch / settings.forcing_epochs)


def forcing_mask(
    settings: Translation, epoch: int, shape: tuple[int, int], generator: torch.Generator
) -> torch.Tensor | None:
    """Which steps of a batch read the target: the teacher-forcing mask.

    The lesson decides once a step for the whole batch; the sound form decides for every sentence and step.


    Args:
        settings: with the probability's course, and `forcing_coin`: whether each `sentence` or the `batch` decides.
        epoch: counted from 0.
        shape: (T, B).
        generator: of the random numbers, on the CPU.

    Returns:
        (T, B) booleans on the CPU, or None where no step does.
    """
    probability = forcing_probability(settings, epoch)
    if probability <= 0:
        return None
    steps, size = shape
    drawn = torch.rand(steps, size if settings.forcing_coin == "sentence" else 1, generator=generator)
    return (drawn < probability).expand(steps, size)


def resting(settings: Translation, epoch: int) -> tuple[str, ...]:
    """How the names of the parameters begin that are not trained in an epoch, counted from 0.

    That is gradual unfreezing (Howard and Ruder 2018, section 3.3), with `unfreeze_epochs` epochs for each group: first
    only what no language model has (the bridges, attention and its join), then the recurrent layers too, then all.
    """
    groups = (("encoder.layers.", "decoder.layers."), ("encoder.embedding.", "embedding.", "projection."))
    thawed = epoch // settings.unfreeze_epochs if settings.unfreeze_epochs else len(groups)
    return tuple(chain.from_iterable(groups[thawed:]))
