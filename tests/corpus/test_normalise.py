"""What looks the same is the same, and what is clean stays as it is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.corpus.normalise import normalise

MARKS = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2063\u2069\ufe0f\ufeff\ufffb\U000e0041"
)
CLEAN = "Où est l’« œuf » d’\u00a0hier\u202f? — “What’s…” 10\u00a0€ • naïve\tĽ’\u2028x\x85 ½ ² ﬁ ™ 日本 Привет Ωμέγα"


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: f"U+{ord(mark):04X}")
def test_a_mark_that_nobody_sees_is_dropped(mark: str) -> None:
    assert normalise(f"{mark}Où{mark} es{mark}t-ce ?{mark}") == "Où est-ce ?"


def test_a_joiner_that_changes_how_a_word_is_drawn_stays() -> None:
    for text in ("می\u200cخواهم", "क्\u200dष", "क्\u200cष"):
        assert normalise(text) == text
    assert normalise("ا\u200c\u200d\u200bب") == "ا\u200cب" and normalise("a\u200cب") == "aب"


@given(st.text(st.sampled_from("aب\u0915\u094d\u093c\u0301\u064b\u200b\u200c\u200d"), max_size=9))
def test_normalising_twice_is_normalising_once_with_joiners(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_letters_and_accents_are_composed_also_across_a_mark() -> None:
    assert normalise("Ou\u0300 e\u0301tait-ce\u202f?") == "Où était-ce\u202f?"
    assert normalise("Ou\u200b\u0300") == "Où"
    assert normalise("\u212b") == "\u00c5"


def test_clean_text_stays_as_it_is() -> None:
    assert normalise(CLEAN) == CLEAN
    assert normalise("ou où oû") == "ou où oû"  # no accent that is seen goes
    assert normalise(unicodedata.normalize("NFD", CLEAN)) == CLEAN


@given(st.text())
def test_normalising_twice_is_normalising_once_and_ends_no_line(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once and unicodedata.is_normalized("NFC", once)
    assert once.count("\n") == text.count("\n")


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x17F, exclude_characters="\u00ad")))
def test_latin_text_is_the_same_however_it_is_written(text: str) -> None:
    spread = "\u200b".join(unicodedata.normalize("NFD", text))
    assert normalise(text) == normalise(spread) == text
