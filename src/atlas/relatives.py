"""Relative clauses that tell which person or which thing: `the pupil who won`, `the letter that she wrote`."""

from __future__ import annotations

from dataclasses import replace

from .clause_sampler import ClauseSampler
from .clauses import Clause, Subordinate
from .phrases import NounPhrase
from .sampler import Sampler
from .words import verb_pool


class RelativeSampler:
    """Adds relative clauses to noun phrases. It draws them from `clauses`, whose own phrases have none."""

    def __init__(self, sampler: Sampler, clauses: ClauseSampler) -> None:
        self.sampler, self.clauses = sampler, clauses

    def describe_person(self, person: NounPhrase) -> None:
        """What somebody does or did."""
        file = "verbs" if self.sampler.chance(0.6) else "verbs_alone"
        clause = self.clauses.draw("person", "past past present", "subject", time=0.2, subject=person, file=file)
        clause.subject = replace(person)
        person.after = [Subordinate("who", "qui", clause, "gap", "gap")]

    def describe_thing(self, thing: NounPhrase, part: str) -> None:
        """What somebody did with a thing; nothing, if no verb fits its `part` of the lexicon."""
        options = verb_pool("verbs", "willed direct_or_de no_indirect", part)
        if not options.entries:
            return
        entry = self.sampler.draw(options)
        subject = self.clauses.arguments.subject(entry.subject)
        wording = self.clauses.wording(entry)
        clause = Clause(subject, wording, self.sampler.one(("past", "past", "perfect", "future")))
        if clause.tense != "perfect" and self.sampler.chance(0.3):
            clause.extras = [self.clauses.adverbials.time(clause.tense)]
        relativise(thing, clause)


def relativise(thing: NounPhrase, clause: Clause) -> None:
    """Makes the clause, of which the thing is the object, a relative clause of the thing."""
    of = bool(clause.verb.fr_preposition)
    clause.gap, clause.object = "object", None
    clause.asked = None if of else replace(thing, after=[])  # what a French participle agrees with
    thing.after = [Subordinate("that", "dont" if of else "que", clause)]
