"""A look at two sides of a corpus: are they in their languages, by the words that no sentence does without?

English and French are known; of another language it can only be told that it is one of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from quoi.params.languages import Languages, name

# Frequent in one language and rare in the other, and, as far as that goes, in their neighbours: of the frequent words
# of French, `de`, `la`, `que` and `en` are those of Spanish too.
_ENGLISH = """
    the of and to is are were you it that what who where when why which how do does did for with my your his her their
    this these they we he she not be have has would can from i am m ve ll re us him no yes get got go
"""
_FRENCH = """
    le les l une des du et est sont à au aux qui quoi où quand pourquoi quel quelle quels quelles ce cette ces il elle
    ils elles je j vous nous tu ne n pas pour dans sur avec ses leur votre notre c qu été avez êtes ai suis moi toi ça
"""
_WORDS = {"en": frozenset(_ENGLISH.split()), "fr": frozenset(_FRENCH.split())}
_WORD = re.compile(r"[^\W\d_]+")

CLEAR = 0.2
"""Share of its frequent words with which a text is in a language, if it has three times those of the other. English
and French, questions or not, have 0.3 to 0.5; Italian and Catalan 0.15 of the French ones, other languages fewer."""
FEW = 50
"""With fewer words than these, only swapped sides are noticed."""


def language_of(sentences: Iterable[str]) -> tuple[str | None, int]:
    """The language that some sentences clearly are in, None where it is another one, and how many words they have."""
    words = [word for sentence in sentences for word in _WORD.findall(sentence.lower())]
    english, french = (sum(word in _WORDS[language] for word in words) for language in ("en", "fr"))
    for language, own, other in (("en", english, french), ("fr", french, english)):
        if own > max(1, 3 * other) and own >= CLEAR * len(words):
            return language, len(words)
    return None, len(words)


def mixed_up(source: Sequence[str], target: Sequence[str], languages: Languages) -> str | None:
    """What is surely wrong with two sides, as the end of a sentence; None: nothing.

    They may be swapped, the same, or both in one language.

    Args:
        source, target: some sentences of either side; those at the same index are said to be translations.
        languages: what the two sides are said to be.
    """
    filled = [pair for pair in zip(source, target, strict=True) if all(pair)]
    if len(filled) > 1 and 2 * sum(one == other for one, other in filled) > len(filled):
        return "hold the same sentences"
    (first, words), (second, others) = language_of(source), language_of(target)
    if (first, second) == (languages.target, languages.source):
        return f"look swapped: the first is {name(first)} and the second {name(second)}"
    if first and first == second and min(words, others) >= FEW:
        return f"look {name(first)}, both of them"
    return None


def foreign(names: Sequence[object], sides: Sequence[Sequence[str]], languages: Languages) -> list[str]:
    """A sentence on each of two sides, called by these names, that does not look like its language: it may be meant."""
    remarks = []
    for language, called, side in zip(languages.both.values(), names, sides, strict=True):
        seen, words = language_of(side)
        if words >= FEW and seen != language and (seen or language in _WORDS):
            remarks.append(f"{called}, read as {name(language)}, does not look {name(language)}")
    return remarks
