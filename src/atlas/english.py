"""English inflection, the choice between a and an, and the spelling of a line."""

import re
from functools import cache

from .tables import lists, rows

_VOWELS = "aeiou"
_DOUBLED = lists("inflection")["last consonant doubled"]
_PLURALS = dict(rows("english_plurals"))
_IRREGULAR = {base: forms for base, *forms in rows("english_verbs")}  # past, past participle
_AN = re.compile(r"(?:[aeio]|u(?!s[aeiu]|t[ei]|ran|ru|k|ga|bi)|hour|honest|honou?r|heir|8|11$|18$)")
_A = re.compile(r"(?:eu|ew|one|once|una|uni(?!n|m|d))")
_LETTERS_AN = frozenset("AEFHILMNORSX")


@cache
def _syllable(verb: str) -> bool:
    """Whether the last consonant doubles before -ed and -ing: stop, plan, begin."""
    return verb in _DOUBLED or bool(re.fullmatch(r"(?:qu|[^aeiou])*[aeiou][^aeiouwxy]", verb))


@cache
def past(verb: str) -> str:
    """Simple past; `was` for be (see `finite`)."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb][0]
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ied"
    return verb + (verb[-1] if _syllable(verb) else "") + "ed"


@cache
def participle(verb: str) -> str:
    """Past participle."""
    return _IRREGULAR[verb][1] if verb in _IRREGULAR else past(verb)


@cache
def ing(verb: str) -> str:
    """Present participle and gerund."""
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "ye", "oe")) and verb != "be":
        return verb[:-1] + "ing"
    return verb + (verb[-1] if _syllable(verb) else "") + "ing"


@cache
def third(verb: str) -> str:
    """Third person singular of the present."""
    if verb in ("have", "be", "do", "go", "undergo"):
        return {"have": "has", "be": "is", "do": "does", "go": "goes", "undergo": "undergoes"}[verb]
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "x", "z", "ch", "sh")) else "s")


def finite(verb: str, tense: str, person: int, is_plural: bool) -> str:
    """The finite form in `present` or `past`, for person 1 to 3."""
    singular = person == 3 and not is_plural
    if verb == "be":
        if tense == "past":
            return "was" if not is_plural and person != 2 else "were"
        if person == 1 and not is_plural:
            return "am"
        return "is" if singular else "are"
    if tense == "past":
        return past(verb)
    return third(verb) if singular else verb


@cache
def plural(noun: str) -> str:
    """Plural; of a compound, of its last word, or of the word before `of`, `in`, `for`."""
    for link in (" of ", " in ", " for ", " to "):
        if link in noun:
            head, tail = noun.split(link, 1)
            return plural(head) + link + tail
    head, gap, last = noun.rpartition(" ")
    if last in _PLURALS:
        return head + gap + _PLURALS[last]
    if last.endswith(("man", "child")) and not last.endswith(("human", "german", "roman")):
        return head + gap + (last[:-2] + "en" if last.endswith("man") else last + "ren")
    if last.endswith("y") and last[-2] not in _VOWELS:
        return head + gap + last[:-1] + "ies"
    return head + gap + last + ("es" if last.endswith(("s", "x", "z", "ch", "sh")) else "s")


@cache
def article(word: str) -> str:
    """`a` or `an`, as the word that follows sounds."""
    if len(word) > 1 and word.isupper():
        return "an" if word[0] in _LETTERS_AN and word not in ("NATO", "UNESCO") else "a"
    low = word.lower()
    return "an" if _AN.match(low) and not _A.match(low) else "a"


def join(tokens: list[str]) -> str:
    """One line of English with no end mark. `a^` becomes a or an; a comma and `'s` attach to the word before them."""
    text = ""
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        if token == "," or token[0] == "'":
            text = text.rstrip() + token + " "
        else:
            text += (article(following.split()[0]) if token == "a^" else token) + " "
    return text.rstrip()
