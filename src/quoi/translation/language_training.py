"""Training language models: before a translation, the weights it starts with, or one for itself.

`pretrain` is the start of Ramachandran, Liu and Le (2017): the encoder's and the decoder's weights come from a language
model each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from quoi.corpus.batches import Batch, Loader
from quoi.params import Hardware, Translation
from quoi.translation.inputs import Data, Inputs
from quoi.translation.language_model import LanguageModel, of_source, of_target
from quoi.translation.model import Seq2Seq
from quoi.translation.scores import sorted_loader
from quoi.translation.train import Training, build, run

LOSSES = ("token_loss", "token_loss_backwards")
"""Validation losses of a language model in nats a token, end marker counted: one for each direction it reads in."""

Report = Callable[[dict[str, Any]], None]


class Learned(NamedTuple):
    """How a language model's training went.

    Attributes:
        history: a row an epoch, with the losses that it has of LOSSES.
        unigram: the validation loss of words' frequencies alone, in nats a token: the control.
    """

    history: list[dict[str, float]]
    unigram: float


class Likelihoods(NamedTuple):
    """What a language model alone says of the validation sentences, in their order.

    Attributes:
        nats: (n,) negative log-likelihoods; tokens: (n,), end marker counted.
        learned: how it was trained.
    """

    nats: np.ndarray
    tokens: np.ndarray
    learned: Learned


class LanguageTraining(Training):
    """A language model's training: as a translation's, but for its loss; every word is predicted from true ones."""

    model: LanguageModel
    watched = "token_loss"

    def losses(self) -> dict[str, float]:
        nats, tokens = sentence_nats(self.model, self.validation, self.device)
        return dict(zip(LOSSES, (nats.sum(axis=1) / tokens.sum()).tolist(), strict=False))

    def forcing(self) -> float:
        return 1.0

    def training_step(self, batch: Batch, index: int) -> Tensor:
        return self.model.loss(batch)


def sentence_nats(model: LanguageModel, loader: Loader, device: torch.device | str) -> tuple[np.ndarray, np.ndarray]:
    """Negative log-likelihoods (1 or 2, n) of a loader's sentences in their order, and their tokens (n,)."""
    model.eval()
    tokens = np.array([len(sentence) for sentence in loader.targets])
    nats = np.zeros((len(model.readers), len(tokens)))
    for batch in loader:
        nats[:, batch.rows] = model.nats(batch.to(device))
    return nats, tokens


def text(sentences: Sequence[np.ndarray], data: Data, lines: Sequence[np.ndarray]) -> Data:
    """Sentences to train and validate a language model on; as `sources` they stand backwards.

    Args:
        sentences: one side of `data`, which says which of them train and which validate.
        lines: more to train on; they are cut at the longest of the sentences, whose model goes no further.
    """
    longest = max(map(len, sentences))
    every = [*sentences, *(line[:longest] for line in lines)]
    training = np.concatenate((data.training, np.arange(len(sentences), len(every))))
    return Data([sentence[::-1] for sentence in every], every, training, data.validation)


def unigram(data: Data, words: int) -> float:
    """Validation loss in nats a token of the training text's frequencies alone, one added to the count of each word."""
    trained, seen = (np.concatenate(data.pairs(rows)[1]) for rows in (data.training, data.validation))
    counts = np.bincount(trained, minlength=words) + 1
    return float(-np.log(counts[seen] / counts.sum()).mean())


def fit(model: LanguageModel, data: Data, seed: int, hardware: Hardware, checkpoints: Path, report: Report) -> Learned:
    """Train a language model in place, on what `text` gives; resumable, as `train.fit` is."""
    history = run(LanguageTraining(model, data, seed), hardware, checkpoints, report)
    return Learned(history, unigram(data, model.embedding.num_embeddings))


def pretrain(
    model: Seq2Seq,
    inputs: Inputs,
    lines: tuple[Sequence[np.ndarray], Sequence[np.ndarray]],
    seed: int,
    hardware: Hardware,
    checkpoints: Path,
    report: Report = lambda event: None,
) -> dict[str, Learned]:
    """Train the encoder's and the decoder's weights as language models, `pretrain_epochs` each, before translation.

    Args:
        lines: of the source and of the target language, beside the training questions.
        report: told the steps alone, their epochs counted so that the translation's first one is 0.

    Returns:
        what was learned of "source" and "target".
    """
    settings = _settings(model.settings, model.settings.pretrain_epochs)
    torch.manual_seed(seed)
    models = of_source(model, settings), of_target(model, settings)
    sides = inputs.data.sources, inputs.data.targets
    learned = {}
    for before, side, own, sentences, more in zip((2, 1), ("source", "target"), models, sides, lines, strict=True):

        def step(event: dict[str, Any], before: int = before) -> None:
            if event["kind"] == "step":
                report({**event, "epoch": event["epoch"] - before * settings.epochs})

        data = text(sentences, inputs.data, more)
        learned[side] = fit(own, data, seed, hardware, checkpoints / side, step)
    return learned


def alone(
    settings: Translation,
    inputs: Inputs,
    lines: Sequence[np.ndarray],
    seed: int,
    hardware: Hardware,
    checkpoints: Path,
    report: Report = lambda event: None,
    device: torch.device | str = "cpu",
) -> Likelihoods:
    """Train a language model of the target language for itself, `epochs` epochs, with `lm_attention` or without.

    Args:
        lines: of the target language, beside the training questions.
    """
    settings = _settings(settings, settings.epochs)
    model = build(settings.model_copy(update={"attention": False}), inputs.source_vectors, inputs.target_vectors, seed)
    own = of_target(model, settings, settings.lm_attention)
    data = text(inputs.data.targets, inputs.data, lines)
    learned = fit(own, data, seed, hardware, checkpoints, report)
    loader = sorted_loader(*data.pairs(data.validation), settings.batch_size)
    nats, tokens = sentence_nats(own.to(device), loader, device)
    return Likelihoods(nats[0], tokens, learned)


def _settings(settings: Translation, epochs: int) -> Translation:
    """A variant's settings for one of its language models, in which no part is new."""
    return settings.model_copy(update={"epochs": epochs, "unfreeze_epochs": 0})
