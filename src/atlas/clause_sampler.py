"""Clauses around the verbs of the lexicon: who does what to whom, and in which tense."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .adverbials import AdverbialSampler
from .arguments import ArgumentSampler
from .clauses import Clause, IndirectObject, Verb
from .phrases import PRONOUNS, Node, NounPhrase, Series
from .sampler import Context, Sampler
from .words import VerbEntry, verb, verb_pool

_TENSES = {  # how often each tense, by the sort of verb
    "event": {"past": 8, "future": 3, "progressive": 1, "present": 1, "can": 1, "should": 1, "going": 1, "perfect": 1,
              "have_to": 1, "must": 1},
    "accident": {"past": 4, "future": 1, "perfect": 1},
    "state": {"present": 3, "past": 1},
    "habit": {"present": 3, "past": 2, "future": 1, "can": 1},
    "passive": {"past": 5, "future": 2, "present": 1, "perfect": 1, "should": 1},
}  # fmt: skip
_DRAWN = {sort: [tense for tense, count in counts.items() for _ in range(count)] for sort, counts in _TENSES.items()}


@dataclass(frozen=True, slots=True)
class ClauseSampler:
    """Draws clauses whose subject, objects and adverbials suit the verb.

    `add_adjunct` says more about a share of the clauses (`AdjunctSampler.add`); default: nothing more is said.
    """

    sampler: Sampler
    context: Context
    adverbials: AdverbialSampler
    arguments: ArgumentSampler
    add_adjunct: Callable[[Clause, float], None] = lambda clause, share: None

    def draw(self, rules: str = "", tense: str = "", gap: str = "", *, time: float = 0.45, place: float = 0.0,
             negative: float = 0.0, adjunct: float = 0.8, subject: Node | None = None,
             file: str = "verbs") -> Clause:  # fmt: skip
        """A clause in the active voice.

        Args:
            rules: which verbs (see `words.verb_pool`).
            tense: choices parted by spaces; default: what suits the verb.
            gap: what the question asks for.
            time, place, negative, adjunct: how often it has an adverbial, a negation, an adjunct.
            subject: who does it; default: drawn.
            file: a verb file.
        """
        entry = self.sampler.draw(verb_pool(file, rules))
        if subject is None:
            subject = PRONOUNS["he"] if gap == "subject" else self.arguments.subject(entry.subject)
        clause = Clause(subject, self.wording(entry), self.tense(entry, tense), gap=gap, style=self.style())
        self.add_objects(clause, entry, subject)
        if negative and self.sampler.chance(negative):
            clause.negative = True
        if "W" in entry.flags:
            if self.context.question_word != "where":
                clause.extras.append(self.adverbials.place())
            time, place = 0.15, 0.0
        self.add_adverbials(clause, time, place)
        if file not in ("verbs_that", "verbs_to"):
            self.add_adjunct(clause, adjunct)
        return clause

    def passive(self, tense: str = "", *, time: float = 0.45) -> Clause:
        """A clause in the passive voice."""
        entry = self.sampler.draw(verb_pool("verbs", "passive"))
        french = next((text for text in entry.french if "|" not in text and not text.startswith("s'")), entry.french[0])
        subject = self.arguments.object(entry.object, None, False)
        if isinstance(subject, NounPhrase) and subject.determiner in ("a", "some"):
            subject.determiner = "all" if subject.mass or subject.plural else "the"
        elif isinstance(subject, Series):
            for part in subject.parts:
                part.determiner = "all"
        tense = self.tense(entry, tense, "passive")
        clause = Clause(subject, verb(entry.english[0], french), tense, passive=True, style=self.style())
        self.add_adverbials(clause, time)
        self.add_adjunct(clause, 0.8)
        return clause

    def wording(self, entry: VerbEntry) -> Verb:
        """One wording in each language, drawn independently; the first wordings are the commoner ones."""
        english = entry.english[0] if self.sampler.chance(0.6) else self.sampler.one(entry.english)
        french = entry.french[0] if self.sampler.chance(0.5) else self.sampler.one(entry.french)
        return verb(english, french, "".join(flag for flag in "sbn" if flag in entry.flags))

    def tense(self, entry: VerbEntry, choices: str, sort: str = "") -> str:
        """One of the choices, parted by spaces; default: a tense for this sort of verb."""
        if choices:
            return self.sampler.one(choices.split())
        flags = entry.flags
        if "n" in flags and "s" not in flags:
            sort = "accident"
        return self.sampler.one(_DRAWN[sort or ("state" if "s" in flags else "habit" if "h" in flags else "event")])

    def style(self) -> str:
        """How the French side asks; inversion is commonest, as in writing."""
        roll = self.sampler.roll()
        return "inversion" if roll < 0.5 else "est-ce que" if roll < 0.78 else "stylistic"

    def add_objects(self, clause: Clause, entry: VerbEntry, owner: Node | None) -> None:
        """Adds what the verb is done to, and to whom; some of it may belong to the owner."""
        if entry.object:
            clause.object = self.arguments.object(entry.object, owner, not clause.verb.fr_preposition)
        if entry.indirect:
            english, french, spec = entry.indirect
            clause.indirect = IndirectObject(english, french, self.arguments.object(spec, owner))

    def add_adverbials(self, clause: Clause, time: float, place: float = 0.0) -> None:
        """Adds adverbials of place and time to these shares of the clauses, or of manner to a few."""
        if place and self.sampler.chance(place):
            clause.extras.append(self.adverbials.place())
        if time and self.sampler.chance(time):
            if when := self.adverbials.time(clause.tense):
                clause.extras.append(when)
        elif (
            clause.object is not None
            and clause.gap != "indirect"
            and not (clause.verb.state or clause.negative or clause.passive)
            and self.sampler.chance(0.05)
        ):
            clause.extras.append(self.adverbials.manner())
