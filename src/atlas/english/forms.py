"""Inflection of English verbs and nouns, and the choice between a and an."""

import re
from functools import cache

from ..tables import rows

_VOWELS = "aeiou"
_DOUBLED = frozenset(
    [
        "begin",
        "forget",
        "admit",
        "permit",
        "commit",
        "submit",
        "prefer",
        "refer",
        "occur",
        "control",
        "travel",
        "cancel",
        "transfer",
        "regret",
        "equip",
        "omit",
        "forbid",
        "model",
        "label",
        "patrol",
    ]
)
_PLURALS = {
    "man": "men", "woman": "women", "child": "children", "person": "people", "foot": "feet", "tooth": "teeth",
    "mouse": "mice", "goose": "geese", "sheep": "sheep", "fish": "fish", "deer": "deer", "aircraft": "aircraft",
    "series": "series", "species": "species", "crisis": "crises", "analysis": "analyses", "hypothesis": "hypotheses",
    "knife": "knives", "life": "lives", "wife": "wives", "wolf": "wolves", "leaf": "leaves", "loaf": "loaves",
    "half": "halves", "shelf": "shelves", "calf": "calves", "thief": "thieves", "potato": "potatoes",
    "tomato": "tomatoes", "hero": "heroes", "volcano": "volcanoes", "mosquito": "mosquitoes", "ox": "oxen",
    "criterion": "criteria", "phenomenon": "phenomena", "diagnosis": "diagnoses", "veto": "vetoes", "echo": "echoes",
    "salmon": "salmon", "trout": "trout", "offspring": "offspring", "passer-by": "passers-by", "scarf": "scarves",
    "mango": "mangoes", "buffalo": "buffaloes", "embargo": "embargoes", "tornado": "tornadoes", "staff": "staff",
    "mother-in-law": "mothers-in-law", "father-in-law": "fathers-in-law", "brother-in-law": "brothers-in-law",
    "sister-in-law": "sisters-in-law", "headquarters": "headquarters",
}  # fmt: skip
_AN = re.compile(r"(?:[aeio]|u(?!s[aeiu]|t[ei]|ran|ru|k|ga|bi)|hour|honest|honou?r|heir|8|11$|18$)")
_A = re.compile(r"(?:eu|ew|one|once|una|uni(?!n|m|d))")
_LETTERS_AN = frozenset("AEFHILMNORSX")


@cache
def _irregular() -> dict[str, tuple[str, str]]:
    return {base: (past, participle) for base, past, participle in rows("english_verbs")}


@cache
def _syllable(verb: str) -> bool:
    """Whether the last consonant doubles before -ed and -ing: stop, plan, begin."""
    if verb in _DOUBLED:
        return True
    return bool(re.fullmatch(r"(?:qu|[^aeiou])*[aeiou][^aeiouwxy]", verb))


@cache
def past(verb: str) -> str:
    """Simple past; `was` for be (see `finite`)."""
    if verb in _irregular():
        return _irregular()[verb][0]
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ied"
    return verb + (verb[-1] if _syllable(verb) else "") + "ed"


@cache
def participle(verb: str) -> str:
    """Past participle."""
    return _irregular()[verb][1] if verb in _irregular() else past(verb)


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
