"""Which language a text is in, and what can be wrong with two sides."""

from __future__ import annotations

import pytest

from quoi.corpus.sources.looks import FEW, foreign, language_of, mixed_up
from quoi.params.languages import Languages, called, codes, names

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


def test_english_and_french_are_told_apart() -> None:
    assert (language_of(ENGLISH, SIDES)[0], language_of(FRENCH, SIDES)[0]) == ("en", "fr")
    assert language_of([*ENGLISH, *FRENCH], SIDES)[0] is None


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_other_languages_are_neither(text: str) -> None:
    assert language_of([text], SIDES)[0] is None


def test_sides_as_they_should_be() -> None:
    assert mixed_up(ENGLISH, FRENCH, SIDES) is None
    assert mixed_up([], [], SIDES) is None and mixed_up(["Paris"], ["Paris"], SIDES) is None
    assert mixed_up(["", "OK", *ENGLISH], ["", "OK", *FRENCH], SIDES) is None  # some lines are the same in both


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        (FRENCH, ENGLISH, "swapped"),
        (ENGLISH, ENGLISH, "the same"),
        ([OTHERS["German"]] * 2, [OTHERS["German"]] * 2, "the same"),
        (ENGLISH * 9, ENGLISH[::-1] * 9, "English, both"),
        (FRENCH * 9, FRENCH[::-1] * 9, "French, both"),
    ],
)
def test_sides_that_are_mixed_up(source, target, said: str) -> None:
    assert said in mixed_up(source, target, SIDES)[0]


@pytest.mark.parametrize("name", ["Spanish", "Italian", "German", "Dutch", "attribution"])
def test_a_side_in_another_language_is_named_where_there_is_enough_of_it(name: str) -> None:
    many = [OTHERS[name]] * 9
    assert language_of(many, SIDES)[1] >= FEW
    assert foreign(["a", "b"], [many, many], SIDES) == [
        "a, read as English, does not look English",
        "b, read as French, does not look French",
    ]
    assert foreign(["a", "b"], [[OTHERS[name].split()[0]]] * 2, SIDES) == []


def test_a_side_in_its_own_language_is_not_named_and_the_other_one_is() -> None:
    assert foreign(["a", "b"], [ENGLISH * 9, FRENCH * 9], SIDES) == []
    assert foreign(["a", "b"], [ENGLISH * 9, ENGLISH * 9], SIDES) == ["b, read as French, does not look French"]


def test_of_other_languages_it_is_only_told_that_they_are_one_of_those_that_are_known() -> None:
    german, many = Languages(source="de", target="en"), [OTHERS["German"]] * 9
    assert foreign(["a", "b"], [many, ENGLISH * 9], german) == [] and mixed_up(many, ENGLISH[:1] * 9, german) is None
    assert foreign(["a", "b"], [FRENCH * 9, ENGLISH * 9], german) == ["a, read as German, does not look German"]
    assert mixed_up(ENGLISH * 9, ENGLISH[::-1] * 9, german) == ("look English, both of them", False)


TEXT = {
    "ru": ["Где мы находимся?", "Кто это сделал?", "Мне холодно."],
    "de": ["Wo sind wir?", "Wer hat das getan?", "Mir ist kalt."],
    "zh": ["我们在哪里？", "这是谁做的？", "我很冷。"],
    "ja": ["ここはどこですか。", "誰がやったのですか。", "寒いです。"],
    "ar": ["أين نحن؟", "من فعل هذا؟", "أنا بردان."],
    "el": ["Πού είμαστε;", "Ποιος το έκανε;", "Κρυώνω."],
    "en": ENGLISH,
    "fr": FRENCH,
}
TOLD = [("ru", "en"), ("ru", "de"), ("fr", "ar"), ("zh", "en"), ("ja", "ru"), ("el", "de"), ("fr", "en"), ("zh", "ja")]
NOT_TOLD = [("de", "nl"), ("de", "en")]


@pytest.mark.parametrize("pair", TOLD)
def test_languages_are_told_by_their_letters(pair: tuple[str, str]) -> None:
    languages = Languages(source=pair[0], target=pair[1])
    one, other = (TEXT[code][:3] for code in pair)
    assert mixed_up(one, other, languages) is None and foreign(["a", "b"], [one * 9, other * 9], languages) == []
    assert "swapped" in mixed_up(other * 9, one * 9, languages)[0]
    assert "both of them" in mixed_up(one * 20, one[::-1] * 20, languages)[0]


@pytest.mark.parametrize("pair", NOT_TOLD)
def test_nothing_is_claimed_of_languages_that_cannot_be_told(pair: tuple[str, str]) -> None:
    languages = Languages(source=pair[0], target=pair[1])
    sides = [TEXT.get(code, TEXT["de"])[:3] for code in pair]
    for one, other in (sides, sides[::-1]):
        assert mixed_up(one[:2], other[1:], languages) is None


def test_one_side_that_is_plainly_in_the_others_language_is_enough_if_there_is_enough_of_it() -> None:
    for source, target in (("de", "en"), ("en", "de"), ("de", "fr"), ("fr", "de")):
        languages = Languages(source=source, target=target)
        one, other = TEXT[source], TEXT[target]
        many = min(len(one), len(other))
        one, other = one[:many], other[:many]
        assert mixed_up(one * 9, other * 9, languages) is None
        wrong, is_swapped = mixed_up(other * 9, one * 9, languages)
        assert "swapped" in wrong and is_swapped
        assert mixed_up(other, one, languages) is None
    # In a third language the other side is foreign, not swapped.
    assert mixed_up(FRENCH * 9, ENGLISH * 9, Languages(source="en", target="de")) is None


def test_japanese_is_told_from_chinese_by_its_kana() -> None:
    languages = Languages(source="ja", target="zh")
    assert language_of(["東京の大学生が多数参加した会議"], languages)[0] == "ja"
    assert language_of(["日本人在超市里买の字牌的东西，我们也在那里"], languages)[0] == "zh"


def test_numbers_are_no_sentences() -> None:
    (remark,) = foreign(["a", "b"], [["1", "2", "3"], TEXT["de"]], Languages(source="nl", target="de"))
    assert "numbers" in remark and remark.startswith("a,")


def test_a_side_in_other_letters_is_named() -> None:
    languages = Languages(source="de", target="nl")
    assert foreign(["a", "b"], [TEXT["ru"] * 9, TEXT["zh"] * 40], languages) == [
        "a, read as German, does not look German",
        "b, read as Dutch, does not look Dutch",
    ]
    (remark,) = foreign(["a", "b"], [ENGLISH * 9, TEXT["de"] * 9], languages)
    assert remark == "a, read as German, does not look German"


@pytest.mark.parametrize("code", codes())
def test_every_language_can_be_looked_at(code: str) -> None:
    languages = Languages(source=code, target="fr" if code == "en" else "en")
    assert called(code, names(code)) and called(f"{code.upper()}-XX", names(code)) and not called("", names(code))
    assert not names(code) & names(languages.target)
    assert language_of(ENGLISH, languages)[0] == "en"


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("eng", "en"),
        ("EN_us", "en"),
        ("fre", "fr"),
        ("FRA", "fr"),
        ("cmn", "zh"),
        ("zh-Hant", "zh"),
        ("Deutsch", "de"),
        ("no", "nb"),
        ("fil", "tl"),
        ("tgl", "tl"),
    ],
)
def test_what_a_language_is_called(word: str, code: str) -> None:
    assert called(word, names(code))
    assert not called(word, names("it"))
