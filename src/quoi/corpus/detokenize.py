"""From units back to a sentence that reads well: marks undone, spaces where each language has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from unicodedata import normalize

from quoi.corpus.case import TITLE, UPPER, capitalised, cased
from quoi.corpus.units import Units
from quoi.params.languages import UNSPACED

REPEATED = "tk_rep"
"""Stands before a count and a character that stood there so many times (four or more)."""
REPEATED_WORD = "tk_wrep"
"""Stands before a count and a word that stood there so many times (four or more)."""

# A model may write any count.
_MOST = 1000

_QUOTES = frozenset("\"'")
_MARKS = frozenset("«»„“”")
# What has no space before it, and what has none after it; those of a language that is not named are the last.
_STICKS_LEFT = {
    "en": re.compile(r"[.,;:!?)\]}%’”»…°]+|['’](s|m|d|t|re|ve|ll|em)|n['’]t", re.IGNORECASE),
    "fr": re.compile(r"[.,)\]}’”…°]+|-\w.*"),
    "": re.compile(r"[.,;:!?)\]}%’…°،؛؟۔।॥]+"),
}
_STICKS_RIGHT = {
    "en": re.compile(r"[(\[{“‘«¿¡]+|\w+['’]"),
    "fr": re.compile(r"[(\[{“]+|\w+['’]"),
    "ro": re.compile(r"[(\[{‚¿¡]+|\w+['’-]"),
    "": re.compile(r"[(\[{‚¿¡]+|\w+['’]"),
}
_VOWEL = re.compile(r"[aeiouyh]")
"""What elision is before, accents apart: `l'uomo`, and not `un po' di`."""
_ELIDED = re.compile(r"[cdjlmnst]|\w*qu|un|\w+ll|sant", re.IGNORECASE)
"""What is written with an apostrophe before a vowel, where spaCy takes that off: before capitals, `l ' ONU`."""
_MONEY = frozenset("$£€")
_WRITTEN_APART = re.compile(r"(?<=[A-Za-z0-9])\0(?=[A-Za-z0-9])")
_POSSESSOR = re.compile(r"(?!(?:'s|’s|is|this|was|as|his|its|us|has|does|yes)$).+s", re.IGNORECASE)
_HALVES = {
    "en": {("can", "not"), ("gon", "na"), ("got", "ta"), ("wan", "na"), ("lem", "me"), ("gim", "me")},
}


def detokenize(tokens: Sequence[str], units: Units) -> str:
    """Join units into a sentence; its first letter is a capital, unless the units tell what was one.

    Pieces are joined as `Units.decode` does. Of words, undoes `t_up`, `t_maj`, `tk_rep` and `tk_wrep` (what stood
    between repeated words is lost: they get spaces). English contractions and punctuation lose the space before them;
    French elisions the one after, inverted pronouns (`-t`, `-il`) the one before, and `? ! : ;` keep theirs; in other
    languages punctuation and elisions lose it, and of two quotation marks the second closes; Chinese, Japanese and Thai
    have spaces between Latin letters alone. But for spaces and capitals, what `tokenize` split comes back.
    """
    if units.model is not None:
        return units.decode(tokens)
    language = units.language
    words = list(_unmarked(tokens, language))
    if language in UNSPACED:
        return _WRITTEN_APART.sub(" ", "\0".join(words)).replace("\0", "")
    sticks_left, sticks_right = (sticks.get(language, sticks[""]) for sticks in (_STICKS_LEFT, _STICKS_RIGHT))
    halves = _HALVES.get(language, ())
    text = ""
    stuck = True
    open_quotes: set[str] = set()
    quoted = False
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        left = bool(sticks_left.fullmatch(word)) or (before.lower(), word.lower()) in halves
        right = bool(sticks_right.fullmatch(word))
        after = "".join(words[place + 1 : place + 2])
        if word in "'’" and language != "en" and _ELIDED.fullmatch(before) and _VOWEL.match(_bare(after)):
            left = right = True
        elif word in _MONEY:
            left = language == "en" and before[-1:].isdigit() and not after[:1].isdigit()
            right = after[:1].isdigit()
        elif word in _QUOTES:
            possessive = language == "en" and word == "'" and bool(_POSSESSOR.fullmatch(before))
            opens = word not in open_quotes and word in words[place + 1 :] and not possessive
            open_quotes = open_quotes | {word} if opens else open_quotes - {word}
            left, right = not opens, opens
        elif word in _MARKS and language not in _STICKS_LEFT:  # „…“, „…”, »…«, «…» or ”…”: the second one closes
            quoted = not quoted and (place == 0 or not _MARKS.isdisjoint(words[place + 1 :]))
            left, right = not quoted, quoted
        elif word == "‘" and language not in _STICKS_LEFT:  # ‘…’, or ‚…‘
            left = "‚" in words[:place]
            right = not left
        elif language not in _STICKS_LEFT and word[-1] in "'’" and not _VOWEL.match(_bare(after)):
            right = False
        elif word in {"-", "/"}:
            left = right = before[-1:].isalnum() and after[:1].isalnum()
        elif word == "#":
            right = True
        elif word[:1] * 4 == word[:4] and (word.isdecimal() or word.isalpha()):
            left = before[-1:].isdecimal() if word.isdecimal() else before[-1:].isalpha()
        text += word if left or stuck else f" {word}"
        stuck = right
    return capitalised(text, language) if units.case in ("lesson", "lower") else text


def _bare(word: str) -> str:
    """A word in lower case, each accent after its letter."""
    return normalize("NFD", word.lower())


def _unmarked(tokens: Sequence[str], language: str) -> Iterator[str]:
    """The words without marks; a mark that lacks what should follow it, as a model may write, is left out."""
    waiting = list(reversed(tokens))
    case = None
    while waiting:
        token = waiting.pop()
        if token in (UPPER, TITLE):
            case = token
            continue
        if token in (REPEATED, REPEATED_WORD):
            if len(waiting) < 2 or not waiting[-1].isdecimal():
                continue
            count = min(int(waiting.pop()[:9]), _MOST)
            repeated = waiting.pop()
            if repeated in (UPPER, TITLE):
                if not waiting:
                    break
                repeated = cased(repeated, waiting.pop(), language)
            if token == REPEATED_WORD:
                waiting += [repeated] * count
                continue
            token = repeated * count
        if not token.isspace():
            yield cased(case, token, language) if case else token
            case = None
