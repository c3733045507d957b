"""The tree of a beam search: its best path is what the search itself finds."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from quoi.corpus.batches import pad
from quoi.corpus.vocabulary import EOS
from quoi.translation import search, trace
from tests import reference
from tests.translation.conftest import MODELS, SOURCE_WORDS, make_model, make_sentences

LONGEST = 9


@pytest.fixture(params=["baseline", "all", "transformer"])
def model(request):
    return make_model(**MODELS[request.param]).eval()


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("exponent", [0.0, 1.0])
def test_the_best_path_is_the_translation_that_the_search_finds(model, size, exponent):
    for sentence in make_sentences(6, SOURCE_WORDS, 3):
        source, lengths = pad([sentence])
        wanted = search.n_best(model, source, lengths, LONGEST, size, exponent)[0]
        found = trace.tree(model, list(map(int, sentence)), LONGEST, size, exponent)
        assert [found[place].word for place in trace.best(found)] == wanted[0]
        ended = sorted((each for each in found if each.score is not None), key=lambda each: -each.score)
        assert [each.length for each in ended[: len(wanted)]] == list(map(len, wanted))


def test_a_hypothesis_is_less_likely_than_the_one_that_it_continues(model):
    (sentence,) = make_sentences(1, SOURCE_WORDS, 3)
    found = trace.tree(model, list(map(int, sentence)), LONGEST, 4)
    for place, each in enumerate(found):
        parent = None if each.parent is None else found[each.parent]
        assert parent is None or (each.parent < place and parent.log_probability >= each.log_probability)
        assert each.length == 1 + (parent.length if parent else 0)
        assert parent is None or parent.word != EOS
        assert (each.score is not None) == (each.word == EOS or each.length == LONGEST)


def test_forced_by_its_own_translation_a_model_expects_what_it_has_searched(model):
    for sentence in make_sentences(6, SOURCE_WORDS, 3):
        ids = list(map(int, sentence))
        found = trace.tree(model, ids, LONGEST, 1)
        path = [found[place] for place in trace.best(found)]
        forced = trace.forced(model, ids, [each.word for each in path])
        assert forced.words == [each.word for each in path]
        assert np.log(forced.chances).cumsum() == pytest.approx([each.log_probability for each in path], abs=1e-5)


@pytest.mark.parametrize("name", ["baseline", "all"])
def test_forced_by_another_translation_it_reads_that_one_s_words(name):
    model, target = make_model(**MODELS[name]).eval(), [7, 5, 9, EOS]
    (sentence,) = make_sentences(1, SOURCE_WORDS, 3)
    given, always = torch.tensor(target).unsqueeze(1), torch.ones(len(target), 1).bool()
    logits = reference.decode(model, *pad([sentence]), len(target), given, always, search.NEVER)
    forced = trace.forced(model, list(map(int, sentence)), target)
    plain = torch.stack([row[0].softmax(0)[word] for row, word in zip(logits, target, strict=True)])
    assert forced.chances == pytest.approx(plain.tolist(), rel=1e-5)
    assert forced.words == logits[:, 0].argmax(1).tolist()
    for row in forced.attention or []:
        assert len(row) == len(sentence) and sum(row) == pytest.approx(1)
