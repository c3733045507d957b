"""Names as words that have vectors: `Lord's Supper` is the mean of `lord` and `supper`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable
from functools import cache
from typing import NamedTuple

FUNCTION_WORDS = {
    "a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "of", "off", "on", "or", "over", "the", "to", "up",
    "with", "without",
}  # fmt: skip
"""Articles, conjunctions and prepositions, which say how the other words of a name go together. They are left out of
a name that has another word: as the most frequent words of all they lie in the middle of word space, and would draw
each name there."""

_BREAKS = re.compile(r"[\s_,;:/\\()\[\]{}\"“”«»&+]+")
_HYPHENS = re.compile(r"[-‐‑–—]+")
_APOSTROPHES = str.maketrans("‘’ʼ`", "''''")
_EDGES = "'.!?*-‐‑–—…"


class Spelled(NamedTuple):
    """The words that a name is made of."""

    words: tuple[str, ...]
    """Known words, as they are spelled among the vectors; the mean of their vectors is the name's."""
    missed: tuple[str, ...]
    """Those of its words that are not known, in any spelling."""


def spellings(names: Iterable[str]) -> set[str]:
    """Every word that `spell` may ask for, so that those of all names can be looked up at once."""
    tokens = {token for name in names for token in _tokens(name)}
    return {variant for token in tokens for part in (token, *_parts(token)) for variant in _variants(part)}


def spell(name: str, known: Container[str]) -> Spelled:
    """The words of a name. Of each, the first spelling that is known counts, tried in this order:

    as it is given, in lower case, without an apostrophe's ending (`man's`: man) or marks around it, without accents;
    then, of one with hyphens, its parts in the same way. A function word counts only in a name that has no other
    known word.
    """
    words: list[str] = []
    missed: list[str] = []
    for token in _tokens(name):
        parts = [token] if _spelling(token, known) else _parts(token) or [token]
        for part in parts:
            word = _spelling(part, known)
            words += [word] if word else []
            missed += [] if word else [part]
    content = [word for word in words if word.lower() not in FUNCTION_WORDS]
    return Spelled(tuple(content or words), tuple(missed))


def first_known(names: Iterable[str], known: Container[str]) -> Spelled:
    """The words of the first of some names all of whose words are known; else of the first that has a known word."""
    spelled = [spell(name, known) for name in names]
    partly = [name for name in spelled if name.words]
    whole = [name for name in partly if not name.missed]
    return (whole or partly or spelled)[0]


def _tokens(name: str) -> list[str]:
    tokens = _BREAKS.split(unicodedata.normalize("NFC", name).translate(_APOSTROPHES))
    return [token for token in tokens if token.strip(_EDGES)]


def _parts(token: str) -> list[str]:
    """Of a word with hyphens, what is between them."""
    parts = [part for part in _HYPHENS.split(token) if part.strip(_EDGES)]
    return parts if len(parts) > 1 else []


def _spelling(token: str, known: Container[str]) -> str | None:
    return next((variant for variant in _variants(token) if variant in known), None)


@cache
def _variants(token: str) -> tuple[str, ...]:
    bare = token.strip(_EDGES)
    stem = re.sub(r"'s?$", "", bare, flags=re.IGNORECASE)
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", stem) if not unicodedata.combining(sign))
    return tuple(dict.fromkeys(word for form in (token, bare, stem, plain) if form for word in (form, form.lower())))
