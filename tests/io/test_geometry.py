"""Mean cosine and shares of the variance, beside plain computations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.io.geometry import cosines_of_pairs, evenly, mean_cosine, shares_of_directions, unit


def plain_mean_cosine(vectors: np.ndarray) -> float:
    cosines = []
    for i, one in enumerate(vectors):
        for j, other in enumerate(vectors):
            if i != j:
                lengths = np.linalg.norm(one) * np.linalg.norm(other)
                cosines.append(one @ other / lengths if lengths else 0.0)
    return float(np.mean(cosines))


@given(st.integers(2, 12), st.integers(1, 6), st.integers(0, 1000), st.floats(0, 5))
def test_mean_cosine_is_the_mean_over_all_pairs(rows: int, columns: int, seed: int, shift: float) -> None:
    vectors = np.random.default_rng(seed).standard_normal((rows, columns)) + shift
    assert mean_cosine(vectors) == pytest.approx(plain_mean_cosine(vectors), abs=1e-9)


def test_mean_cosine_of_special_cases() -> None:
    assert mean_cosine(np.ones((5, 3))) == pytest.approx(1)
    assert mean_cosine(np.eye(4)) == pytest.approx(0)
    assert mean_cosine(np.ones((1, 3))) == 0
    vectors = np.array([[1.0, 0.0], [0.0, 0.0], [1.0, 1.0]])
    assert mean_cosine(vectors) == pytest.approx(plain_mean_cosine(vectors))


@pytest.mark.parametrize("shape", [(50, 8), (8, 50)])
def test_shares_are_those_of_the_singular_values(shape: tuple[int, int]) -> None:
    vectors = np.random.default_rng(3).standard_normal(shape) @ np.diag(np.arange(1, shape[1] + 1))
    values = np.linalg.svd(vectors - vectors.mean(axis=0), compute_uv=False) ** 2
    assert shares_of_directions(vectors)[: len(values)] == pytest.approx(values / values.sum(), abs=1e-9)


def test_one_direction_and_none() -> None:
    line = np.outer(np.arange(10.0), [1.0, 2.0, 3.0])
    assert shares_of_directions(line)[0] == pytest.approx(1)
    assert shares_of_directions(np.ones((10, 3)))[0] == 1


def test_pairs_have_cosines() -> None:
    vectors = np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 3.0]])
    cosines = np.unique(cosines_of_pairs(vectors).round(6))
    assert cosines.tolist() == [0.0, round(0.5**0.5, 6)]
    assert len(cosines_of_pairs(np.zeros((1, 3)))) == 0 and (cosines_of_pairs(np.zeros((2, 3))) == 0).all()


def test_even_rows_have_both_ends_and_no_row_twice() -> None:
    assert evenly(3, 10).tolist() == [0, 1, 2]
    assert evenly(100, 3).tolist() == [0, 50, 99] and evenly(1, 5).tolist() == [0] and evenly(0, 5).tolist() == []


def test_unit_rows():
    vectors = np.array([[3.0, 4.0], [0.0, 0.0], [0.0, -2.0]])
    rows = unit(vectors)
    assert rows.dtype == np.float32 and unit(vectors, np.float64).dtype == np.float64
    assert np.allclose(rows, [[0.6, 0.8], [0, 0], [0, -1]])
