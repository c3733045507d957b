"""Modifiers of nouns and clauses: relatives (`the letter that she wrote`), and adjuncts of purpose, cause ..."""

from __future__ import annotations

from dataclasses import replace

from .clause_sampler import ClauseSampler
from .clauses import Clause, Subordinate
from .nouns import NounSampler
from .phrases import Name, Node, NounPhrase, Pronoun, Words
from .sampler import Context, Sampler
from .words import verb_pool

_SEQUENCES = (("before", "avant de", "inf"), ("after", "après", "past"), ("without", "sans", "inf"),
              ("instead of", "au lieu de", "inf"))  # fmt: skip
_MEANWHILE = (("when", "quand", "past"), ("while", "pendant que", "was_ing"), ("after", "après que", "past"))
_CAUSES = (("because of", "à cause de"), ("in spite of", "malgré"), ("despite", "malgré"))
_OCCASIONS = (("during", "pendant"), ("during", "au cours de"), ("after", "après"), ("before", "avant"))
_ACTING = ("purpose", "purpose", "company", "company", "sequence", "circumstance", "circumstance", "occasion", "cause")
_HAPPENING = ("circumstance", "occasion", "occasion", "cause")
_BY_WORD = {"when": ("company", "purpose"), "where": ("company", "company", "occasion")}


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


class AdjunctSampler:
    """Adds adjuncts to clauses. It draws clauses in adjuncts from `clauses`, which have none of their own."""

    def __init__(self, sampler: Sampler, context: Context, nouns: NounSampler, clauses: ClauseSampler) -> None:
        self.sampler, self.context, self.nouns, self.clauses = sampler, context, nouns, clauses

    def add(self, clause: Clause, share: float) -> None:
        """Adds one adjunct to this share of the clauses."""
        if clause.tense == "subjunctive" or not self.sampler.chance(share * (0.6 if clause.extras else 1.0)):
            return
        who = clause.asked if clause.gap == "subject" and clause.asked else clause.subject
        acts = _acts(clause, who)
        kinds = _BY_WORD.get(self.context.question_word) or (_ACTING if acts else _HAPPENING)
        if acts or kinds is _HAPPENING:
            clause.extras.append(getattr(self, self.sampler.one(kinds))(clause, who))

    def purpose(self, clause: Clause, who: Node) -> Node:
        inner = self.clauses.draw("willed", "present", time=0.1, subject=who)
        helped = isinstance(clause.object, Pronoun | Name) or getattr(clause.object, "human", False)
        # "help her to read" is another sentence than "help her in order to read"
        return Subordinate("in order" if helped else "", "pour", inner, "to", "inf")

    def company(self, clause: Clause, who: Node) -> Node:
        """With whom, or for whom."""
        if clause.gap == "indirect" or (clause.gap == "object" and (clause.verb.en_tail or clause.verb.fr_preposition)):
            return self.occasion(clause, who)
        if self.sampler.chance(0.7):
            other = self.nouns.noun("people.family people.work", "the my my", 0.1, owner=who)
        else:
            other = self.nouns.person()
        if clause.verb.favour and self.sampler.chance(0.7):
            return _prepositional("for", "pour", other)
        return _prepositional("with", "avec", other)

    def sequence(self, clause: Clause, who: Node) -> Node:
        """Before, after, without or instead of what."""
        file = "verbs" if self.sampler.chance(0.7) else "verbs_alone"
        inner = self.clauses.draw("willed", "present", time=0.0, subject=who, file=file)
        english, french, form = self.sampler.one(_SEQUENCES)
        return Subordinate(english, french, inner, "ing", form)

    def circumstance(self, clause: Clause, who: Node) -> Node:
        """What happened at the time, or on which condition it will happen."""
        past = clause.tense in ("past", "perfect", "pluperfect")
        if clause.gap and not past:
            return self.occasion(clause, who)
        if past and self.sampler.chance(0.55):
            english, french, tense = self.sampler.one(_MEANWHILE)
        elif clause.tense in ("future", "going") and self.sampler.chance(0.5):
            english, french, tense = "if", "si", "present"
        else:
            return self.cause(clause, who)
        file = "verbs_alone" if self.sampler.chance(0.6) else "verbs"
        inner = self.clauses.draw("event", tense, time=0.0, file=file)
        return Subordinate(english, french, inner)

    def cause(self, clause: Clause, who: Node) -> Node:
        noun = self.nouns.noun("nature.disaster events.bad ideas.issue", "the the this", 0.08, "one")
        return _prepositional(*self.sampler.one(_CAUSES), noun)

    def occasion(self, clause: Clause, who: Node) -> Node:
        """During, before or after which event; the cause, if the clause has an adverbial."""
        if any(isinstance(extra, Words) for extra in clause.extras):
            return self.cause(clause, who)
        return _prepositional(*self.sampler.one(_OCCASIONS), self.nouns.noun("events", "the the this", 0.25, "one"))


def _acts(clause: Clause, who: Node) -> bool:
    """Whether a person does something on purpose: only then it has a purpose, or company."""
    person = isinstance(who, Pronoun) or getattr(who, "human", False) or getattr(who, "kind", "") == "person"
    return person and clause.verb.willed and not (clause.passive or clause.negative or clause.verb.state)


def _prepositional(english: str, french: str, node: Node) -> Words:
    return Words([*english.split(), *node.english()], [*french.split(), *node.french()])
