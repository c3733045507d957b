"""A look at two sides of a corpus: are they English and French, by the words that no sentence does without?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "fr"]

NAMES: dict[Language, str] = {"en": "English", "fr": "French"}

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
_WORDS: dict[Language, frozenset[str]] = {"en": frozenset(_ENGLISH.split()), "fr": frozenset(_FRENCH.split())}
_WORD = re.compile(r"[^\W\d_]+")

CLEAR = 0.2
"""Share of its frequent words with which a text is in a language, if it has three times those of the other. English
and French, questions or not, have 0.3 to 0.5; Italian and Catalan 0.15 of the French ones, other languages fewer."""
FEW = 50
"""With fewer words than these, only swapped sides are noticed."""


@dataclass(frozen=True)
class WordCounts:
    """How many words a text has, and how many of them are frequent English and French ones."""

    words: int
    english: int
    french: int

    @property
    def language(self) -> Language | None:
        """The language that the text clearly is in; None where it is another or too short to know."""
        for language, own, other in (("en", self.english, self.french), ("fr", self.french, self.english)):
            if own > 3 * other and own >= CLEAR * self.words:
                return language
        return None


def count_words(sentences: Iterable[str]) -> WordCounts:
    """Count the words of some sentences."""
    words = [word for sentence in sentences for word in _WORD.findall(sentence.lower())]
    english, french = (sum(word in _WORDS[language] for word in words) for language in NAMES)
    return WordCounts(len(words), english, french)


def mixed_up(english: Sequence[str], french: Sequence[str]) -> str | None:
    """What is surely wrong with two sides, as the end of a sentence; None: nothing.

    They may be swapped, the same, or both in one language.

    Args:
        english, french: some sentences of either side; those at the same index are said to be translations.
    """
    filled = [pair for pair in zip(english, french, strict=True) if all(pair)]
    if len(filled) > 1 and 2 * sum(one == other for one, other in filled) > len(filled):
        return "hold the same sentences"
    first, second = count_words(english), count_words(french)
    if (first.language, second.language) == ("fr", "en") and min(first.french, second.english) > 1:
        return "look swapped: the first is French and the second English"
    if first.language and first.language == second.language and min(first.words, second.words) >= FEW:
        return f"look {NAMES[first.language]}, both of them"
    return None


def foreign(sentences: Sequence[str], language: Language) -> str | None:
    """What speaks against a side's language, though it may be meant, as the end of a sentence; None: nothing."""
    counted = count_words(sentences)
    if counted.words < FEW or counted.language == language:
        return None
    if counted.language:
        return f"looks {NAMES[counted.language]}"
    share = (counted.english if language == "en" else counted.french) / counted.words
    return f"hardly looks {NAMES[language]}: {share:.1%} of its words are among the most frequent ones of that language"
