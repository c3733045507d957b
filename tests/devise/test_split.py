"""Which labels and pictures a training sees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quoi.devise.split import drawn, split
from quoi.io.errors import QuoiError
from quoi.params.devise import LabelSplit

NAMES = st.lists(st.text(min_size=1, max_size=6), min_size=10, max_size=40, unique=True)
SHARES = st.floats(0.05, 0.4)


def names(count: int) -> list[str]:
    return [f"label {number}" for number in range(count)]


def single(labels: list[str], shares: LabelSplit | None = None, seed: int = 1):
    """The split of labels that have one picture each."""
    return split(labels, np.arange(len(labels)), [None] * len(labels), shares or LabelSplit(), seed)


@settings(max_examples=60, deadline=None)
@given(
    labels=NAMES, pictures=st.integers(1, 4), test=SHARES, dev=SHARES, held=st.floats(0.01, 0.99), seed=st.integers()
)
def test_every_label_is_in_one_part_and_every_part_has_its_share(labels, pictures, test, dev, held, seed):
    shares = LabelSplit(test=test, dev=dev, pictures=held)
    label_of = np.arange(len(labels) * pictures) % len(labels)
    parts = split(labels, label_of, [None] * len(label_of), shares, seed)
    assert (parts.train.astype(int) + parts.dev + parts.test == 1).all()
    assert parts.test.sum() == max(1, round(test * len(labels)))
    assert abs(parts.dev.sum() - dev * len(labels)) <= 1
    assert not parts.held_out[parts.test[label_of]].any()
    # Of a seen label with several pictures some are held out, but never all.
    kept = [parts.held_out[label_of == label].sum() for label in np.flatnonzero(~parts.test)]
    if pictures == 1:
        assert not any(kept)
    else:
        assert {max(1, min(round(held * pictures), pictures - 1))} == set(kept)


@settings(max_examples=60, deadline=None)
@given(labels=NAMES, data=st.data(), seed=st.integers())
def test_test_labels_do_not_depend_on_the_seed_or_the_order(labels, data, seed):
    shuffled = data.draw(st.permutations(labels))
    parts, again, other = single(labels, seed=seed), single(shuffled, seed=seed), single(labels, seed=seed + 1)
    assert (parts.test == other.test).all()
    for mask, same in ((parts.test, again.test), (parts.dev, again.dev), (parts.train, again.train)):
        assert {name for name, in_it in zip(labels, mask, strict=True) if in_it} == {
            name for name, in_it in zip(shuffled, same, strict=True) if in_it
        }


@settings(max_examples=60, deadline=None)
@given(labels=NAMES, name=st.text(min_size=1, max_size=6), share=SHARES)
def test_a_new_name_changes_next_to_nothing(labels, name, share):
    before, after = drawn(labels, share, 1), drawn({*labels, name}, share, 1)
    assert len(before - after) <= 1 and len(after - before) <= 1


def test_seeds_draw_other_labels():
    labels = names(100)
    assert (single(labels, seed=1).dev != single(labels, seed=2).dev).any()
    assert (single(labels, LabelSplit(seed=1)).test != single(labels, LabelSplit(seed=2)).test).any()
    assert (single(labels, seed=1).dev == single(labels, seed=1).dev).all()


def test_a_source_that_says_which_pictures_are_for_validation_is_believed():
    labels = names(20)
    label_of = np.repeat(np.arange(20), 3)
    given = ["train", "val", None] * 20
    parts = split(labels, label_of, given, LabelSplit(), 1)
    wanted = np.array([name == "val" for name in given]) & ~parts.test[label_of]
    assert (parts.held_out == wanted).all() and wanted.any()


def test_held_out_pictures_do_not_depend_on_the_seed():
    labels, label_of = names(20), np.repeat(np.arange(20), 5)
    parts = [split(labels, label_of, [None] * 100, LabelSplit(), seed).held_out for seed in (1, 2)]
    assert (parts[0] == parts[1]).all()
    other = split(labels, label_of, [None] * 100, LabelSplit(pictures=0.4), 1).held_out
    assert other.sum() == 2 * parts[0].sum()


def test_too_little_is_one_sentence():
    labels = names(10)
    cases = [
        (names(9), np.arange(9), [None] * 9, LabelSplit(), "at least 10 labels with a word vector; there are 9."),
        (labels, np.arange(10), [None] * 10, LabelSplit(test=0.89, dev=0.01), "Of 10 labels, 0 with 0 pictures"),
        (
            labels,
            np.arange(10),
            [None] * 10,
            LabelSplit(test=0.8, dev=0.1),
            "1 with 1 pictures are left to train with",
        ),
        (labels, np.arange(10), ["val"] * 10, LabelSplit(), "7 with 0 pictures are left to train with"),
    ]
    for *asked, said in cases:
        with pytest.raises(QuoiError) as raised:
            split(*asked, seed=1)
        assert said in str(raised.value) and "\n" not in str(raised.value)


def test_labels_to_stop_by_need_a_picture():
    labels = names(10)
    dev = single(labels).dev
    given = ["val" if in_it else "train" for in_it in dev]
    with pytest.raises(QuoiError, match="1 with 0 pictures are left to stop by, where 1 are needed"):
        split(labels, np.arange(10), given, LabelSplit(), 1)
