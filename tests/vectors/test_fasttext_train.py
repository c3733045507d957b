"""Training word vectors: repeatable, with subwords, and nothing left behind."""

from __future__ import annotations

import tempfile

import numpy as np
import pytest

from quoi.errors import QuoiError
from quoi.params.vectors import Vectors
from quoi.vectors.fasttext_train import train

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
    assert np.array_equal(source.lookup(["heure"]).vectors[0], source._model.get_word_vector("heure"))


def test_the_training_text_is_removed(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    train(SENTENCES, SMALL)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("sentences", [[], [[]], [["\n", " "]]])
def test_no_words(sentences) -> None:
    with pytest.raises(QuoiError, match="no words"):
        train(sentences, SMALL)
