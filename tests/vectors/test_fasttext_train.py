"""Training word vectors: repeatable, with subwords, and nothing left behind."""

from __future__ import annotations

import tempfile

import numpy as np
import pytest

from quoi.io.errors import QuoiError
from quoi.io.geometry import mean_cosine
from quoi.params.vectors import Vectors
from quoi.vectors.fasttext_train import suitable_epochs, train

SENTENCES = [["où", "sommes", "-nous", "\u00a0", "?"], ["quelle", "heure", "est", "-il", "?"]] * 50
SMALL = Vectors(dimensions=8, epochs=2, buckets=500)


def test_same_sentences_same_bytes() -> None:
    words = ["où", "heure", "?", "heures"]
    one, other = (train(iter(SENTENCES), SMALL).lookup(words) for _ in range(2))
    assert one.vectors.tobytes() == other.vectors.tobytes()
    assert one.vectors.dtype == np.float32 and one.vectors.shape == (4, 8)
    seeded = train(SENTENCES, SMALL.model_copy(update={"seed": 2})).lookup(words)
    assert (seeded.vectors != one.vectors).any()


def test_words_subwords_and_misses() -> None:
    words = ["où", "\u00a0", "heures", ""]
    answer = train(SENTENCES, SMALL).lookup(words)
    assert answer.found.tolist() == [True, True, True, False]
    assert answer.by_subwords.tolist() == [False, False, True, False]
    assert not answer.vectors[3].any() and answer.vectors[:3].any(axis=1).all()


def test_without_any_subwords() -> None:
    answer = train(SENTENCES, SMALL.model_copy(update={"min_n": 0, "max_n": 0})).lookup(["où", "heures"])
    assert answer.found.tolist() == [True, False]


def test_vectors_of_known_words_are_those_of_the_model() -> None:
    source = train(SENTENCES, SMALL)
    assert np.array_equal(source.lookup(["heure"]).vectors[0], source.model.get_word_vector("heure"))


def test_the_training_text_is_removed(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    train(SENTENCES, SMALL)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("words", "epochs"), [(1, 100), (40_000, 100), (80_000, 50), (540_000, 7), (10**9, 5)])
def test_few_words_are_read_more_often(words: int, epochs: int) -> None:
    assert suitable_epochs(words) == epochs


def test_epochs_rate_and_window_are_those_of_the_settings() -> None:
    trained = train(SENTENCES, SMALL.model_copy(update={"epochs": None, "learning_rate": 0.1, "window": 3}))
    assert trained.describe() == {"name": "train", "words_read": 500, "epochs": 100, "learning_rate": 0.1, "window": 3}


def test_vectors_of_a_small_text_tell_words_apart() -> None:
    """Words of two groups that never meet: with few epochs all vectors are one."""
    random = np.random.default_rng(0)
    groups = [[f"{letter}{number}" for number in range(30)] for letter in "ab"]
    sentences = [list(random.choice(groups[number % 2], 8)) for number in range(2000)]
    words = [word for group in groups for word in group]
    settings = Vectors(dimensions=20, buckets=500, min_n=0, max_n=0)
    few, enough = (
        mean_cosine(train(sentences, settings.model_copy(update=update)).lookup(words).vectors)
        for update in ({"epochs": 1, "learning_rate": 0.01}, {})
    )
    assert few > 0.7 and enough < 0.6


@pytest.mark.parametrize("sentences", [[], [[]], [["\n", " "]]])
def test_no_words(sentences) -> None:
    with pytest.raises(QuoiError, match="no words"):
        train(sentences, SMALL)
