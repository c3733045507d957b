"""The lesson's split by hand, and groups that stay together."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from quoi.corpus.splits import groups, together, validation_rows


def test_the_lessons_numbers() -> None:
    np.random.seed(42)
    training = np.random.rand(50_260) > 0.1
    assert (validation_rows(50_260) == ~training).all()
    assert (training.sum(), (~training).sum()) == (45_219, 5_041)


def test_the_first_rows_of_the_lessons_split() -> None:
    # The first numbers of numpy's Mersenne Twister with seed 42: the seventh and the eleventh are not above 0.1.
    drawn = [
        0.3745401188473625, 0.9507143064099162, 0.7319939418114051, 0.5986584841970366, 0.15601864044243652,
        0.15599452033620265, 0.05808361216819946, 0.8661761457749352, 0.6011150117432088, 0.7080725777960455,
        0.020584494295802447, 0.9699098521619943,
    ]  # fmt: skip
    assert np.random.RandomState(42).rand(12).tolist() == drawn
    assert np.flatnonzero(validation_rows(12)).tolist() == [6, 10]


def test_share_and_seed() -> None:
    assert abs(validation_rows(100_000, 0.3, 1).mean() - 0.3) < 0.01
    assert (validation_rows(1000, 0.1, 1) != validation_rows(1000, 0.1, 2)).any()


def test_groups_by_hand() -> None:
    #   0 and 1 share the source, 1 and 3 the target, so 0 goes with 3; 2 is alone; "x" is not the same on both sides
    labels = groups(["a", "a", "x", "c", "d"], ["p", "q", "r", "q", "x"])
    assert labels[0] == labels[1] == labels[3]
    assert len({labels[0], labels[2], labels[4]}) == 3


def test_a_group_takes_the_side_of_its_first_row() -> None:
    validation = np.array([False, True, True, False, True])
    assert together(validation, np.array([7, 7, 3, 3, 1])).tolist() == [False, False, True, True, True]


def test_empty() -> None:
    assert together(validation_rows(0), groups([], [])).tolist() == []


_SIDES = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("pqrstuvw")), max_size=30)


@given(_SIDES, st.integers(0, 5))
def test_no_sentence_is_on_both_sides(pairs: list[tuple[str, str]], seed: int) -> None:
    english, french = [one for one, _ in pairs], [other for _, other in pairs]
    drawn = validation_rows(len(pairs), 0.5, seed)
    split = together(drawn, groups(english, french))
    for side in (english, french):
        held_out = {text for text, out in zip(side, split, strict=True) if out}
        assert not held_out & {text for text, out in zip(side, split, strict=True) if not out}
    if len(set(english)) == len(set(french)) == len(pairs):
        assert (split == drawn).all()


def test_a_third_text_keeps_pairs_together_and_none_is_shared_by_nobody() -> None:
    labels = groups(["a", "b", "c", "d"], ["p", "q", "r", "s"], ["v", None, "v", None])
    assert labels[0] == labels[2] and len(set(labels.tolist())) == 3
    assert len(set(groups([None, None, "0", "1"]).tolist())) == 4


_NAMED = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.none() | st.sampled_from("vwxyz")), max_size=30)


@given(_NAMED, st.integers(0, 5))
def test_what_is_taken_from_the_same_is_on_one_side(rows: list[tuple[str, str | None]], seed: int) -> None:
    texts, names = [text for text, _ in rows], [name for _, name in rows]
    split = together(validation_rows(len(rows), 0.5, seed), groups(texts, names))
    for side in (texts, names):
        held_out = {text for text, out in zip(side, split, strict=True) if out} - {None}
        assert not held_out & {text for text, out in zip(side, split, strict=True) if not out}
