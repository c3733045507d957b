"""The lesson's marks, spaCy's words, and the way back to text."""

from __future__ import annotations

import gzip
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quoi.corpus.tokens import checks, counted, detokenize, mark, refuse_lacking, tokenize, tokenize_all
from quoi.corpus.units import Units
from quoi.io.errors import QuoiError
from quoi.params.corpus import Tokens
from quoi.params.languages import Languages
from quoi.records.bounds import BOUNDS

REAL = Path(__file__).parents[3] / "shared" / "data" / "questions.tsv.gz"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What IS the UN?", "what is the un?"),
        ("Why NATO?", "why t_up nato?"),
        ("WHO is it?", " t_up who is it?"),
        ("Élan ÉTÉ Été", "élan t_up été été"),
        ("ABC_1 123 A1", " t_up abc_1 123 a1"),
        ("Whaaat", "whaaat"),
        ("Whaaaat", "wh tk_rep 4 a t"),
        ("Why?????", "why tk_rep 5 ? "),
        ("AAAA", " tk_rep 4 a "),
        ("no no no yes", "no no no yes"),
        ("no no no no yes", " tk_wrep 4 no yes"),
        ("why why why why why?", " tk_wrep 5 why ?"),
        ("ha-ha-ha-ha!", " tk_wrep 4 ha !"),
        ("very, very, very, very odd", " tk_wrep 4 very odd"),
        ("No no no no", "no no no no"),
        ("banana ana ana ana ana", "banana tk_wrep 4 ana "),
        ("and/or #1", "and / or # 1"),
        ("a    b", "a b"),
        ("a<br />b<BR>c< br/ >d", "a\nb\nc< br / >d"),
    ],
)
def test_marks_by_hand(text: str, expected: str) -> None:
    assert mark(text, "lesson", "en") == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("What don't they know?", "en", ["what", "do", "n't", "they", "know", "?"]),
        ("WHO's the CEO?", "en", [" ", "t_up", "who", "'s", "the", "t_up", "ceo", "?"]),
        ("Où sommes-nous ?", "fr", ["où", "sommes", "-nous", "?"]),
        ("Qu'a-t-il dit de l'État ?", "fr", ["qu'", "a", "-t", "-il", "dit", "de", "l'", "état", "?"]),
        ("Pourquoi\u00a0?", "fr", ["pourquoi", "\u00a0", "?"]),
        ("  ", "fr", []),
        ("", "en", []),
    ],
)
def test_tokens_by_hand(text: str, language, expected: list[str]) -> None:
    assert tokenize(text, Units(language)) == expected


def test_apostrophes_are_made_straight_on_demand() -> None:
    assert tokenize("Qu’est-ce ?", Units("fr")) == ["qu’", "est", "-ce", "?"]
    assert tokenize("Qu’est-ce ?", Units("fr", straight_apostrophes=True)) == ["qu'", "est", "-ce", "?"]


def test_workers_do_not_change_the_result(monkeypatch) -> None:
    monkeypatch.setattr("quoi.corpus.tokens._TASK", 3)
    sentences = [f"What is number {number}, isn't it?" for number in range(10)]
    alone = [tokenize(sentence, Units("en")) for sentence in sentences]
    assert list(tokenize_all(sentences, Units("en"), workers=1)) == alone
    assert list(tokenize_all(iter(sentences), Units("en"), workers=2)) == alone
    assert list(tokenize_all([], Units("en"), workers=2)) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What's up, don't you know I can't?", "en"),
        ('Who said "hello" (and why)?', "en"),
        ("Why does NATO's budget cost $5 and/or 10%?", "en"),
        ("Where are the dogs' bowls?", "en"),
        ("Who is 'the well-known one'?", "en"),
        ("Whyyyyy are there 1000000 of you????", "en"),
        ("What cannot be?", "en"),
        ("No no no no?", "en"),
        ("Qu'est-ce que l'État a-t-il dit aujourd'hui, n'est-ce pas ?", "fr"),
        ("Où sommes-nous : ici ou « là-bas » ; jusqu'à 50 % (ou plus) !", "fr"),
        ("C'est-à-dire l’eau ?", "fr"),
        ("He said ‘hello’ to them for 5$ and $5.", "en"),
        ("L'ONU, l’OTAN et qu'EDF", "fr"),
        ("L'ONU e dell'ONU", "it"),
        ("Es kostet 5 € pro Tag.", "de"),
        ("Într-un oraș l-am văzut.", "ro"),
        ("Vorrei un po' di vino, l'uomo e l’età.", "it"),
        ("Er sagte ‚Guten Tag‘ und ging.", "de"),
        ("Han sa ‘god dag’ och gick.", "sv"),
    ],
)
def test_round_trips_that_are_exact(text: str, language) -> None:
    assert detokenize(tokenize(text, Units(language)), Units(language)).lower() == text.lower()


