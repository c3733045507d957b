"""How lines are set on the web: the space before a French question mark, curly apostrophes, broken encodings."""

from __future__ import annotations

from .english import join as join_english
from .french import join as join_french
from .sampler import Sampler

_CONTRACTIONS = (("What is ", "What's "), ("Who is ", "Who's "), ("Where is ", "Where's "))


def spell(english: list[str], french: list[str]) -> tuple[str, str]:
    """The tokens of both sides as lines with a capital at the start and no end mark."""
    first, second = join_english(english), join_french(french)
    return first[0].upper() + first[1:], second[0].upper() + second[1:]


def question(sampler: Sampler, english: str, french: str) -> tuple[str, str]:
    """The pair with its question marks: mostly a space before the French one, sometimes none or a no-break space."""
    roll = sampler.roll()
    mark = " ?" if roll < 0.68 else "\u00a0?" if roll < 0.86 else "?"
    if sampler.chance(0.12):
        for long, short in _CONTRACTIONS:
            if english.startswith(long) and english.count(" ") > 2:
                english = short + english[len(long) :]
    return apostrophes(sampler, english + "?", french + mark)


def apostrophes(sampler: Sampler, english: str, french: str) -> tuple[str, str]:
    """Straight apostrophes mostly, curly ones now and then, in both or in one of the two languages."""
    roll = sampler.roll()
    if roll < 0.14:
        french = french.replace("'", "’")
    if roll < 0.10:
        english = english.replace("'", "’")
    return english, french


def mojibake(text: str) -> str:
    """UTF-8 read as Latin-1: `Où` -> `OÃ¹`; control characters are left out."""
    return "".join(char for char in text.encode("utf-8").decode("latin-1") if char.isprintable())
