"""The look at word vectors: vectors that are all alike are caught, sound ones pass."""

from __future__ import annotations

import numpy as np
import pytest

from quoi.corpus.vocabulary import SPECIALS, Vocabulary
from quoi.records.bounds import BOUNDS
from quoi.vectors.checks import measure
from quoi.vectors.table import VectorTable

NUMBER = 400
WORDS = tuple(f"{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}{'uvwxyz'[n // 100]}xyz" for n in range(NUMBER))
VOCABULARY = Vocabulary((*SPECIALS, *WORDS))


def table(vectors: np.ndarray) -> VectorTable:
    whole = np.concatenate([np.zeros((len(SPECIALS), vectors.shape[1])), vectors]).astype(np.float32)
    return VectorTable(whole, np.arange(len(whole)) >= len(SPECIALS))


def drawn(columns: int = 60) -> np.ndarray:
    return np.random.default_rng(1).standard_normal((NUMBER, columns))


def states(vectors: np.ndarray) -> dict[str, str]:
    return {key: BOUNDS[key].judge(value) for key, value in measure(VOCABULARY, table(vectors)).values.items()}


def test_vectors_drawn_from_a_normal_distribution_are_sound() -> None:
    assert set(states(drawn()).values()) == {"ok"}


@pytest.mark.parametrize(
    ("vectors", "key", "state"),
    [
        (drawn() + 10, "mean_cosine", "broken"),
        (drawn() + 1, "mean_cosine", "look"),
        (np.outer(np.linspace(-1, 1, NUMBER), np.ones(60)) + 1e-3 * drawn(), "top_directions", "broken"),
        (np.ones((NUMBER, 60)), "mean_cosine", "broken"),
        (np.ones((NUMBER, 60)), "top_directions", "broken"),
        (1e-4 * drawn(), "spread", "broken"),
        (drawn() * np.linspace(0.01, 4, NUMBER)[:, None] ** 2, "norm_variation", "look"),
        (drawn() * np.linspace(2, 0.5, NUMBER)[:, None], "norm_frequency", "look"),
        (np.vstack([5 * np.ones((1, 60)), drawn()[1:] + 1]), "same_neighbour", "look"),
    ],
)
def test_a_fault_is_caught(vectors: np.ndarray, key: str, state: str) -> None:
    assert states(vectors)[key] == state


def test_neighbours_are_those_of_the_plain_computation() -> None:
    vectors = drawn(8)
    measures = measure(VOCABULARY, table(vectors))
    units = vectors.astype(np.float32) / np.linalg.norm(vectors.astype(np.float32), axis=1, keepdims=True)
    for word, found in measures.texts["nearest words"].items():
        row = WORDS.index(word)
        order = [WORDS[place] for place in np.argsort(-(units @ units[row])) if place != row][:5]
        assert found == ", ".join(order)
    assert len(measures.texts["nearest words"]) == 10


def test_few_words_do() -> None:
    for number in (1, 2, 3):
        small = Vocabulary((*SPECIALS, *WORDS[:number]))
        vectors = np.zeros((len(small), 4), np.float32)
        vectors[len(SPECIALS) :] = drawn(4)[:number]
        measure(small, VectorTable(vectors, np.arange(len(small)) >= len(SPECIALS)))
