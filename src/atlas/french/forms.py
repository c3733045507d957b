"""Inflection of French nouns, adjectives and participles, and which words let an article elide before them."""

from functools import cache

from ..tables import rows

_PREPOSITIONS = ("de", "à", "en", "pour", "sur", "sans", "aux", "du", "des", "au", "par", "contre")
_X_PLURALS = {"bijou", "caillou", "chou", "genou", "hibou", "pou"}
_S_PLURALS = {"bal", "festival", "carnaval", "récital", "chacal", "pneu", "bleu", "final", "naval", "banal", "landau"}
_AUX_PLURALS = {"travail": "travaux", "vitrail": "vitraux", "bail": "baux", "corail": "coraux"}
_FEMININES = {
    "blanc": "blanche", "franc": "franche", "sec": "sèche", "public": "publique", "turc": "turque", "grec": "grecque",
    "long": "longue", "gros": "grosse", "bas": "basse", "épais": "épaisse", "gras": "grasse", "las": "lasse",
    "frais": "fraîche", "doux": "douce", "faux": "fausse", "roux": "rousse", "vieux": "vieille", "beau": "belle",
    "nouveau": "nouvelle", "fou": "folle", "mou": "molle", "gentil": "gentille", "nul": "nulle", "favori": "favorite",
    "complet": "complète", "inquiet": "inquiète", "secret": "secrète", "discret": "discrète", "concret": "concrète",
    "incomplet": "incomplète", "aigu": "aiguë", "malin": "maligne", "andalou": "andalouse", "hébreu": "hébraïque",
    "meilleur": "meilleure", "supérieur": "supérieure", "inférieur": "inférieure", "antérieur": "antérieure",
    "extérieur": "extérieure", "intérieur": "intérieure", "majeur": "majeure", "mineur": "mineure",
    "ultérieur": "ultérieure", "postérieur": "postérieure", "dû": "due", "protecteur": "protectrice",
    "esquimau": "esquimaude", "orange": "orange", "mexicain": "mexicaine", "tout": "toute", "jumeau": "jumelle",
}  # fmt: skip
BEFORE_VOWEL = {"beau": "bel", "nouveau": "nouvel", "vieux": "vieil", "fou": "fol", "mou": "mol"}
_INVARIABLE = {"marron", "orange", "bon marché", "standard"}


def _plural_word(word: str) -> str:
    if word in _AUX_PLURALS:
        return _AUX_PLURALS[word]
    if word[-1] in "sxz":
        return word
    if word in _X_PLURALS or (word.endswith(("au", "eu")) and word not in _S_PLURALS):
        return word + "x"
    if word.endswith("al") and word not in _S_PLURALS:
        return word[:-2] + "aux"
    return word + "s"


@cache
def plural(noun: str) -> str:
    """Plural of a noun; in a compound, of the words before its first preposition: `cartes d'identité`."""
    words = noun.split()
    for place, word in enumerate(words):
        if word in _PREPOSITIONS or word.startswith("d'"):
            break
        words[place] = _plural_word(word)
    return " ".join(words)


@cache
def feminine(adjective: str) -> str:
    """Feminine singular of an adjective or participle given in the masculine singular."""
    if adjective in _FEMININES:
        return _FEMININES[adjective]
    if adjective.endswith("e"):
        return adjective
    for ending, replacement in (
        ("er", "ère"), ("f", "ve"), ("x", "se"), ("el", "elle"), ("eil", "eille"), ("en", "enne"), ("on", "onne"),
        ("et", "ette"), ("teur", "trice"), ("eur", "euse"), ("ic", "ique"),
    ):  # fmt: skip
        if adjective.endswith(ending):
            return adjective[: -len(ending)] + replacement
    return adjective + "e"


@cache
def agree(adjective: str, gender: str, is_plural: bool) -> str:
    """The adjective or participle in gender (`m`, `f`) and number; every word of `nord-coréen` keeps its prefix."""
    if adjective in _INVARIABLE or " " in adjective or adjective.startswith("d'"):
        return adjective
    form = feminine(adjective) if gender == "f" else adjective
    if not is_plural:
        return form
    if adjective == "tout" and gender == "m":
        return "tous"
    return _plural_word(form)


@cache
def _aspirated() -> tuple[frozenset[str], tuple[str, ...]]:
    words = [row[0] for row in rows("h_aspire")]
    return frozenset(w for w in words if not w.endswith("*")), tuple(w[:-1] for w in words if w.endswith("*"))


@cache
def opens_with_vowel(text: str) -> bool:
    """Whether `le`, `de`, `que` ... elide before this word: a vowel or a mute h, after `lexicon/h_aspire.tsv`."""
    word = text.lower()
    first = word.replace("-", " ").replace("'", " ").split(" ")[0]
    exact, prefixes = _aspirated()
    if first in exact or first.startswith(prefixes):
        return False
    if word[0] == "y":
        return len(word) == 1 or word[1] not in "aeiouéèêëïœ"
    return word[0] in "aàâäeéèêëiîïíoôöóuùûüúœæháā"
