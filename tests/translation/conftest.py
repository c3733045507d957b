"""Small models and batches, made anew for each test."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from quoi.corpus.batches import Batch, collate
from quoi.corpus.vocabulary import EOS
from quoi.params import Translation
from quoi.translation.model import Seq2Seq

SOURCE_WORDS, TARGET_WORDS, SIZE = 23, 19, 12

VARIANTS = {
    "baseline": {},
    "bidir": {"bidirectional": True},
    "forcing": {"forcing": True},
    "attention": {"forcing": True, "attention": True},
    "all": {"bidirectional": True, "forcing": True, "attention": True},
}
TRANSFORMER = {**VARIANTS["all"], "cell": "transformer", "hidden": 16, "heads": 4, "feed_forward": 24}
MODELS = {**VARIANTS, "transformer": TRANSFORMER}
NO_DROPOUT = {f"dropout_{place}": 0.0 for place in ("embedding", "encoder", "bridge", "decoder", "output")}


def make_model(seed: int = 0, **settings) -> Seq2Seq:
    """A tiny model without dropout unless the settings say otherwise."""
    torch.manual_seed(seed)
    settings = Translation.model_validate({"hidden": 10, **NO_DROPOUT, **settings})
    return Seq2Seq(settings, torch.randn(SOURCE_WORDS, SIZE), torch.randn(TARGET_WORDS, SIZE))


def make_sentences(count: int, words: int, seed: int, shortest: int = 1, longest: int = 9) -> list[np.ndarray]:
    """Random sentences of ids, end marker last."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(shortest, longest + 1, count)
    return [np.append(rng.integers(4, words, length), EOS) for length in lengths]


def make_batch(count: int = 6, seed: int = 1) -> Batch:
    """A batch of random pairs of different lengths."""
    sources, targets = make_sentences(count, SOURCE_WORDS, seed), make_sentences(count, TARGET_WORDS, seed + 1)
    return collate(sources, targets, range(count))


@pytest.fixture(params=VARIANTS)
def variant(request) -> dict:
    """The switches of each variant in turn."""
    return VARIANTS[request.param]


@pytest.fixture(params=MODELS)
def kind(request) -> dict:
    """The same, and those of a Transformer."""
    return MODELS[request.param]
