"""Upper and lower case: what is left of it in what a model reads, and how the text gets it back."""

from __future__ import annotations

import re

from quoi.params.corpus import Case

UPPER = "t_up"
"""Stands before a word that was all capitals."""
TITLE = "t_maj"
"""Stands before a word whose first letter alone was a capital; the lesson has no such mark."""

# The languages that have an i with a dot in both cases, and one without.
_TWO_I = ("az", "tr")
_TO_LOWER = str.maketrans("İI", "iı")
_TO_UPPER = str.maketrans("iı", "İI")

_WORD = re.compile(r"\w+")
_RUN = re.compile(r"\w+|\W+")
_MARKED = re.compile(rf"\b({UPPER}|{TITLE}) (\w+)")
_LEFT = re.compile(rf"\b(?:{UPPER}|{TITLE})\b ?")


def fold(text: str, case: Case, language: str, gap: str = "") -> str:
    """A text as the setting `tokens.case` has it.

    `lesson` lower-cases it and puts `t_up` before each run of more than two word characters that is all capitals
    (fast.ai 0.7). `lower` marks nothing. `kept` changes nothing. `markers` marks words of all capitals with `t_up`,
    those with a capital first letter with `t_maj` (as later versions of fast.ai do with `xxup` and `xxmaj`), and
    lower-cases them, where `restore` then gives them back: a word of mixed case stays as it is.

    Args:
        gap: stands before each mark.
    """
    if case == "kept":
        return text
    return _RUN.sub(lambda run: _folded(run[0], case, language, gap), text)


def restore(text: str, case: Case, language: str) -> str:
    """The text that `fold` made a model's: exactly for `markers` and `kept`, else with a capital to begin with.

    Marks that stand before no word, as a model may write, are left out.
    """
    if case != "kept":
        text = _LEFT.sub("", _MARKED.sub(lambda match: cased(match[1], match[2], language), text))
    return capitalised(text, language) if case in ("lesson", "lower") else text


def cased(mark: str, word: str, language: str) -> str:
    """A lower-case word, or its first part before punctuation, as its mark says."""
    run = _WORD.search(word)
    if run is None:
        return word
    first = len(run[0]) if mark == UPPER else 1
    letters = _upper(run[0][:first], language) + run[0][first:]
    return word[: run.start()] + letters + word[run.end() :]


def capitalised(text: str, language: str) -> str:
    """The text with its first letter a capital, and English `I`."""
    if language == "en":
        text = re.sub(r"\bi(?=$|\s|['’](?:m|d|ll|ve)\b|[?.!,;:])", "I", text)
    for place, letter in enumerate(text):
        if letter.isalnum():  # where a number comes first, no word does
            return text[:place] + _upper(letter, language) + text[place + 1 :]
    return text


def _folded(run: str, case: Case, language: str, gap: str) -> str:
    lower = (run.translate(_TO_LOWER) if language in _TWO_I else run).lower()
    if case == "lesson":
        return f"{gap}{UPPER} {lower}" if run.isupper() and len(run) > 2 else lower
    if case == "markers" and run != lower:
        marks = (mark for mark in (TITLE, UPPER) if _WORD.fullmatch(lower) and cased(mark, lower, language) == run)
        return next((f"{gap}{mark} {lower}" for mark in marks), run)
    return lower


def _upper(text: str, language: str) -> str:
    return (text.translate(_TO_UPPER) if language in _TWO_I else text).upper()
