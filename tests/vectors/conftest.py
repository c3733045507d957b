"""A small fastText model, in memory and as the file that fastText writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from quoi.params.vectors import Vectors
from quoi.vectors.fasttext_train import TrainedVectors, train

SENTENCES = [["où", "sommes", "nous", "\u00a0", "?"], ["quelle", "heure", "est", "il", "?"]] * 50


@dataclass(frozen=True)
class Model:
    """What was trained, and its .bin."""

    trained: TrainedVectors
    path: Path


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """With subwords of 3 to 6 characters; 8 dimensions."""
    return _trained(tmp_path_factory.mktemp("model") / "with.bin", Vectors(dimensions=8, epochs=2, buckets=50))


@pytest.fixture(scope="session")
def plain_model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Without subwords."""
    settings = Vectors(dimensions=8, epochs=2, buckets=50, min_n=0, max_n=0)
    return _trained(tmp_path_factory.mktemp("model") / "without.bin", settings)


def _trained(path: Path, settings: Vectors) -> Model:
    trained = train(SENTENCES, settings)
    trained.model.save_model(str(path))
    return Model(trained, path)


def vec(words: dict[str, list[float]], header: bool = True) -> bytes:
    """The text of a .vec file, or of GloVe's form."""
    rows = [f"{word} {' '.join(map(str, numbers))}\n" for word, numbers in words.items()]
    head = f"{len(words)} {len(next(iter(words.values())))}\n" if header else ""
    return "".join([head, *rows]).encode()
