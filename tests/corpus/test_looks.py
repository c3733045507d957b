"""Which language a text is in, and what can be wrong with two sides."""

from __future__ import annotations

import pytest

from quoi.corpus.sources.looks import FEW, foreign, language_of, mixed_up
from quoi.params.languages import Languages

EN_FR = Languages(source="en", target="fr")
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
    assert (language_of(ENGLISH, EN_FR)[0], language_of(FRENCH, EN_FR)[0]) == ("en", "fr")
    assert language_of([*ENGLISH, *FRENCH], EN_FR)[0] is None


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_other_languages_are_neither(text: str) -> None:
    assert language_of([text], EN_FR)[0] is None


def test_sides_as_they_should_be() -> None:
    assert mixed_up(ENGLISH, FRENCH, EN_FR) is None
    assert mixed_up([], [], EN_FR) is None and mixed_up(["Paris"], ["Paris"], EN_FR) is None
    assert mixed_up(["", "OK", *ENGLISH], ["", "OK", *FRENCH], EN_FR) is None  # some lines are the same in both


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
    assert said in str(mixed_up(english, french, EN_FR))


@pytest.mark.parametrize("name", ["Spanish", "Italian", "German", "Dutch", "attribution"])
def test_a_side_in_another_language_is_named_where_there_is_enough_of_it(name: str) -> None:
    many = [OTHERS[name]] * 9
    assert language_of(many, EN_FR)[1] >= FEW
    assert foreign(["a", "b"], [many, many], EN_FR) == [
        "a, read as English, does not look English",
        "b, read as French, does not look French",
    ]
    assert foreign(["a", "b"], [[OTHERS[name].split()[0]]] * 2, EN_FR) == []


def test_a_side_in_its_own_language_is_not_named_and_the_other_one_is() -> None:
    assert foreign(["a", "b"], [ENGLISH * 9, FRENCH * 9], EN_FR) == []
    assert foreign(["a", "b"], [ENGLISH * 9, ENGLISH * 9], EN_FR) == ["b, read as French, does not look French"]
