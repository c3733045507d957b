"""Which language a text is in, and what can be wrong with two sides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.corpus.sources.languages import FEW, count_words, foreign, mixed_up

ENGLISH = ["Where are we?", "Who is it?", "I'm cold.", "What does the minister want?", "Go.", "He didn't see her."]
FRENCH = ["Où sommes-nous ?", "Qui est-ce ?", "J'ai froid.", "Que veut le ministre ?", "Va !", "Il ne l’a pas vue."]
OTHERS = {
    "Spanish": "¿Dónde está la casa? No sé qué es lo que quiere de mí un hombre como él. Que se vayan de aquí.",
    "Italian": "Dove è la casa? Non so che cosa vuole da me un uomo come lui. Le ragazze sono belle e tu ridi.",
    "German": "Wo ist das Haus? Was willst du von mir? Wer hat das getan, und warum? Es war in dem Haus des Mannes.",
    "Dutch": "Waar is het huis? Wat wil je van mij? Wie heeft dat gedaan en waarom? We zijn hier en hij is daar.",
    "Russian": "Где находится дом? Дети играют в парке.",
    "attribution": "CC-BY 2.0 (France) Attribution: tatoeba.org #2877272 (CM) & #1158250 (Wittydev)",
    "numbers": "1 2 3 4 5",
    "nothing": "",
}


def test_english_and_french_are_told_apart() -> None:
    assert (count_words(ENGLISH).language, count_words(FRENCH).language) == ("en", "fr")
    assert count_words([*ENGLISH, *FRENCH]).language is None


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_other_languages_are_neither(text: str) -> None:
    assert count_words([text]).language is None


@given(st.lists(st.text()))
def test_words_are_counted_whatever_they_are(sentences: list[str]) -> None:
    counted = count_words(sentences)
    assert 0 <= counted.english + counted.french <= counted.words


def test_sides_as_they_should_be() -> None:
    assert mixed_up(ENGLISH, FRENCH) is None
    assert mixed_up([], []) is None and mixed_up(["Paris"], ["Paris"]) is None
    assert mixed_up(["", "OK", *ENGLISH], ["", "OK", *FRENCH]) is None  # some lines are the same in both


@pytest.mark.parametrize(
    ("english", "french", "said"),
    [
        (FRENCH, ENGLISH, "swapped"),
        (ENGLISH, ENGLISH, "the same"),
        ([OTHERS["German"]] * 2, [OTHERS["German"]] * 2, "the same"),
        (ENGLISH * 9, ENGLISH[::-1] * 9, "English, both"),
        (FRENCH * 9, FRENCH[::-1] * 9, "French, both"),
    ],
)
def test_sides_that_are_mixed_up(english, french, said: str) -> None:
    assert said in str(mixed_up(english, french))


@pytest.mark.parametrize("name", ["Spanish", "Italian", "German", "Dutch", "attribution"])
def test_a_side_in_another_language_is_told_where_there_is_enough_of_it(name: str) -> None:
    many = [OTHERS[name]] * 9
    assert count_words(many).words >= FEW
    assert "English" in str(foreign(many, "en")) and "French" in str(foreign(many, "fr"))
    assert foreign([OTHERS[name].split()[0]], "en") is None


def test_a_side_in_its_own_language_is_not_told_and_the_other_one_is() -> None:
    assert foreign(ENGLISH * 9, "en") is None and foreign(FRENCH * 9, "fr") is None
    assert foreign(FRENCH * 9, "en") == "looks French"
