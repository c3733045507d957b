"""A look at two sides of a corpus: are they in the languages that they are said to be in, as far as that can be told?

English and French are told by the words that no sentence does without, languages in different scripts by their letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from quoi.io.errors import QuoiError
from quoi.params.languages import Languages, name, spoken

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
"""With fewer words than these, only swapped sides are noticed. Ten letters count as one where no spaces part words."""
KANA = 0.1
"""Kana for each Chinese letter above which a text is Japanese, which has about one; Chinese quotes them rarely."""


def language_of(sentences: Iterable[str], languages: Languages) -> tuple[str | None, int]:
    """The language that some sentences clearly are in, None where that cannot be told, and how many words they have.

    English and French are always told, by words. If only one of the two `languages` is written in the sentences'
    letters and is none of these, it is that one.
    """
    text = "\n".join(sentences).lower()
    words, letters = _WORD.findall(text), _scripts(text)
    size = max(len(words), letters.total() // 10)
    english, french = (sum(word in frequent for word in words) for frequent in _WORDS.values())
    for language, own, other in (("en", english, french), ("fr", french, english)):
        if own > max(1, 3 * other) and own >= CLEAR * len(words):
            return language, size
    written = [code for code in languages.both.values() if _script(code) in _main(letters)]
    return (written[0] if len(written) == 1 and written[0] not in _WORDS else None), size


def swapped(sides: Sequence[tuple[str | None, int]], languages: Languages) -> bool:
    """Whether two sides, of which `language_of` tells this, are exchanged; of enough words, one that is told tells."""
    told = [words for language, words in sides if language]
    exchanged = zip(sides, (languages.target, languages.source), strict=True)
    return all(language in (None, other) for (language, _), other in exchanged) and (
        len(told) == 2 or max(told, default=0) >= FEW
    )


def mixed_up(source: Sequence[str], target: Sequence[str], languages: Languages) -> tuple[str, bool] | None:
    """What is surely wrong with two sides, as the end of a sentence, and whether it is that they are swapped.

    They may be swapped, the same, or both in one language; None: nothing is wrong.

    Args:
        source, target: some sentences of either side; those at the same index are said to be translations.
        languages: what they are said to be in.
    """
    filled = [pair for pair in zip(source, target, strict=True) if all(pair)]
    if len(filled) > 1 and 2 * sum(one == other for one, other in filled) > len(filled):
        return "hold the same sentences", False
    (first, words), (second, others) = sides = [language_of(side, languages) for side in (source, target)]
    if swapped(sides, languages):
        told = (f"the {place} is {name(code)}" for place, code in (("first", first), ("second", second)) if code)
        return f"look swapped: {' and '.join(told)}", True
    if first and first == second and min(words, others) >= FEW:
        return f"look {name(first)}, both of them", False
    return None


def check(
    what: str,
    titles: Sequence[object],
    sides: Sequence[Sequence[str]],
    languages: Languages,
    way_out: str,
    sure: bool = True,
) -> list[str]:
    """What to say of two sides that look odd; nothing, where they look as they should.

    Args:
        what: the two sides, as the start of a sentence; titles: each of them.
        sides, languages: as for `mixed_up`.
        way_out: what to do about sides that are refused, as the end of a sentence.
        sure: whether the user has said which side is which, and may mean what looks odd.

    Raises:
        QuoiError: the sides are swapped; or it is not `sure` which they are, and they are mixed up in another way.
    """
    if not (wrong := mixed_up(*sides, languages)):
        return foreign(titles, sides, languages)
    look = f"{what}, read as {' and '.join(languages.names.values())}, {wrong[0]}"
    if wrong[1] or not sure:
        raise QuoiError(f"{look}: {way_out}.")
    return [look]


def foreign(titles: Sequence[object], sides: Sequence[Sequence[str]], languages: Languages) -> list[str]:
    """A sentence on each of two sides, by its title, that does not look like its language: it may be meant."""
    remarks = []
    for side, language, text in zip(titles, languages.both.values(), sides, strict=True):
        seen, words = language_of(text, languages)
        if numeric(text):
            remarks.append(f"{side}, read as {name(language)}, holds numbers")
        strange = language in _WORDS or seen or _script(language) not in {None, *_main(_scripts("".join(text)))}
        if words >= FEW and seen != language and strange:
            remarks.append(f"{side}, read as {name(language)}, does not look {name(language)}")
    return remarks


def numeric(sentences: Sequence[str]) -> bool:
    """Whether most of some sentences are nothing but a number."""
    return 2 * sum(map(str.isdecimal, sentences)) > len(sentences)


@cache
def _script(code: str) -> str | None:
    """What Unicode calls the letters that a language is written in: those of its own name, and of Japanese its kana."""
    return "KANA" if code == "ja" else next(iter(_scripts(" ".join(spoken(code, code)))), None)


def _scripts(text: str) -> Counter[str]:
    """How many letters of which script a text has; Chinese letters among Japanese syllables (kana) count as those."""
    scripts: Counter[str] = Counter()
    for sign, number in Counter(text).items():
        if sign.isalpha():
            script = unicodedata.name(sign, "?").split()[0]
            scripts["KANA" if script.startswith(("HIRAGANA", "KATAKANA")) else script] += number
    if scripts["KANA"] >= KANA * scripts["CJK"]:
        scripts["KANA"] += scripts.pop("CJK", 0)
    return scripts


def _main(letters: Counter[str]) -> set[str]:
    """The script of most letters, if there is one."""
    return {script for script, number in letters.items() if 2 * number > letters.total()}
