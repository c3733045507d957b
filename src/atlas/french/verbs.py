"""Conjugation: the simple tenses and the past participle of any French verb of the lexicon.

First group verbs follow their spelling rules (-ger, -cer, -yer, e/é before a mute syllable), other -ir verbs are
second group, and everything else follows the longest matching ending in `lexicon/french_verbs.tsv`.
"""

import re
from functools import cache

from ..tables import rows

PERSONS = ("je", "tu", "il", "nous", "vous", "ils")
ETRE = frozenset(
    [
        "aller",
        "venir",
        "arriver",
        "partir",
        "entrer",
        "sortir",
        "naître",
        "mourir",
        "rester",
        "tomber",
        "devenir",
        "revenir",
        "intervenir",
        "parvenir",
        "retourner",
        "rentrer",
        "monter",
        "descendre",
        "repartir",
        "décéder",
    ]
)
_IMPERFECT = ("ais", "ais", "ait", "ions", "iez", "aient")
_FUTURE = ("ai", "as", "a", "ons", "ez", "ont")
_SUBJUNCTIVE = ("e", "es", "e", "ions", "iez", "ent")
_SUBJUNCTIVES = {
    "être": "sois sois soit soyons soyez soient",
    "avoir": "aie aies ait ayons ayez aient",
    "aller": "aille ailles aille allions alliez aillent",
    "faire": "fasse fasses fasse fassions fassiez fassent",
    "pouvoir": "puisse puisses puisse puissions puissiez puissent",
    "savoir": "sache saches sache sachions sachiez sachent",
    "vouloir": "veuille veuilles veuille voulions vouliez veuillent",
    "falloir": "faille failles faille faillions failliez faillent",
    "valoir": "vaille vailles vaille valions valiez vaillent",
}
_DOUBLING = re.compile(r"(appel|jet|nouvel|épel|feuillet|étiquet)$")
_CLOSED = re.compile(r"é((?:[bcdfgptv][rl])|ch|gn|gu|qu|[bcdfgjlmnprstvz])$")
_OPEN = re.compile(r"e([bcdfgjlmnprstvz])$")


@cache
def _model(infinitive: str) -> tuple[str, tuple[str, ...]] | None:
    matches = [row for row in rows("french_verbs") if infinitive.endswith(row[0])]
    whole = {"être", "avoir", "aller", "faire", "dire", "lire", "rire", "voir", "devoir", "savoir", "valoir", "écrire"}
    matches = [row for row in matches if row[0] not in whole or infinitive == row[0] or _prefixed(infinitive, row[0])]
    if not matches:
        return None
    row = max(matches, key=lambda row: len(row[0]))
    return infinitive[: -len(row[0])], row


def _prefixed(infinitive: str, ending: str) -> bool:
    return infinitive[: -len(ending)] in {
        "re",
        "ré",
        "r",
        "é",
        "sur",
        "satis",
        "dé",
        "pré",
        "sou",
        "entre",
        "contre",
        "red",
    }


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
    imperfect = tuple(_soften(_imperfect_stem(infinitive), ending) for ending in _IMPERFECT)
    if tense == "imperfect":
        return imperfect
    if infinitive in _SUBJUNCTIVES:
        return tuple(_SUBJUNCTIVES[infinitive].split())
    if infinitive.endswith(("satisfaire", "refaire")):
        return tuple(infinitive[:-5] + form for form in _SUBJUNCTIVES["faire"].split())
    stem = present[5][:-3]
    forms = [stem + ending for ending in _SUBJUNCTIVE]
    forms[3:5] = imperfect[3:5]
    return tuple(forms)


def _imperfect_stem(infinitive: str) -> str:
    return "ét" if infinitive == "être" else _base(infinitive)[0][3][:-3]


def _soften(stem: str, ending: str) -> str:
    """Drops what only a following a or o asks for: mangeions -> mangions, commençions -> commencions."""
    if ending.startswith("i"):
        if stem.endswith("ge"):
            stem = stem[:-1]
        elif stem.endswith("ç"):
            stem = stem[:-1] + "c"
    return stem + ending


def invert(form: str, pronoun: str) -> str:
    """Verb and subject pronoun of an inverted question: `travaille-t-il`, `vont-elles`, `puis-je`."""
    if pronoun == "je" and form == "peux":
        form = "puis"
    link = "-t-" if pronoun in ("il", "elle", "on") and form[-1] in "eac" else "-"
    return form + link + pronoun
