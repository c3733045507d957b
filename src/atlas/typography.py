"""How lines are set on the web: the space before a French question mark, curly apostrophes, broken encodings."""

from __future__ import annotations

from .choose import Chooser

_CONTRACTIONS = (("What is ", "What's "), ("Who is ", "Who's "), ("Where is ", "Where's "))


def question(chooser: Chooser, english: str, french: str) -> tuple[str, str]:
    """The pair with its question marks: mostly a space before the French one, sometimes none or a no-break space."""
    roll = chooser.roll()
    mark = " ?" if roll < 0.68 else "\u00a0?" if roll < 0.86 else "?"
    if chooser.chance(0.12):
        for long, short in _CONTRACTIONS:
            if english.startswith(long) and english.count(" ") > 2:
                english = short + english[len(long) :]
    return apostrophes(chooser, english + "?", french + mark)


def apostrophes(chooser: Chooser, english: str, french: str) -> tuple[str, str]:
    """Straight apostrophes mostly, curly ones now and then, in both or in one of the two languages."""
    roll = chooser.roll()
    if roll < 0.14:
        french = french.replace("'", "’")
    if roll < 0.10:
        english = english.replace("'", "’")
    return english, french


def mojibake(text: str) -> str:
    """UTF-8 read as Latin-1: `Où` -> `OÃ¹`; control characters are left out."""
    return "".join(char for char in text.encode("utf-8").decode("latin-1") if char.isprintable())
