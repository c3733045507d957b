"""Clauses with another clause inside them, and clauses that a question frame puts inside its own."""

from __future__ import annotations

from dataclasses import replace

from .arguments import ArgumentSampler
from .clause_sampler import ClauseSampler
from .clauses import Clause, Subordinate
from .modifiers import relativise
from .phrases import PRONOUNS, Node, NounPhrase, Pronoun
from .sampler import Sampler
from .words import verb

_WANT = verb("want", "vouloir", "s")


class ComplexClauseSampler:
    """Draws verbs with their clauses, and the clauses of conditions, reasons and tasks."""

    def __init__(self, sampler: Sampler, arguments: ArgumentSampler, clauses: ClauseSampler) -> None:
        self.sampler, self.arguments, self.clauses = sampler, arguments, clauses

    def saying(self, tense: str = "past", gap: str = "", rules: str = "") -> Clause:
        """A verb of saying or thinking with its that-clause, in tenses that follow one another."""
        clause = self.clauses.draw(rules, tense, gap, file="verbs_that", time=0.0)
        if clause.tense == "present" and not clause.verb.state and clause.verb.en not in ("say", "claim", "repeat"):
            clause.tense = "past"
        clause.extras = [Subordinate("that", "que", self.content(clause.tense))]
        return clause

    def content(self, tense: str) -> Clause:
        """What is said: a clause whose tense follows that of the verb of saying."""
        following = "conditional conditional pluperfect" if tense == "past" else "future future past"
        if self.sampler.chance(0.35):
            return self.clauses.passive(following, time=0.1)
        file = "verbs" if self.sampler.chance(0.7) else "verbs_alone"
        return self.clauses.draw("event", following, time=0.15, file=file, negative=0.12)

    def wish(
        self, tense: str = "", gap: str = "", rules: str = "", inner_rules: str = "willed", time: float = 0.15
    ) -> Clause:
        """A verb with an infinitive: `want to buy a car`."""
        clause = self.clauses.draw(rules, tense, gap, file="verbs_to", time=0.0)
        inner = self.clauses.draw(inner_rules, "present", time=time, subject=clause.subject)
        clause.extras = [Subordinate("", clause.verb.fr_preposition, inner, "to", "inf")]
        clause.verb = replace(clause.verb, fr_preposition="")
        return clause

    def wanting(self) -> Clause:
        """Somebody wants somebody else to do something; French says it with a subjunctive."""
        who = self.arguments.subject("who people.lead people.gov people.school people.parent")
        inner = self.clauses.draw("person", "subjunctive", time=0.1, subject=self._somebody_else(who))
        tense = self.sampler.one(("present", "past"))
        return Clause(who, _WANT, tense, extras=[Subordinate("", "que", inner, "him to")], style=self.clauses.style())

    def _somebody_else(self, who: Node) -> Node:
        while True:
            other = self.arguments.subject("who people.learner people.work people.citizen")
            if not (isinstance(other, Pronoun) and isinstance(who, Pronoun)):
                return other
            if other.person != who.person and not {other.owner, who.owner} <= {"my", "our"}:
                return other

    def wishing(self, who: Node) -> Clause:
        """The relative clause of somebody who wants to do something: `who wants to learn Greek`."""
        inner = self.clauses.draw("person", "present", time=0.0, subject=who)
        return Clause(who, _WANT, "present", extras=[Subordinate("", "", inner, "to", "inf")], gap="subject")

    def relative(self, who: NounPhrase) -> Clause:
        """What the person in the main clause does or did, without its subject."""
        file = "verbs" if self.sampler.chance(0.75) else "verbs_alone"
        return self.clauses.draw("person", "past past past present", "subject", time=0.25, file=file, subject=who)

    def described(self) -> NounPhrase:
        """A thing with the relative clause that tells which: `the letter that she wrote`."""
        rules, tenses = "what person direct_or_de", "past past past perfect"
        while True:
            clause = self.clauses.draw(rules, tenses, "object", time=0.1, adjunct=0.1)
            thing = clause.object
            if isinstance(thing, NounPhrase) and not (thing.mass or thing.determiner == "all" or clause.indirect):
                break
        thing.determiner, thing.adjectives = "the", []
        relativise(thing, clause)
        return thing

    def task(self, subject: str, time: float = 0.0, rules: str = "willed") -> Clause:
        """Something to do, for infinitives whose subject goes without saying."""
        return self.clauses.draw(rules, "present", time=time, subject=PRONOUNS[subject], adjunct=0.2)

    def errand(self, subject: str) -> Clause:
        """A matter of papers and offices, as government pages treat them."""
        return self.clauses.draw("errand", "present", time=0.0, subject=PRONOUNS[subject], adjunct=0.1)

    def condition(self, tense: str = "present", person: str = "") -> Clause:
        """A clause for `if`, about this pronoun if it is given."""
        subject = PRONOUNS[person] if person else None
        if subject or self.sampler.chance(0.55):
            return self.clauses.draw("person", tense, time=0.0, subject=subject, negative=0.25, adjunct=0.1)
        return self.clauses.draw("event", tense, time=0.0, file="verbs_alone", negative=0.2, adjunct=0.2)

    def reason(self, tense: str = "past") -> Clause:
        """A short clause for `because`, `when`, `if`, `while`."""
        file = "verbs_alone" if self.sampler.chance(0.6) else "verbs"
        return self.clauses.draw("event", tense, time=0.0, file=file, negative=0.1)
