"""Clauses with a gap: the part that the question word asks for."""

from __future__ import annotations

from .clause_sampler import ClauseSampler
from .clauses import Clause
from .nouns import NounSampler
from .phrases import POSSESSIVES, PRONOUNS, Node, NounPhrase, Words, anaphor
from .sampler import Sampler
from .words import verb, verb_pool

_BE = verb("be", "être")
_WHEN_BEING = (("present", "progressive"), ("present", "progressive"), ("future", "future"), ("imperfect", "past"))


class QuestionSampler:
    """Draws what stands after each question word."""

    def __init__(self, sampler: Sampler, nouns: NounSampler, clauses: ClauseSampler) -> None:
        self.sampler, self.nouns, self.clauses = sampler, nouns, clauses

    def who(
        self, tense: str = "", time: float = 0.45, which: bool = False, file: str = "verbs", rules: str = "person"
    ) -> Clause:
        """A clause that asks for its subject: who or, if `which`, which of several."""
        entry = self.sampler.draw(verb_pool(file, rules))
        clause = Clause(PRONOUNS["he"], self.clauses.wording(entry), self.clauses.tense(entry, tense), gap="subject")
        if which:
            parts = [part for part in entry.subject.split() if part not in ("who", "country")] or ["people"]
            clause.asked = self.nouns.noun(self.sampler.one(parts), "the", 0.2)
            if clause.asked.proper or clause.asked.plural_english is False:
                clause.asked = self.nouns.noun("people", "the", 0.2)
        self.clauses.add_objects(clause, entry, None)
        self.clauses.add_adverbials(clause, time)
        self.clauses.add_adjunct(clause, 0.8)
        return clause

    def what(self, tense: str = "", time: float = 0.45, rules: str = "what") -> Clause:
        """A clause that asks for its object: `did she buy`."""
        clause = self.clauses.draw(rules, tense, "object", time=time)
        clause.object = clause.indirect = None
        return clause

    def whom(self, tense: str = "", time: float = 0.45, rules: str = "who") -> Clause:
        """A clause that asks for the person it is done to."""
        clause = self.clauses.draw(rules, tense, "object", time=time)
        clause.object = None
        return clause

    def to_whom(self) -> Clause:
        """A clause that asks for the person something is given to."""
        return self.clauses.draw("indirect", "", "indirect", time=0.2)

    def which(self, time: float = 0.45, rules: str = "what") -> Clause:
        """A clause that asks for one of several objects, which it holds as `asked`."""
        clause = self.clauses.draw(rules, "", "object", time=time)
        while not isinstance(clause.object, NounPhrase) or clause.object.mass or clause.object.determiner == "all":
            clause = self.clauses.draw(rules, "", "object", time=time)
        clause.asked = clause.object
        clause.asked.after = []
        return clause

    def whose(self) -> Clause:
        """A clause that asks whose thing its object is."""
        clause = self.which(0.25, "what direct person")
        clause.object.determiner = "the"
        return clause

    def being(self, time: float = 0.75) -> Clause:
        """Somebody who is, was or will be: `are we now`."""
        tense, times = self.sampler.one(_WHEN_BEING)
        clause = Clause(self.clauses.arguments.subject(), _BE, tense, style=self.clauses.style())
        if self.sampler.chance(time):
            clause.extras.append(self.clauses.adverbials.time(times))
        return clause

    def about(self, who: Node, clause: Clause) -> Clause:
        """The clause with somebody who was named before as its subject, said as a pronoun."""
        clause.subject = anaphor(who)
        clause.extras = [extra for extra in clause.extras if isinstance(extra, Words)]
        if isinstance(clause.object, NounPhrase) and clause.object.determiner in POSSESSIVES:
            clause.object.determiner = clause.subject.owner
        return clause
