"""Which language a text is in, and what can be wrong with two sides."""

from __future__ import annotations

import pytest

from quoi.corpus.sources.looks import CLEAR, foreign, language_of, look, mixed_up, swapped
from quoi.params.languages import CODES, Languages, called, name, names

SIDES = Languages(source="en", target="fr")
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


def language(text: list[str], languages: Languages = SIDES) -> str | None:
    return language_of(look(text), languages)


def test_a_language_is_told_from_a_few_sentences() -> None:
    assert (language(ENGLISH), language(FRENCH)) == ("en", "fr")
    assert language(ENGLISH[:2]) == "en" and language(FRENCH[:1]) == "fr"
    assert language([]) is None and language(["OK", "Paris"]) is None
    assert all(max(scores.values()) - min(scores.values()) < CLEAR / 2 for scores in (look([]), look(["?"])))


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_other_languages_are_neither(text: str) -> None:
    assert language([text]) is None and language([text] * 9) is None


def test_sides_as_they_should_be() -> None:
    assert mixed_up(ENGLISH, FRENCH, SIDES) is None
    assert mixed_up([], [], SIDES) is None and mixed_up(["Paris"], ["Paris"], SIDES) is None
    assert mixed_up(["", "OK", *ENGLISH], ["", "OK", *FRENCH], SIDES) is None  # some lines are the same in both


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        (FRENCH, ENGLISH, "swapped: French and English"),
        (FRENCH[:2], ENGLISH[:2], "swapped: French and English"),
        (["Enregistrer sous…", "Nouveau fichier"], ["Save as…", "New file"], "swapped: French and English"),
        (ENGLISH, ENGLISH, "the same"),
        ([OTHERS["German"]] * 2, [OTHERS["German"]] * 2, "the same"),
        (ENGLISH, ENGLISH[::-1], "English, both"),
        (FRENCH, FRENCH[::-1], "French, both"),
    ],
)
def test_sides_that_are_mixed_up(source, target, said: str) -> None:
    assert said in mixed_up(source, target, SIDES)[0]


@pytest.mark.parametrize("other", ["Spanish", "Italian", "German", "Dutch", "Russian"])
def test_a_side_in_another_language_is_named(other: str) -> None:
    assert foreign(["a", "b"], [[OTHERS[other]]] * 2, SIDES) == [
        f"a, read as English, looks like {other}",
        f"b, read as French, looks like {other}",
    ]
    assert foreign(["a", "b"], [ENGLISH, FRENCH], SIDES) == []
    assert foreign(["a", "b"], [ENGLISH, ENGLISH], SIDES) == ["b, read as French, looks like English"]


def test_what_is_no_sentence_is_named() -> None:
    (remark,) = foreign(["a", "b"], [["1", "2", "3"], FRENCH], SIDES)
    assert "numbers" in remark and remark.startswith("a,")
    # Such a column of Tatoeba's names a user in every row.
    rows = [OTHERS["attribution"].replace("77272", str(number**3)).replace("158", str(number)) for number in range(300)]
    (remark,) = foreign(["a", "b"], [rows, FRENCH], SIDES)
    assert remark == "a, read as English, looks like no sentences of any language"


TEXT = {
    "ru": ["Где мы находимся?", "Кто это сделал?", "Мне холодно."],
    "uk": ["Де ми знаходимося?", "Хто це зробив?", "Мені холодно."],
    "de": ["Wo sind wir?", "Wer hat das getan?", "Mir ist kalt."],
    "nl": ["Waar zijn we?", "Wie heeft dat gedaan?", "Ik heb het koud."],
    "sv": ["Var är vi?", "Vem gjorde det här?", "Jag fryser."],
    "nb": ["Hvor er vi?", "Hvem har gjort dette?", "Jeg fryser."],
    "pl": ["Gdzie jesteśmy?", "Kto to zrobił?", "Jest mi zimno."],
    "sr": ["Gde smo mi?", "Ko je to uradio?", "Hladno mi je."],
    "hsb": ["Hdźe smy?", "Štó je to činił?", "Mi je zyma."],
    "zh": ["我们在哪里？", "点击 OK 启动 Windows Update。", "我很冷。"],
    "ja": ["ここはどこですか。", "東京大学 学生会議 参加者多数", "寒いです。"],
    "tl": ["Nasaan tayo?", "Sino ang gumawa nito?", "Nilalamig ako."],
    "ar": ["أين نحن؟", "من فعل هذا؟", "أنا بردان."],
    "fa": ["ما کجا هستیم؟", "چه کسی این کار را کرد؟", "سردم است."],
    "el": ["Πού είμαστε;", "Ποιος το έκανε;", "Κρυώνω."],
    "en": ENGLISH[:3],
    "fr": FRENCH[:3],
}


@pytest.mark.parametrize("source", TEXT)
def test_two_sides_are_told_in_any_two_languages(source: str) -> None:
    for target in TEXT.keys() - {source}:
        languages, one, other = Languages(source=source, target=target), TEXT[source], TEXT[target]
        assert mixed_up(one, other, languages) is None and foreign(["a", "b"], [one, other], languages) == []
        if {source, target} != {"sr", "hsb"}:  # py3langid does not know Sorbian, and reads it as the one or the other
            assert mixed_up(other, one, languages)[0].startswith("look swapped")


def test_a_side_in_a_third_language_is_foreign_and_not_swapped() -> None:
    languages = Languages(source="en", target="de")
    assert mixed_up(FRENCH, ENGLISH, languages) is None
    assert foreign(["a", "b"], [FRENCH, ENGLISH], languages) == [
        "a, read as English, looks like French",
        "b, read as German, looks like English",
    ]


@pytest.mark.parametrize("code", CODES)
def test_every_language_can_be_looked_at(code: str) -> None:
    languages = Languages(source=code, target="fr" if code == "en" else "en")
    assert called(code, names(code)) and called(f"{code.upper()}-XX", names(code)) and not called("", names(code))
    assert not names(code) & names(languages.target)
    assert language(ENGLISH, languages) == "en" and not swapped(look([]), look([]), languages)
    if code != "en":
        assert foreign(["a", "b"], [ENGLISH, ENGLISH], languages)[0].startswith(f"a, read as {name(code)}")
