"""Greedy and beam search: each other, one by one, against a plain beam, and attention read out."""

from __future__ import annotations

import itertools
import math

import pytest
import torch

from quoi.corpus.batches import pad
from quoi.corpus.vocabulary import BOS, EOS, PAD
from quoi.translation import search
from tests import reference
from tests.translation.conftest import MODELS, SOURCE_WORDS, VARIANTS, make_batch, make_model, make_sentences

LONGEST = 12


def trained(**settings):
    """A model that has learnt something, so that its translations end."""
    model, batch = make_model(**{"hidden": 24, **settings}), make_batch(8)
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    for _ in range(40):
        optimizer.zero_grad()
        model.loss(batch, padding=False, forced=torch.ones(batch.target.shape, dtype=torch.bool)).backward()
        optimizer.step()
    return model.eval()


@pytest.fixture(scope="module", params=["baseline", "all", "transformer"])
def model(request):
    return trained(**MODELS[request.param])


@pytest.fixture(scope="module")
def sentences():
    return make_sentences(9, SOURCE_WORDS, 1) + make_sentences(5, SOURCE_WORDS, 17)


def test_beam_one_is_greedy(model, sentences):
    source, lengths = pad(sentences)
    assert search.beam(model, source, lengths, LONGEST, 1) == search.greedy(model, source, lengths, LONGEST)


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("exponent", [0.0, 1.0])
def test_batched_is_one_by_one(model, sentences, size, exponent):
    together = search.beam(model, *pad(sentences), LONGEST, size, exponent)
    alone = [search.beam(model, *pad([each]), LONGEST, size, exponent)[0] for each in sentences]
    assert together == alone


def test_greedy_batched_is_one_by_one(model, sentences):
    together = search.greedy(model, *pad(sentences), LONGEST)
    assert together == [search.greedy(model, *pad([each]), LONGEST)[0] for each in sentences]


@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.parametrize("name", ["bidir", "all"])
def test_greedy_is_the_plain_ports_most_probable_words(sentences, name, cell):
    model = trained(cell=cell, **VARIANTS[name])
    source, lengths = pad(sentences)
    with torch.no_grad():
        logits = reference.decode(model, source, lengths, LONGEST, never=search.NEVER)
    words = logits.argmax(dim=2).t().tolist()
    ends = [row.index(EOS) + 1 if EOS in row else LONGEST for row in words]
    expected = [row[:end] for row, end in zip(words, ends, strict=True)]
    assert search.greedy(model, source, lengths, LONGEST) == expected
    assert search.beam(model, source, lengths, LONGEST, 1) == expected


def test_translations_end_once_and_hold_no_padding(model, sentences):
    for size in (1, 4):
        for ids in search.beam(model, *pad(sentences), LONGEST, size):
            assert 1 <= len(ids) <= LONGEST
            assert EOS not in ids[:-1]
            assert not {BOS, PAD} & set(ids)
            assert ids[-1] == EOS or len(ids) == LONGEST


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_a_wide_beam_finds_the_best_short_translation(cell):
    """With room for every hypothesis, beam search is exhaustive."""
    model, steps = trained(cell=cell), 3
    source, lengths = pad(make_sentences(1, SOURCE_WORDS, 1))
    words = [word for word in range(model.projection.out_features) if word not in (BOS, PAD, EOS)]
    scores = {}
    for length in range(steps):
        for middle in itertools.product(words, repeat=length):
            scores[(*middle, EOS)] = log_probability(model, source, lengths, [*middle, EOS])
    wide = search.beam(model, source, lengths, steps, len(words) ** 2, length_exponent=0.0)[0]
    found = log_probability(model, source, lengths, wide)
    assert found >= max(scores.values()) - 1e-4


def test_a_beam_scores_at_least_as_well_as_greedy(sentences):
    model = trained()
    source, lengths = pad(sentences)
    greedy = search.greedy(model, source, lengths, LONGEST)
    wide = search.beam(model, source, lengths, LONGEST, 6, length_exponent=0.0)
    totals = [
        sum(log_probability(model, *pad([s]), ids) for s, ids in zip(sentences, each, strict=True))
        for each in (greedy, wide)
    ]
    assert totals[1] >= totals[0] - 1e-4


@pytest.mark.parametrize("name", ["attention", "transformer"])
def test_attention_is_a_distribution_over_the_source(sentences, name):
    model = trained(**MODELS[name])
    source, lengths = pad(sentences[:1])
    translation = search.greedy(model, source, lengths, LONGEST)[0]
    weights = search.alignment(model, source, lengths, translation)
    assert len(weights) == len(translation)
    assert all(len(row) == len(sentences[0]) and math.isclose(sum(row), 1, rel_tol=1e-5) for row in weights)
    assert search.alignment(trained(), source, lengths, translation) is None


def log_probability(model, source, lengths, ids) -> float:
    state, memory = model.encode(source, lengths)
    total = 0.0
    for word, following in zip([BOS, *ids], ids, strict=False):
        logits, state, _ = model.step(source.new_tensor([word]), state, memory)
        logits[:, search.NEVER] = -math.inf
        total += torch.log_softmax(logits, dim=1)[0, following].item()
    return total
