"""Sections `translation`, `search`, `hardware`, `report` and `registry` of params.yaml."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, model_validator

from quoi.params.section import Dropout, ParamsSection, Positive, Probability

Score = Literal[
    "lesson_loss",
    "token_loss_free",
    "token_loss_forced",
    "perplexity_free",
    "perplexity_forced",
    "exact",
    "bleu_greedy",
    "bleu_beam",
    "chrf_greedy",
    "chrf_beam",
]
SCORES: tuple[str, ...] = get_args(Score)
"""Every score of a variant and seed: losses in nats, exact in [0, 1], BLEU and chrF in [0, 100]."""


TRANSFORMER: dict[str, Any] = {
    "bidirectional": True,
    "forcing": True,
    "attention": True,
    "dropout_bridge": 0.0,
    "variational": False,
    "dropout_weights": 0.0,
    "activation_penalty": 0.0,
    "temporal_penalty": 0.0,
    "pretrain_epochs": 0,
    "lm_attention": False,
}
"""What a Transformer is and cannot but be: it reads both ways, attends, is given the true words, and has no states."""


class Translation(ParamsSection):
    """One variant of the model and of its training. The defaults are the lesson's baseline."""

    bidirectional: bool | Literal["first"] = False
    forcing: bool = False
    attention: bool = False

    cell: Literal["gru", "lstm", "transformer"] = "gru"
    hidden: Positive = 256
    layers: Positive = 2
    heads: Positive = 4
    feed_forward: Positive = 1024
    activation: Literal["tanh", "relu"] = "tanh"
    tied: bool = True
    freeze_vectors: bool = False
    dropout_embedding: Dropout = 0.15
    dropout_encoder: Dropout = 0.25
    dropout_bridge: Dropout = 0.0
    dropout_decoder: Dropout = 0.1
    dropout_output: Dropout = 0.35
    variational: bool = False
    dropout_words: Dropout = 0.0
    dropout_weights: Dropout = 0.0
    activation_penalty: Annotated[float, Field(ge=0)] = 0.0
    temporal_penalty: Annotated[float, Field(ge=0)] = 0.0

    loss: Literal["lesson", "tokens"] = "lesson"
    epochs: Positive = 12
    batch_size: Positive = 125
    batches: Literal["sortish", "shuffled"] = "sortish"
    learning_rate: Annotated[float, Field(gt=0)] = 3e-3
    beta1: Annotated[float, Field(ge=0, lt=1)] = 0.8
    beta2: Annotated[float, Field(ge=0, lt=1)] = 0.99
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    clip: Annotated[float, Field(gt=0)] | None = None
    early_stop: Positive | None = None

    schedule: Literal["cycle", "one-cycle", "constant", "step"] = "cycle"
    cycle_divisor: Annotated[float, Field(gt=1)] = 20.0
    cycle_peak: Annotated[float, Field(gt=0, lt=1)] = 0.1
    momentum_low: Annotated[float, Field(ge=0, lt=1)] = 0.7
    step_epochs: Positive = 5
    step_factor: Annotated[float, Field(gt=0, le=1)] = 0.1

    forcing_start: Probability = 1.0
    forcing_epochs: Positive = 10
    forcing_coin: Literal["sentence", "batch"] = "sentence"

    partner: Literal["forward", "backward"] | None = None
    pretrain_epochs: Annotated[int, Field(ge=0)] = 0
    unfreeze_epochs: Annotated[int, Field(ge=0)] = 0
    lm_attention: bool = False

    @model_validator(mode="after")
    def _partner_is_trained_alike(self) -> Self:
        if self.partner and self.pretrain_epochs:
            raise ValueError(f"partner is {self.partner}, and no partner is pre-trained: pretrain_epochs must be 0")
        return self

    @model_validator(mode="after")
    def _fits_a_transformer(self) -> Self:
        if self.cell != "transformer":
            return self
        wrong = {key: only for key, only in TRANSFORMER.items() if getattr(self, key) != only}
        if wrong:
            given = ", ".join(f"{key}: {json.dumps(getattr(self, key))}" for key in wrong)
            allowed = ", ".join(f"{key}: {json.dumps(only)}" for key, only in wrong.items())
            raise ValueError(f"cell is transformer, with which {given} is not possible; {allowed} is allowed")
        if self.hidden % self.heads:
            raise ValueError(f"hidden is {self.hidden}, which {self.heads} heads cannot share: a multiple is allowed")
        return self


class Search(ParamsSection):
    """Beam search: width, and the exponent of the length in the score (0 is no normalisation)."""

    beam: Annotated[int, Field(ge=1, le=100)] = 5
    length_exponent: Annotated[float, Field(ge=0, le=5)] = 1.0


class Hardware(ParamsSection):
    """Where and how Lightning runs. `threads` is per training; seeds run side by side on the CPU's cores."""

    accelerator: Literal["auto", "cpu", "gpu"] = "auto"
    devices: Positive | Literal["auto"] = "auto"
    precision: Literal["32-true", "16-mixed", "bf16-mixed"] = "32-true"
    threads: Positive = 1
    kernels: bool = True


class ReportParams(ParamsSection):
    """How many validation sentences the sample table and the attention maps show."""

    samples: Annotated[int, Field(ge=1, le=200)] = 12
    attention_maps: Annotated[int, Field(ge=0, le=20)] = 4


class Registry(ParamsSection):
    """By which score's mean over the seeds the best variant is chosen, for `quoi translate` and MLflow's registry.

    Of losses and perplexities the smallest is the best, of the others the greatest.
    """

    score: Score = "bleu_beam"
