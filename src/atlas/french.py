"""French inflection, and the spelling of a line: contraction, elision and the forms that depend on the next word.

Verbs of the first group follow their spelling rules (-ger, -cer, -yer, e/é before a mute syllable), other -ir verbs are
second group, and everything else follows the longest matching ending in `lexicon/french_verbs.tsv`.

Tokens that begin with `^` are determiners or adjectives whose spelling the next word decides: `^le ^la ^les`
(articles, so that a clitic `le` never contracts), `^du ^dela ^des` (partitive and indefinite), `^ce ^ma ^ta ^sa`,
`^beau ^nouveau ^vieux` ...
"""

import re
from functools import cache

from .tables import lists, rows

_LISTS = lists("inflection")
_ASPIRATED = frozenset(row[0] for row in rows("h_aspire") if not row[0].endswith("*"))
_ASPIRATED_STEMS = tuple(row[0][:-1] for row in rows("h_aspire") if row[0].endswith("*"))
_PREPOSITIONS = ("de", "à", "en", "pour", "sur", "sans", "aux", "du", "des", "au", "par", "contre")
_X_PLURALS, _S_PLURALS = _LISTS["plural in x"], _LISTS["plural in s"]
_AUX_PLURALS = {"travail": "travaux", "vitrail": "vitraux", "bail": "baux", "corail": "coraux"}
_FEMININES = dict(rows("french_feminines"))
BEFORE_VOWEL = {"beau": "bel", "nouveau": "nouvel", "vieux": "vieil", "fou": "fol", "mou": "mol"}
_INVARIABLE = _LISTS["without agreement"]
ETRE = frozenset(_LISTS["conjugated with être"])
_IMPERFECT = ("ais", "ais", "ait", "ions", "iez", "aient")
_FUTURE = ("ai", "as", "a", "ons", "ez", "ont")
_SUBJUNCTIVE = ("e", "es", "e", "ions", "iez", "ent")
_SUBJUNCTIVES = dict(rows("french_subjunctives"))
_WHOLE = _LISTS["models of compounds only"]
_PREFIXES = ("", *_LISTS["prefixes of compounds"])
_DOUBLING = re.compile(r"(appel|jet|nouvel|épel|feuillet|étiquet)$")
_CLOSED = re.compile(r"é((?:[bcdfgptv][rl])|ch|gn|gu|qu|[bcdfgjlmnprstvz])$")
_OPEN = re.compile(r"e([bcdfgjlmnprstvz])$")
_CONTRACTED = {("de", "^le"): "du", ("à", "^le"): "au", ("de", "^les"): "des", ("à", "^les"): "aux",
               ("de", "^Le"): "du", ("à", "^Le"): "au", ("de", "^Les"): "des", ("à", "^Les"): "aux"}  # fmt: skip
_ELIDED = frozenset(_LISTS["elided before a vowel"])
_PARTITIVE = {"^du": ("du", "de l'"), "^dela": ("de la", "de l'"), "^des": ("des", "des")}
_BEFORE_VOWEL = {"^ce": ("ce", "cet"), "^ma": ("ma", "mon"), "^ta": ("ta", "ton"), "^sa": ("sa", "son")} | {
    "^" + plain: (plain, vowel) for plain, vowel in BEFORE_VOWEL.items()
}


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
    return _plural_word(form) if is_plural else form


@cache
def opens_with_vowel(text: str) -> bool:
    """Whether `le`, `de`, `que` ... elide before this word: a vowel or a mute h, after `lexicon/h_aspire.tsv`."""
    word = text.lower()
    first = word.replace("-", " ").replace("'", " ").split(" ")[0]
    if first in _ASPIRATED or first.startswith(_ASPIRATED_STEMS):
        return False
    if word[0] == "y":
        return len(word) == 1 or word[1] not in "aeiouéèêëïœ"
    return word[0] in "aàâäeéèêëiîïíoôöóuùûüúœæháā"


@cache
def _model(infinitive: str) -> tuple[str, tuple[str, ...]] | None:
    matches = [
        row
        for row in rows("french_verbs")
        if infinitive.endswith(row[0]) and (row[0] not in _WHOLE or infinitive[: -len(row[0])] in _PREFIXES)
    ]
    if not matches:
        return None
    row = max(matches, key=lambda row: len(row[0]))
    return infinitive[: -len(row[0])], row


