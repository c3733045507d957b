"""Places on a plane: repeated to the bit, and pulled onto a grid without overlapping."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quoi.io.geometry import unit
from quoi.report.word_map import arrange, embed


def test_what_lies_on_the_grid_stays_there():
    cells = np.array([[0, 0], [9, 4], [3, 2]])
    pictures, spots = arrange(cells / (9, 4), np.array([[4.5 / 9, 0.5]]), [2], 10, 5)
    assert pictures.tolist() == cells.tolist() and spots == [(4, 2)]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 40), st.lists(st.integers(1, 5), max_size=6), st.booleans())
def test_no_cell_is_used_twice_and_none_lies_outside(seed, count, widths, same):
    random = np.random.default_rng(seed)
    places = np.full((count, 2), 0.5) if same else random.random((count, 2))
    pictures, spots = arrange(places, random.random((len(widths), 2)), widths, 12, 8)
    used = [tuple(cell) for cell in pictures.tolist()]
    used += [(spot[0] + shift, spot[1]) for spot, width in zip(spots, widths, strict=True) for shift in range(width)]
    assert len(used) == len(set(used)) == count + sum(widths)
    assert all(0 <= column < 12 and 0 <= row < 8 for column, row in used)


def test_a_word_without_room_is_left_out():
    _, spots = arrange(np.empty((0, 2)), np.full((3, 2), 0.5), [3, 3, 3], 4, 2)
    assert sorted(spots, key=str) == [(0, 0), (0, 1), None] or spots.count(None) == 1


@pytest.mark.parametrize("count", [10, 120])
def test_an_embedding_is_repeated_to_the_bit_and_keeps_what_is_near_together(count):
    random = np.random.default_rng(0)
    middles = np.eye(8)[np.arange(count) % 2]
    vectors = unit(middles + 0.05 * random.standard_normal((count, 8)))
    plane = embed(vectors)
    assert np.array_equal(plane, embed(vectors)) and plane.min() >= 0 and plane.max() <= 1
    if count > 100:
        apart = np.linalg.norm(plane[:, None] - plane[None], axis=-1)
        np.fill_diagonal(apart, np.inf)
        assert (apart.argmin(1) % 2 == np.arange(count) % 2).mean() > 0.95
