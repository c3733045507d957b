"""Sections `features`, `devise` and `nearest` of params.yaml: backbone, head, and the indexes that are searched."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from quoi.params.section import Distinct, Dropout, ParamsSection, Positive, Seeds

View = Literal["flip", "zoom", "rotated"]


class FeatureParams(ParamsSection):
    """Which backbone sees the pictures, how large, and which altered views of each it sees besides."""

    backbone: str = "efficientnet-lite0"
    size: Annotated[int, Field(ge=32, le=1024)] = 224
    layers: Annotated[int, Field(ge=0, le=20)] = 3
    views: Annotated[list[View], Distinct] = Field(default=["flip", "zoom", "rotated"])
    batch_size: Positive = 4


class LabelSplit(ParamsSection):
    """Which labels a training never sees: `test` for the scores, `dev` to stop by. Shares of all labels.

    `pictures` is the share of a seen label's pictures that is kept for scoring, where it has several and the source
    does not say which.
    """

    test: Annotated[float, Field(gt=0, lt=1)] = 0.2
    dev: Annotated[float, Field(gt=0, lt=1)] = 0.1
    pictures: Annotated[float, Field(gt=0, lt=1)] = 0.2
    seed: Annotated[int, Field(ge=0)] = 2018

    @model_validator(mode="after")
    def _some_are_left(self) -> LabelSplit:
        if self.test + self.dev > 0.9:
            raise ValueError(f"test ({self.test}) and dev ({self.dev}) must leave a tenth of the labels to train with")
        return self


class Kernel(ParamsSection):
    """Regression on visual similarity, added to the head: weight 0 leaves it out."""

    weight: Annotated[float, Field(ge=0)] = 2.0
    width: Annotated[float, Field(gt=0)] = 0.4
    ridge: Annotated[float, Field(gt=0)] = 0.3
    pictures: Annotated[int, Field(ge=2, le=20_000)] = 4000


class BackParams(ParamsSection):
    """The way back, from words to what pictures look like, in so many dimensions: weight 0 leaves it out."""

    weight: Annotated[float, Field(ge=0)] = 1.0
    dimensions: Positive = 128
    width: Annotated[float, Field(gt=0)] = 0.3
    ridge: Annotated[float, Field(gt=0)] = 0.3


class Devise(ParamsSection):
    """The head, its loss and its training.

    Attributes:
        targets: what the head learns for a label: its word vector, or a vector that is drawn, as a control; then
            nothing is found by words, as these have no place among the pictures.
        whitening: how far word space is whitened: 0 not at all, 1 wholly.
        hidden: units of the layer in between; None: there is no such layer.
    """

    split: LabelSplit = LabelSplit()
    seeds: Seeds = Field(default=[1, 2, 3])
    targets: Literal["words", "random"] = "words"
    whitening: Annotated[float, Field(ge=0, le=1)] = 0.5
    hidden: Positive | None = 1024
    dropout_features: Dropout = 0.2
    dropout_hidden: Dropout = 0.5
    loss: Literal["cosine", "l1", "mse", "ranking"] = "cosine"
    margin: Annotated[float, Field(gt=0, le=2)] = 0.1
    epochs: Positive = 30
    early_stop: Positive | None = 10
    batch_size: Annotated[int, Field(ge=2)] = 128
    learning_rate: Annotated[float, Field(gt=0)] = 1e-2
    beta1: Annotated[float, Field(ge=0, lt=1)] = 0.9
    beta2: Annotated[float, Field(ge=0, lt=1)] = 0.99
    weight_decay: Annotated[float, Field(ge=0)] = 1e-7
    kernel: Kernel = Kernel()
    back: BackParams = BackParams()
    csls: Annotated[int, Field(ge=0, le=1000)] = 10


class Nearest(ParamsSection):
    """How the indexes are built and searched: graphs, HNSW (Malkov and Yashunin 2016). More finds more, more slowly.

    `m` links a point and layer, `ef_construction` candidates while a point is linked, `ef_search` candidates of a
    query; `k` is how many neighbours the recall is measured at.
    """

    m: Annotated[int, Field(ge=2, le=100)] = 16
    ef_construction: Annotated[int, Field(ge=8, le=2_000)] = 200
    ef_search: Annotated[int, Field(ge=1, le=10_000)] = 400
    k: Annotated[int, Field(ge=1, le=1_000)] = 10