def _mute(stem: str) -> str:
    """The stem as it is spelled before a mute e: achet -> achèt, appel -> appell, nettoy -> nettoi."""
    if stem.endswith(("oy", "uy", "ay")):
        return stem[:-1] + "i"
    if _DOUBLING.search(stem):
        return stem + stem[-1]
    return _OPEN.sub(r"è\1", _CLOSED.sub(r"è\1", stem))


def _first_group(infinitive: str) -> tuple[tuple[str, ...], str, str]:
    stem = infinitive[:-2]
    mute = _mute(stem)
    full = {"g": stem + "e", "c": stem[:-1] + "ç"}.get(stem[-1], stem) if stem else stem
    present = (mute + "e", mute + "es", mute + "e", full + "ons", stem + "ez", mute + "ent")
    future = stem if _CLOSED.search(stem) else mute
    return present, stem + "é", future + "er"


@cache
def _base(infinitive: str) -> tuple[tuple[str, ...], str, str]:
    """Present (six persons), past participle, future stem."""
    model = _model(infinitive)
    if model:
        prefix, (_, present, participle, future) = model
        return tuple(prefix + form for form in present.split()), prefix + participle, prefix + future
    if infinitive.endswith("er"):
        return _first_group(infinitive)
    stem = infinitive[:-2]
    present = tuple(stem + ending for ending in ("is", "is", "it", "issons", "issez", "issent"))
    return present, stem + "i", infinitive


def participle(infinitive: str) -> str:
    """Past participle, masculine singular."""
    return _base(infinitive)[1]


@cache
def conjugate(infinitive: str, tense: str) -> tuple[str, ...]:
    """The six forms, je to ils, in `present`, `imperfect`, `future`, `conditional` or `subjunctive`."""
    present, _, future = _base(infinitive)
    if tense == "present":
        return present
    if tense == "future":
        return tuple(future + ending for ending in _FUTURE)
    if tense == "conditional":
        return tuple(future + ending for ending in _IMPERFECT)
    stem = "ét" if infinitive == "être" else present[3][:-3]
    # what only a following a or o asks for is dropped: mangeions -> mangions, commençions -> commencions
    soft = stem[:-1] + "c" if stem.endswith("ç") else re.sub("ge$", "g", stem)
    imperfect = tuple((soft if ending[0] == "i" else stem) + ending for ending in _IMPERFECT)
    if tense == "imperfect":
        return imperfect
    prefix, model = _model(infinitive) or ("", ("",))
    if model[0] in _SUBJUNCTIVES:
        return tuple(prefix + form for form in _SUBJUNCTIVES[model[0]].split())
    stem = present[5][:-3]
    forms = [stem + ending for ending in _SUBJUNCTIVE]
    forms[3:5] = imperfect[3:5]
    return tuple(forms)


def invert(form: str, pronoun: str) -> str:
    """Verb and subject pronoun of an inverted question: `travaille-t-il`, `vont-elles`, `puis-je`."""
    if pronoun == "je" and form == "peux":
        form = "puis"
    link = "-t-" if pronoun in ("il", "elle", "on") and form[-1] in "eac" else "-"
    return form + link + pronoun


def contract(tokens: list[str]) -> list[str]:
    """`de` + article -> `du`, `des`; `à` + article -> `au`, `aux`; `de` swallows a partitive or plural indefinite."""
    out: list[str] = []
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        before = out[-1] if out and token[0] == "^" else ""
        if before.lower() == "de" and token in _PARTITIVE:
            continue
        merged = _CONTRACTED.get((before.lower(), token))
        if merged and not (token == "^le" and following and opens_with_vowel(following)):
            out[-1] = merged if before.islower() else merged.capitalize()
        else:
            out.append(token)
    return out


def join(tokens: list[str]) -> str:
    """One line of French with straight apostrophes and no end mark; the first letter is left as it is."""
    tokens = contract(tokens)
    text = ""
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        elided = token.lower() in _ELIDED
        vowel = (elided or token[0] == "^") and following != "" and opens_with_vowel(following)
        if token == ",":
            text = text.rstrip() + ", "
        elif elided:
            token = token.lstrip("^")
            text += token[:-1] + "'" if vowel else token + " "
        elif token in _PARTITIVE:
            form = _PARTITIVE[token][vowel]
            text += form if form.endswith("'") else form + " "
        elif token in _BEFORE_VOWEL:
            text += _BEFORE_VOWEL[token][vowel] + " "
        elif token == "si" and following in ("il", "ils"):
            text += "s'"
        else:
            text += token.lstrip("^") + ("" if token[-1] == "-" else " ")
    return text.rstrip()
