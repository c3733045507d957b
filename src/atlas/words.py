"""The lexicon as pools of words: `pool("goods.vehicle food.eat")` holds the nouns with those tags, commonest first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from .clauses import Verb
from .sampler import Pool, zipf
from .tables import rows, synonyms

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
    forms = []
    for word in synonyms(cell):
        noun, *rest = word.split(":")
        kind = gender or rest[0]
        forms.append(FrenchNoun(noun, kind[0], rest[1] if len(rest) > 1 else "", kind.endswith("p")))
    return tuple(forms)


@cache
def nouns(kind: str) -> tuple[Noun, ...]:
    """Every noun of a kind (a key of FILES), commonest first."""
    entries = []
    for row in rows(FILES[kind]):
        tags = frozenset((row[-1] if len(row) > 2 else "").split()) | {kind}
        if kind == "people":
            french, feminine = _french(row[1], "m"), _french(row[2], "f")
        else:
            french, feminine = _french(row[1]), ()
        place = (row[2], row[3]) if kind == "places" else ("", "")
        entries.append(Noun(synonyms(row[0]), french, feminine, kind, tags, place))
    return tuple(entries)


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
    return zipf(dict.fromkeys(lists[turn][rank] for rank, turn in ranked))


@cache
def adjectives(kinds: frozenset[str]) -> Pool:
    """Adjectives for a noun with these tags: English synonyms, and French ones with whether they precede the noun."""
    return zipf(
        (
            (synonyms(english), tuple((word, place == "before") for word in synonyms(french)))
            for english, french, place, classes in rows("adjectives")
            if kinds & set(classes.split())
        ),
        6.0,
    )


@cache
def verb(english: str, french: str, flags: str = "") -> Verb:
    """A verb of the lexicon from its two cells, e.g. `look|for`, `se servir|de`."""
    head, *tail = english.replace("|", " ").split()
    text, _, preposition = french.partition("|")
    reflexive = text.startswith(("se ", "s'"))
    first, *rest = text.removeprefix("se ").removeprefix("s'").split()
    return Verb(
        head, tuple(tail), first, tuple(rest), preposition, reflexive, "s" in flags, "b" in flags, "n" not in flags
    )


@dataclass(frozen=True, slots=True)
class VerbEntry:
    """A row of the verb files: every wording in each language, the classes of its arguments, and its flags."""

    english: tuple[str, ...]
    french: tuple[str, ...]
    subject: str
    object: str
    indirect: tuple[str, str, str] | None  # English and French preposition, class
    flags: frozenset[str]


@cache
def verb_entries(file: str) -> tuple[VerbEntry, ...]:
    """The rows of `verbs`, `verbs_alone`, `verbs_that` or `verbs_to`."""
    entries = []
    for row in rows(file):
        target, indirect = "", None
        if file == "verbs":
            target = row[3].strip("-")
            prepositions, _, spec = row[4].partition(":")
            indirect = (*prepositions.split("/"), spec) if spec else None
        flags = frozenset(row[-1].strip("-").split())
        entries.append(VerbEntry(synonyms(row[0]), synonyms(row[1]), row[2], target, indirect, flags))
    return tuple(entries)


@cache
def verb_pool(file: str, rules: str = "", part: str = "") -> Pool:
    """The verbs of a file that all of these rules (keys of `_RULES`) allow; if `part` is given, those it is done to."""
    return zipf(
        (
            entry
            for entry in verb_entries(file)
            if all(_RULES[rule](entry) for rule in rules.split()) and (not part or part in entry.object.split())
        ),
        15.0,
    )


_RULES = {
    "passive": lambda entry: "p" in entry.flags,
    "where": lambda entry: "w" in entry.flags,
    "stay": lambda entry: "W" in entry.flags or "w" in entry.flags,
    "indirect": lambda entry: entry.indirect is not None,
    "no_indirect": lambda entry: entry.indirect is None,
    "event": lambda entry: "s" not in entry.flags,
    "willed": lambda entry: "who" in entry.subject.split() and not entry.flags & {"s", "n"},
    "habit": lambda entry: "h" in entry.flags,
    "person": lambda entry: "who" in entry.subject.split() and "s" not in entry.flags,
    "who": lambda entry: "people" in entry.object,
    "what": lambda entry: "people" not in entry.object and "city" not in entry.object,
    "errand": lambda entry: (
        {"who", "people.citizen"} <= set(entry.subject.split())
        and "n" not in entry.flags
        and ("docs" in entry.object or "events.school" in entry.object)
    ),
    "direct": lambda entry: not any("|" in french for french in entry.french),
    "direct_or_de": lambda entry: all("|" not in french or french.endswith("|de") for french in entry.french),
    "inst": lambda entry: "inst" in entry.subject,
}
