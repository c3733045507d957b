"""The lexicon as pools of words: `pool("goods.vehicle food.eat")` holds the nouns with those tags, commonest first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from .clauses import Verb
from .phrases import Adjective
from .tables import either, rows

FILES = {
    "people": "people", "inst": "institutions", "food": "food", "goods": "goods", "docs": "documents",
    "places": "places", "nature": "nature", "animals": "animals", "events": "events", "ideas": "abstract",
    "health": "health", "subjects": "subjects", "materials": "materials",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FrenchNoun:
    """A noun, its gender, its plural where the rule fails, and whether it has only a plural."""

    noun: str
    gender: str
    plural_form: str = ""
    only_plural: bool = False


@dataclass(frozen=True, slots=True)
class Noun:
    """One meaning: its words in both languages, the file it comes from, and its tags."""

    english: tuple[str, ...]
    french: tuple[FrenchNoun, ...]
    french_feminine: tuple[FrenchNoun, ...]
    kind: str
    tags: frozenset[str]
    place: tuple[str, str] = ("", "")

    @property
    def mass(self) -> bool:
        return "u" in self.tags or self.kind in ("materials", "subjects")


def _french(cell: str, gender: str = "") -> tuple[FrenchNoun, ...]:
    """`voiture:f;véhicule:m` or `œil:m:yeux`; a gender that ends in p has only a plural."""
    found = []
    for word in either(cell):
        noun, *rest = word.split(":")
        kind = gender or rest[0]
        found.append(FrenchNoun(noun, kind[0], rest[1] if len(rest) > 1 else "", kind.endswith("p")))
    return tuple(found)


@cache
def nouns(kind: str) -> tuple[Noun, ...]:
    """Every noun of a kind (a key of FILES), commonest first."""
    found = []
    for row in rows(FILES[kind]):
        tags = frozenset((row[-1] if len(row) > 2 else "").split()) | {kind}
        if kind == "people":
            entry = Noun(either(row[0]), _french(row[1], "m"), _french(row[2], "f"), kind, tags)
        elif kind == "places":
            entry = Noun(either(row[0]), _french(row[1]), (), kind, tags, (row[2], row[3]))
        else:
            entry = Noun(either(row[0]), _french(row[1]), (), kind, tags)
        found.append(entry)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Pool:
    """Entries with the running sums of their Zipf weights 1 / (rank + offset)."""

    entries: tuple
    sums: tuple[float, ...]


def weighted(entries, offset: float = 3.0) -> Pool:
    """A pool with a long tail: the first entries come often, most of them hardly ever."""
    entries = tuple(entries)
    return Pool(entries, tuple(accumulate(1.0 / (rank + offset) for rank in range(len(entries)))))


@cache
def pool(spec: str) -> Pool:
    """The nouns of `kind` or `kind.tag`, several of them parted by spaces; they take turns in rank.

    Raises:
        ValueError: a part of `spec` names no entry.
    """
    lists = []
    for part in spec.split():
        kind, _, tag = part.partition(".")
        chosen = [noun for noun in nouns(kind) if not tag or tag in noun.tags]
        if not chosen:
            raise ValueError(f"no word of the lexicon is {part!r}")
        lists.append(chosen)
    ranked = sorted((rank, turn) for turn, entries in enumerate(lists) for rank in range(len(entries)))
    return weighted(dict.fromkeys(lists[turn][rank] for rank, turn in ranked))


@cache
def adjectives(kinds: frozenset[str]) -> Pool:
    """Adjectives that can qualify a noun with these tags; one entry for each pair of synonyms."""
    found = []
    for english, french, place, classes in rows("adjectives"):
        if kinds & set(classes.split()):
            found.append((either(english), tuple(Adjective("", word, place == "before") for word in either(french))))
    return weighted(found, 6.0)


@cache
def deeds_to(part: str) -> Pool:
    """What people do on purpose to the things of one part of the lexicon, with a direct object or one after de."""
    fit = (_KEEP["willed"], _KEEP["of"])
    chosen = [deed for deed in deeds("verbs") if part in deed.object.split() and all(rule(deed) for rule in fit)]
    return weighted((deed for deed in chosen if deed.third is None), 15.0)


@cache
def verb(english: str, french: str, flags: str = "") -> Verb:
    """A verb of the lexicon from its two cells, e.g. `look|for`, `se servir|de`."""
    head, *tail = english.replace("|", " ").split()
    text, _, preposition = french.partition("|")
    reflexive = text.startswith(("se ", "s'"))
    text = text.removeprefix("se ").removeprefix("s'")
    first, *rest = text.split()
    return Verb(
        head, tuple(tail), first, tuple(rest), preposition, reflexive, "s" in flags, "b" in flags, "n" not in flags
    )


@dataclass(frozen=True, slots=True)
class Deed:
    """A row of the verb files: every wording in each language, who does it to what, and its flags."""

    english: tuple[str, ...]
    french: tuple[str, ...]
    subject: str
    object: str
    third: tuple[str, str, str] | None
    flags: frozenset[str]


@cache
def deeds(name: str) -> tuple[Deed, ...]:
    """The rows of `verbs`, `verbs_alone`, `verbs_that` or `verbs_to`."""
    found = []
    for row in rows(name):
        english, french, subject = either(row[0]), either(row[1]), row[2]
        target = row[3] if name == "verbs" and row[3] != "-" else ""
        third = None
        if name == "verbs" and row[4] != "-":
            prepositions, _, spec = row[4].partition(":")
            third = (*prepositions.split("/"), spec)
        found.append(Deed(english, french, subject, target, third, frozenset(row[-1].replace("-", "").split())))
    return tuple(found)


@cache
def deed_pool(name: str, keep: str = "") -> Pool:
    """Deeds that every rule in `keep` (keys of `_KEEP`) keeps."""
    chosen = [deed for deed in deeds(name) if all(_KEEP[rule](deed) for rule in keep.split())]
    return weighted(chosen, 15.0)


_KEEP = {
    "passive": lambda deed: "p" in deed.flags,
    "where": lambda deed: "w" in deed.flags,
    "stay": lambda deed: "W" in deed.flags or "w" in deed.flags,
    "third": lambda deed: deed.third is not None,
    "event": lambda deed: "s" not in deed.flags,
    "willed": lambda deed: "who" in deed.subject.split() and not deed.flags & {"s", "n"},
    "habit": lambda deed: "h" in deed.flags,
    "person": lambda deed: "who" in deed.subject.split() and "s" not in deed.flags,
    "who": lambda deed: "people" in deed.object,
    "what": lambda deed: "people" not in deed.object and "city" not in deed.object,
    "errand": lambda deed: (
        {"who", "people.citizen"} <= set(deed.subject.split())
        and "n" not in deed.flags
        and ("docs" in deed.object or "events.school" in deed.object)
    ),
    "direct": lambda deed: not any("|" in french for french in deed.french),
    "of": lambda deed: all("|" not in french or french.endswith("|de") for french in deed.french),
    "inst": lambda deed: "inst" in deed.subject,
}
