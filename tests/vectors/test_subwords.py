"""With subwords and without."""

from __future__ import annotations

import numpy as np

from quoi.vectors import subwords
from quoi.vectors.table import Found

ANSWER = Found(
    np.array([[1, 2], [3, 4], [0, 0]], dtype=np.float32),
    np.array([True, True, False]),
    np.array([False, True, False]),
)


def test_without_subwords_only_words_with_a_vector_of_their_own_are_found() -> None:
    answer = subwords.without(ANSWER)
    assert answer.vectors.tolist() == [[1, 2], [0, 0], [0, 0]] and answer.vectors.dtype == np.float32
    assert answer.found.tolist() == [True, False, False] and not answer.by_subwords.any()


def test_words_missed_either_way() -> None:
    assert subwords.missed(ANSWER, known=True) == {"missed_without_subwords": 2, "missed_with_subwords": 1}
    alone = subwords.without(ANSWER)
    assert subwords.missed(alone, known=False) == {"missed_without_subwords": 2, "missed_with_subwords": None}
