"""A look at two sides of a corpus: are they in the languages that they are said to be in?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from quoi.io.errors import QuoiError
from quoi.params.languages import Languages, name

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

CLEAR = 5.0
"""Nats between two languages of a `Look` from which it is clear which of them a text is in. So many let
benchmarks/quality/looks.py find no right side that is refused, and no swapped ones of ten pairs or more that pass."""
NEAR = 2.0
"""Nats below the likeliest language within which a text may as well be in another: related ones come so near."""
NO_LANGUAGE = "zxx"
"""What ISO 639 calls numbers, names of files, code and the like."""
KNOWN_AS = {"nb": "no", "kmr": "ku"}
"""What py3langid calls some of spaCy's languages."""

Look = Mapping[str, float]
"""How likely a text is in each language, as log-likelihoods divided by the square root of its bytes: the temperature by
which py3langid makes probabilities, so that short and long texts can be compared."""


def look(sentences: Iterable[str]) -> Look:
    """What some sentences look like: py3langid's naive Bayes over sequences of bytes (Lui & Baldwin 2012)."""
    text = "\n".join(sentences)
    temperature = math.sqrt(len(text.encode()) or 1)
    return {language: score / temperature for language, score in _identifier().rank(text)}


def language_of(seen: Look, languages: Languages) -> str | None:
    """Which of two languages a text clearly is in; None: neither, or that cannot be told."""
    likeliest = max(seen.values())
    for language, other in (languages.both.values(), reversed(languages.both.values())):
        own = _score(seen, language, other)
        if own >= likeliest - NEAR and own - max(_score(seen, other, language), seen[NO_LANGUAGE]) >= CLEAR:
            return language
    return None


def neither(seen: Look, languages: Languages) -> bool:
    """Whether a text clearly is in neither of two languages: in another, or in none."""
    one, other = languages.both.values()
    return bool(_foreign(seen, one, other) and _foreign(seen, other, one))


def swapped(source: Look, target: Look, languages: Languages) -> bool:
    """Whether two sides would clearly be likelier if they were exchanged, and neither looks like a third language."""
    one, other = languages.both.values()
    first, second = (_score(seen, one, other) - _score(seen, other, one) for seen in (source, target))
    return second - first >= CLEAR and not (_foreign(source, other, one) or _foreign(target, one, other))


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
    sides = [look(side) for side in zip(*filled, strict=True)] or [look([])] * 2
    if swapped(*sides, languages):
        return f"look swapped: {' and '.join(reversed(languages.names.values()))}", True
    first, second = (language_of(seen, languages) for seen in sides)
    if first and first == second:
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
    said = f"{what}, read as {' and '.join(languages.names.values())}, {wrong[0]}"
    if wrong[1] or not sure:
        raise QuoiError(f"{said}: {way_out}.")
    return [said]


def foreign(titles: Sequence[object], sides: Sequence[Sequence[str]], languages: Languages) -> list[str]:
    """A sentence on each of two sides, by its title, that does not look like its language: it may be meant."""
    remarks = []
    both = list(languages.both.values())
    for side, language, other, text in zip(titles, both, reversed(both), sides, strict=True):
        if numeric(text):
            remarks.append(f"{side}, read as {name(language)}, holds numbers")
        elif seen := _foreign(look(text), language, other):
            like = "no sentences of any language" if seen == NO_LANGUAGE else name(seen)
            remarks.append(f"{side}, read as {name(language)}, looks like {like}")
    return remarks


def numeric(sentences: Sequence[str]) -> bool:
    """Whether most of some sentences, of those that are not blank, are numbers: without a letter."""
    filled = list(filter(None, sentences))
    return 2 * sum(not any(map(str.isalpha, sentence)) for sentence in filled) > len(filled)


def _foreign(seen: Look, language: str, other: str) -> str | None:
    """The likeliest language of a text that clearly is not in the one of two that it should be in."""
    likeliest = max(seen, key=seen.__getitem__)
    return likeliest if seen[likeliest] - _score(seen, language, other) >= CLEAR else None


def _score(seen: Look, language: str, other: str) -> float:
    """That of one of two languages; where py3langid does not know it, that of any it knows but the other."""
    language, other = (KNOWN_AS.get(code, code) for code in (language, other))
    if language in seen:
        return seen[language]
    return max(score for code, score in seen.items() if code not in (other, NO_LANGUAGE))


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)
