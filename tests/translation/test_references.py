"""One translation, several that are right: what is scored once, and how sacreBLEU takes them, however many."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU, CHRF

from quoi.claims import decision, results
from quoi.corpus.units import Units
from quoi.translation.inputs import Data, Inputs
from quoi.translation.scores import corpus_scores, exact_match

HYPOTHESES = ["who is he ?", "where do you dwell ?", "what is that", "why have you come here today ?"]
REFERENCES = [
    ["Who is he?", "Who is this man?"],
    ["Where dwellest thou?"],
    ["What is this?", "What is that?", "What may this be?"],
    ["Why have you come here?", "Why came you today?"],
]


def inputs(sources: list[str], targets: list[str], taken_from: list[str | None], validation: list[int]) -> Inputs:
    """What a training reads, without what it computes with."""
    ids = [np.array([row]) for row in range(len(sources))]
    training = np.setdiff1d(np.arange(len(sources)), validation)
    data = Data(ids, ids, training, np.array(validation))
    text = {"source": sources, "target": targets}
    return Inputs(data, None, None, Units("fr"), Units("en"), None, None, text, 1, 1, taken_from)


def test_the_same_sentence_of_the_same_verse_is_scored_once_against_all_its_targets() -> None:
    sources = ["Qui ?", "Où ?", "Qui ?", "Qui ?", "Qui ?", "Où ?"]
    targets = ["Who?", "Where?", "Who is it?", "Whom?", "Who, then?", "Whither?"]
    made = inputs(sources, targets, ["1.1.1", "1.1.1", "1.1.1", "1.1.2", None, "1.1.1"], [0, 1, 2, 3, 4, 5])
    scored = made.scored()
    assert scored.rows == [0, 1, 3, 4] and scored.sources == ["Qui ?", "Où ?", "Qui ?", "Qui ?"]
    assert scored.references == [["Who?", "Who is it?"], ["Where?", "Whither?"], ["Whom?"], ["Who, then?"]]


def test_a_target_of_a_training_pair_is_no_reference() -> None:
    made = inputs(["Qui ?", "Qui ?"], ["Who?", "Whom?"], ["1.1.1", "1.1.1"], [1])
    assert made.scored() == ([1], ["Qui ?"], [["Whom?"]])


_ROWS = st.lists(st.tuples(st.sampled_from("abc"), st.text("xyz", max_size=2)), min_size=1, max_size=12)


@given(_ROWS, st.sampled_from([[], None]))
def test_without_groups_every_validation_pair_is_scored_by_itself(rows: list[tuple[str, str]], none: object) -> None:
    sources, targets = map(list, zip(*rows, strict=True))
    made = inputs(sources, targets, [] if none == [] else [None] * len(rows), list(range(len(rows))))
    assert made.scored() == (list(range(len(rows))), sources, [[target] for target in targets])


def test_one_reference_each_is_scored_as_ever() -> None:
    texts = [right[0] for right in REFERENCES]
    bleu, chrf = BLEU(lowercase=True), CHRF(lowercase=True)
    assert corpus_scores(HYPOTHESES, [[text] for text in texts], "en") == {
        "bleu": bleu.corpus_score(HYPOTHESES, [texts]).score,
        "chrf": chrf.corpus_score(HYPOTHESES, [texts]).score,
        "bleu_signature": str(bleu.get_signature()),
        "chrf_signature": str(chrf.get_signature()),
    }
    assert "nrefs:1|" in str(bleu.get_signature())


def test_another_number_of_references_for_each() -> None:
    """sacreBLEU leaves None out: no n-gram is matched in it, and no length is close to its."""
    scored = corpus_scores(HYPOTHESES, REFERENCES, "en")
    streams = [[right[place] if place < len(right) else None for right in REFERENCES] for place in range(3)]
    assert scored["bleu"] == BLEU(lowercase=True).corpus_score(HYPOTHESES, streams).score
    repeated = [[right[min(place, len(right) - 1)] for right in REFERENCES] for place in range(3)]
    assert scored["bleu"] == pytest.approx(BLEU(lowercase=True).corpus_score(HYPOTHESES, repeated).score)
    assert scored["chrf"] == pytest.approx(CHRF(lowercase=True).corpus_score(HYPOTHESES, repeated).score)
    assert "nrefs:var" in scored["bleu_signature"] and "nrefs:var" in scored["chrf_signature"]
    assert scored["bleu"] > corpus_scores(HYPOTHESES, [right[:1] for right in REFERENCES], "en")["bleu"]


@pytest.mark.parametrize(
    ("language", "right"), [("zh", "我是老师吗?"), ("ja", "わたしは先生です。"), ("th", "ฉันเป็นครู")]
)
def test_words_of_languages_without_spaces_are_characters(language: str, right: str) -> None:
    """For a sentence without a space has a single word otherwise, which is wrong as soon as a character is."""
    nearly = right[:-2] + right[-1]
    assert corpus_scores([nearly], [[right]], "en")["bleu"] == 0
    assert 20 < corpus_scores([nearly], [[right]], language)["bleu"] < 100
    assert corpus_scores([right], [[right]], language)["bleu"] == pytest.approx(100)


def test_exact_is_equal_to_any_reference() -> None:
    assert exact_match(["who is  this MAN?", "where?"], [["Who is he?", "Who is this man?"], ["Whither?"]]) == 0.5


def test_summed_statistics_of_the_claims_are_sacrebleus_of_the_corpus() -> None:
    table = np.array(results.statistics({"beam": HYPOTHESES}, REFERENCES, "en")["beam/bleu"])
    expected = corpus_scores(HYPOTHESES, REFERENCES, "en")["bleu"]
    assert decision.score("bleu", table.sum(axis=0)) == pytest.approx(expected, abs=1e-9)
