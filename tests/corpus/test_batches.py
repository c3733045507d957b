"""Batches hold every sentence once, padded at the end, and are the same for the same seed."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from quoi.corpus.batches import Loader, by_length, collate, sortish
from quoi.corpus.vocabulary import PAD

lengths = st.lists(st.integers(1, 40), min_size=1, max_size=300).map(np.array)
sizes = st.integers(1, 50)
sentences = st.lists(st.lists(st.integers(2, 99), min_size=1, max_size=12).map(np.array), min_size=1, max_size=20)


@given(lengths, sizes, st.integers(0, 2**32 - 1))
def test_sortish_holds_every_sentence_once(lengths, size, seed):
    batches = sortish(lengths, size, np.random.default_rng(seed))
    assert sorted(np.concatenate(batches)) == list(range(len(lengths)))
    assert all(1 <= len(batch) <= size for batch in batches)
    assert lengths[batches[0]].max() == lengths.max()


@given(lengths, sizes)
def test_by_length_falls(lengths, size):
    order = np.concatenate(by_length(lengths, size))
    assert sorted(order) == list(range(len(lengths)))
    assert (np.diff(lengths[order]) <= 0).all()


def test_sortish_pads_much_less_than_chance_and_differs_between_seeds():
    lengths = np.random.default_rng(0).integers(3, 31, 20_000)

    def padded(batches):
        return sum(len(batch) * lengths[batch].max() for batch in batches) / lengths.sum()

    chance = np.array_split(np.random.default_rng(1).permutation(20_000), 160)
    one, same, other = (sortish(lengths, 125, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert padded(one) < 1.05 < 1.5 < padded(chance)
    assert all((a == b).all() for a, b in zip(one, same, strict=True))
    assert any(len(a) != len(b) or (a != b).any() for a, b in zip(one, other, strict=True))


@given(sentences, st.randoms(use_true_random=False))
def test_collate_loses_nothing(sources, random):
    targets = [source[::-1] for source in sources]
    random.shuffle(targets)
    rows = random.sample(range(len(sources)), random.randint(1, len(sources)))
    batch = collate(sources, targets, rows)
    assert sorted(batch.rows.tolist()) == sorted(rows)
    assert (batch.target_lengths.diff() <= 0).all()
    for column, row in enumerate(batch.rows.tolist()):
        for padded, length, sentence in (
            (batch.source, batch.source_lengths, sources[row]),
            (batch.target, batch.target_lengths, targets[row]),
        ):
            assert padded[: length[column], column].tolist() == sentence.tolist()
            assert (padded[length[column] :, column] == PAD).all()
    assert batch.tokens == sum(len(sources[row]) + len(targets[row]) for row in rows)


def test_loader_can_be_read_twice():
    data = [np.array([4, 2]), np.array([5, 6, 2]), np.array([7, 2])]
    loader = Loader(data, data, [[0, 1], [2]])
    assert len(loader) == 2
    first, again = list(loader), list(loader)
    assert all(torch.equal(a.source, b.source) for a, b in zip(first, again, strict=True))