def test_capitals() -> None:
    assert (
        detokenize(["where", "am", "i", ",", "and", "i", "'m", "who", "?"], Units("en")) == "Where am I, and I'm who?"
    )
    assert detokenize(["«", "état", "»"], Units("fr")) == "« État »"
    assert detokenize(["what", "is", "t_up", "nato", "?"], Units("en")) == "What is NATO?"
    assert detokenize(["5", "people", "left"], Units("en")) == "5 people left"


@pytest.mark.parametrize(
    "tokens",
    [
        ["t_up"],
        ["tk_rep"],
        ["tk_rep", "4"],
        ["tk_wrep", "x", "y"],
        ["t_up", "t_up"],
        ["tk_rep", "99999999999", "a"],
        [],
    ],
)
def test_marks_a_model_left_unfinished_do_no_harm(tokens: list[str]) -> None:
    text = detokenize(tokens, Units("en"))
    assert "_" not in text and len(text) <= 1000


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text.lower())


_TEXT = st.text(st.sampled_from("aeilnqstuzÉàçABCDE 0123 '’-.,;:!?/#()\"%«»\u00a0"), max_size=40)


@given(_TEXT, st.sampled_from(["en", "fr"]))
@settings(max_examples=300, deadline=None)
def test_text_comes_back_but_for_spaces_and_capitals(text: str, language) -> None:
    tokens = tokenize(text, Units(language))
    if "tk_wrep" not in tokens:  # what stood between repeated words is lost
        assert squeezed(detokenize(tokens, Units(language))) == squeezed(text)


@given(_TEXT, st.sampled_from(["en", "fr"]))
@settings(max_examples=100, deadline=None)
def test_tokens_are_never_empty(text: str, language) -> None:
    assert all(tokenize(text, Units(language)))
    assert bool(tokenize(text, Units(language))) == bool(text.strip())


@pytest.mark.skipif(not REAL.is_file(), reason="../shared/data/questions.tsv.gz is not beside this checkout")
def test_round_trips_of_real_questions() -> None:
    with gzip.open(REAL, "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][::7]
    for column, language in ((1, "en"), (2, "fr")):
        exact = 0
        for row in rows:
            text = row[column].strip()
            back = detokenize(tokenize(text, Units(language)), Units(language))
            assert squeezed(back) == squeezed(text)
            # Real French is as often written without the space before its question mark.
            expected = re.sub(r"\s*([?!:;])", r" \1" if language == "fr" else r"\1", text).lower()
            exact += back.lower() == expected
        assert exact / len(rows) > 0.98


def test_checks_of_tokens() -> None:
    sentences = {"source": ["Où est-il ?", "Qui est-ce ?"], "target": ["Where is he?", "Who is it?"]}
    units = {"source": Units("fr"), "target": Units("en")}
    tokens = {side: list(tokenize_all(texts, units[side])) for side, texts in sentences.items()}
    measures = checks(sentences, tokens, units)
    assert measures.values["tokens_target"] == 4 and measures.values["there_and_back"] == 1
    assert measures.values["once_target"] == 4 / 6 and measures.values["longest"] == max(map(len, tokens["source"]))
    assert "où·est·-il" in measures.texts["there and back"]["Où est-il ?"]
    lost = {"source": tokens["source"], "target": [["where"], ["who"]]}
    assert checks(sentences, lost, units).values["there_and_back"] == 0.5
    whole = {side: [[sentence] for sentence in texts] for side, texts in sentences.items()}
    assert BOUNDS["tokens_target"].judge(checks(sentences, whole, units).values["tokens_target"]) == "look"


@pytest.mark.parametrize(
    ("code", "texts"),
    {
        "de": ["Wo ist das Haus?"],
        "it": ["Dov'è l'uomo?"],
        "es": ["¿Dónde está el niño?"],
        "ru": ["Где мой дом?"],
        "ar": ["أين البيت؟", "من أنت، يا رجل؟"],
        "he": ["איפה הבית?"],
        "hi": ["मेरा घर कहाँ है?"],
        "zh": ["我的房子在哪里？"],
    }.items(),
)
def test_words_of_other_languages_come_back(code: str, texts: list[str]) -> None:
    units = Units(code)
    assert [detokenize(tokenize(text, units), units).lower() for text in texts] == [text.lower() for text in texts]


def test_words_that_need_a_package_are_refused_and_pieces_do_without() -> None:
    pair = Languages(source="th", target="en")
    if find_spec("pythainlp") is None:
        with pytest.raises(QuoiError, match=r"spaCy's words of Thai .* `tokens.units: {th: characters}`"):
            refuse_lacking(pair, Tokens())
    refuse_lacking(pair, Tokens(units={"th": "characters"}))
    refuse_lacking(pair, Tokens(units="subwords"))
    # Which pairs are kept is then decided by characters, and in Korean, which has spaces, by them.
    assert tokenize("บ้านอยู่", counted("th", Tokens(units="subwords"))) == list("บ้านอยู่")
    assert tokenize("집이 어디 있어요?", counted("ko", Tokens(units="characters"))) == ["집이", "어디", "있어요", "?"]
    assert counted("de", Tokens(units="characters")) == Units("de")
