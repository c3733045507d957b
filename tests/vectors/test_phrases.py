"""Which words a name is made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.vectors.phrases import FUNCTION_WORDS, Spelled, first_known, spell, spellings

KNOWN = {
    "man", "red", "apple", "Apple", "t-shirt", "shirt", "x", "ray", "of", "with", "the", "up", "bowl", "supper", "lord",
    "o'clock", "clock", "st.", "st", "dr", "pinata", "piñon", "six", "pack", "nine", "-", "'", "'s",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "words", "missed"),
    [
        ("red apple", "red apple", ""),
        ("red_apple", "red apple", ""),
        ("RED Apple", "red Apple", ""),  # spelled so among the vectors
        ("bowl with the apple", "bowl apple", ""),
        ("up", "up", ""),
        ("the with", "the with", ""),
        ("the grail", "the", "grail"),
        ("T-shirt", "t-shirt", ""),
        ("X-ray", "x ray", ""),
        ("six‑pack", "six pack", ""),
        ("red-zebra", "red", "zebra"),
        ("zebra-finch", "", "zebra finch"),
        ("man’s apple", "man apple", ""),
        ("Lord's Supper", "lord supper", ""),
        ("lords' supper", "supper", "lords'"),
        ("nine o'clock", "nine o'clock", ""),
        ("St. Man", "st. man", ""),
        ("dr. man!", "dr man", ""),
        ("piñata piñon", "pinata piñon", ""),
        ("pin\u0303on", "piñon", ""),
        ("apple (red)", "apple red", ""),
        ("apple, red: man; x/ray", "apple red man x ray", ""),
        ("man - apple & ' ray", "man apple ray", ""),
        ("", "", ""),
        ("--- !!", "", ""),
        ("quokka", "", "quokka"),
    ],
)
def test_the_words_of_a_name(name: str, words: str, missed: str) -> None:
    assert spell(name, KNOWN) == Spelled(tuple(words.split()), tuple(missed.split()))


@pytest.mark.parametrize(
    ("names", "words", "missed"),
    [
        (["apple", "man"], "apple", ""),
        (["red quokka", "man"], "man", ""),  # the first that is known whole
        (["red quokka", "blue man"], "red", "quokka"),
        (["quokka", "blue man", "zebra"], "man", "blue"),
        (["quokka", "zebra"], "", "quokka"),
    ],
)
def test_the_first_of_some_names(names: list[str], words: str, missed: str) -> None:
    assert first_known(names, KNOWN) == Spelled(tuple(words.split()), tuple(missed.split()))


@given(st.text(alphabet=st.sampled_from("aBé-'’. _,s\u0301\0😀\ud800"), max_size=30), st.data())
def test_all_words_that_are_used_were_looked_up(name: str, data: st.DataObject) -> None:
    asked = sorted(spellings([name]))
    known = set(data.draw(st.lists(st.sampled_from(asked)))) if asked else set()
    spelled = spell(name, known)
    assert known >= set(spelled.words)
    assert bool(spelled.words) == bool(known & set(spelled.words))
    everything = spell(name, set(asked))
    assert not everything.missed and bool(everything.words) == bool(asked)
    assert not set(map(str.lower, everything.words)) & FUNCTION_WORDS or set(everything.words) <= FUNCTION_WORDS | {
        word.upper() for word in FUNCTION_WORDS
    }
