"""What more is said about a deed: its purpose, company, cause or occasion, and what came before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .clauses import Clause, Subordinate
from .phrases import Name, Node, Pronoun, Words

if TYPE_CHECKING:
    from .deeds import Deeds


def enrich_clause(chooser: Deeds, clause: Clause, share: float) -> None:
    """Adds one adverbial to a `share` of the clauses. What is added is not enriched in its turn."""
    if chooser.nested or clause.tense == "subjunctive":
        return
    if not chooser.chance(share * (0.6 if clause.extras else 1.0)):
        return
    who = clause.asked if clause.gap == "subject" and clause.asked else clause.subject
    acts = _acts(clause, who)
    ways = _BY_WORD.get(chooser.asking) or (_ACTING if acts else _HAPPENING)
    if acts or ways is _HAPPENING:
        chooser.nested = True
        clause.extras.append(chooser.one(ways)(chooser, clause, who))
        chooser.nested = False


def _acts(clause: Clause, who: Node) -> bool:
    """Whether a person does something on purpose: only then it has a purpose, or company."""
    person = (
        isinstance(who, Pronoun) or getattr(who, "human", False) or (isinstance(who, Name) and who.kind == "person")
    )
    return person and clause.verb.willed and not (clause.passive or clause.negative or clause.verb.state)


def _words(english: str, french: str, node: Node) -> Words:
    return Words([*english.split(), *node.english()], [*french.split(), *node.french()])


def _purpose(chooser: Deeds, clause: Clause, who: Node) -> Node:
    inner = chooser.deed("willed", "present", time=0.1, subject=who)
    helped = isinstance(clause.object, Pronoun | Name) or getattr(clause.object, "human", False)
    # "help her to read" is another sentence than "help her in order to read"
    return Subordinate(("in", "order") if helped else (), ("pour",), inner, "to", "inf")


def _company(chooser: Deeds, clause: Clause, who: Node) -> Node:
    if clause.gap == "third" or (clause.gap == "object" and (clause.verb.en_tail or clause.verb.fr_preposition)):
        return _occasion(chooser, clause, who)
    family = chooser.chance(0.7)
    other = chooser.noun("people.family people.work", "the my my", 0.1, owner=who) if family else chooser.name()
    if clause.verb.favour and chooser.chance(0.7):
        return _words("for", "pour", other)
    return _words("with", "avec", other)


def _sequence(chooser: Deeds, clause: Clause, who: Node) -> Node:
    file = "verbs" if chooser.chance(0.7) else "verbs_alone"
    inner = chooser.deed("willed", "present", time=0.0, subject=who, file=file)
    english, french, form = chooser.one(_SEQUENCES)
    return chooser.subordinate(english, french, inner, "ing", form)


def _circumstance(chooser: Deeds, clause: Clause, who: Node) -> Node:
    past = clause.tense in ("past", "perfect", "pluperfect")
    if chooser.asking and clause.gap and not past:
        return _occasion(chooser, clause, who)
    if past and chooser.chance(0.55):
        english, french, tense = chooser.one(_MEANWHILE if chooser.asking else _MEANWHILE + _BECAUSE)
    elif clause.tense in ("future", "going") and chooser.chance(0.5):
        english, french, tense = "if", "si", "present"
    else:
        return _cause(chooser, clause, who)
    inner = chooser.deed("event", tense, time=0.0, file="verbs_alone" if chooser.chance(0.6) else "verbs")
    return chooser.subordinate(english, french, inner)


def _cause(chooser: Deeds, clause: Clause, who: Node) -> Node:
    noun = chooser.noun("nature.disaster events.bad ideas.issue", "the the this", 0.08, "one")
    return _words(*chooser.one(_CAUSES), noun)


def _occasion(chooser: Deeds, clause: Clause, who: Node) -> Node:
    if any(isinstance(extra, Words) for extra in clause.extras):
        return _cause(chooser, clause, who)
    return _words(*chooser.one(_OCCASIONS), chooser.noun("events", "the the this", 0.25, "one"))


_SEQUENCES = (("before", "avant de", "inf"), ("after", "après", "past"), ("without", "sans", "inf"),
              ("instead of", "au lieu de", "inf"))  # fmt: skip
_MEANWHILE = (("when", "quand", "past"), ("while", "pendant que", "was_ing"), ("after", "après que", "past"))
_BECAUSE = (("because", "parce que", "past"), ("because", "parce que", "was_ing"))
_CAUSES = (("because of", "à cause de"), ("in spite of", "malgré"), ("despite", "malgré"))
_OCCASIONS = (("during", "pendant"), ("during", "au cours de"), ("after", "après"), ("before", "avant"))
_ACTING = (_purpose, _purpose, _company, _company, _sequence, _circumstance, _circumstance, _occasion, _cause)
_HAPPENING = (_circumstance, _occasion, _occasion, _cause)
_BY_WORD = {"when": (_company, _purpose), "where": (_company, _company, _occasion)}
