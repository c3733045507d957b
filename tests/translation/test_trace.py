"""The tree of a beam search: its best path is what the search itself finds."""

from __future__ import annotations

import pytest

from quoi.corpus.batches import pad
from quoi.corpus.vocabulary import EOS
from quoi.translation import search, trace
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
