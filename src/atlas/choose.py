"""The chooser: everything that a frame can ask for in a slot."""

from __future__ import annotations

from dataclasses import replace

from .agreement import POSSESSIVES
from .clauses import Clause, Said, Subordinate, Third
from .deeds import Deeds
from .enrich import enrich_clause
from .phrases import Node, NounPhrase, Pronoun, Series, Words
from .pronouns import PRONOUNS
from .words import deed_pool, pool, verb

_OPINIONS = (
    Words([",", "in", "your", "opinion"], [",", "à", "votre", "avis"]),
    Words([",", "in", "your", "view"], [",", "selon", "vous"]),
)


class Chooser(Deeds):
    """Draws words and builds nodes, so that what is drawn makes sense together."""

    def what(self, tense: str = "", time: float = 0.45, keep: str = "what") -> Clause:
        """A clause that asks for its object: `did she buy`."""
        clause = self.deed(keep, tense, "object", time=time)
        clause.object = clause.third = None
        return clause

    def which(self, tense: str = "", time: float = 0.45, keep: str = "what") -> Clause:
        """A clause that asks for one of several objects, which it holds as `asked`."""
        clause = self.deed(keep, tense, "object", time=time)
        while not isinstance(clause.object, NounPhrase) or clause.object.mass or clause.object.determiner == "all":
            clause = self.deed(keep, tense, "object", time=time)
        clause.asked = clause.object
        clause.asked.after = []
        return clause

    def whom(self, tense: str = "", time: float = 0.45, keep: str = "who") -> Clause:
        """A clause that asks for the person it is done to."""
        clause = self.deed(keep, tense, "object", time=time)
        clause.object = None
        return clause

    def recipient(self, tense: str = "", time: float = 0.2) -> Clause:
        """A clause that asks for the person something is given to."""
        clause = self.deed("third", tense, "third", time=time)
        while isinstance(clause.object, Pronoun):
            clause = self.deed("third", tense, "third", time=time)
        return clause

    def doer(
        self, tense: str = "", time: float = 0.45, asked: bool = False, file: str = "verbs", keep: str = "person"
    ) -> Clause:
        """A clause that asks for its subject: who or, if `asked`, which of several."""
        deed = self.draw(deed_pool(file, keep))
        clause = Clause(PRONOUNS["he"], self.verb(deed), self.tense(deed, tense), gap="subject")
        if asked:
            parts = [part for part in deed.subject.split() if part not in ("who", "country")] or ["people"]
            clause.asked = self.noun(self.one(parts), "the", 0.2)
            if clause.asked.proper or clause.asked.plural_english is False:
                clause.asked = self.noun("people", "the", 0.2)
        if deed.object:
            clause.object = self.target(deed.object, None, not clause.verb.fr_preposition)
        if deed.third:
            clause.third = Third(*deed.third[:2], self.target(deed.third[2], None))
            if isinstance(clause.object, Pronoun):
                clause.object = self.name()
        self._adverbials(clause, time, 0.0)
        enrich_clause(self, clause, 0.8)
        return clause

    def saying(self, tense: str = "past", gap: str = "", keep: str = "") -> Clause:
        """A verb of saying or thinking with its that-clause, in tenses that follow one another."""
        clause = self.deed(keep, tense, gap, file="verbs_that", time=0.0)
        if clause.tense == "present" and not clause.verb.state and clause.verb.en not in ("say", "claim", "repeat"):
            clause.tense = "past"
        clause.extras = [self.subordinate("that", "que", self.content(clause.tense, clause.verb.state))]
        return clause

    def content(self, tense: str, state: bool = False) -> Clause:
        """What is said: a clause whose tense follows that of the verb of saying."""
        past = tense in ("past", "was_ing", "conditional")
        following = "conditional conditional pluperfect" if past else "future future past"
        if self.chance(0.35):
            return self.deed("passive", following, passive=True, time=0.1)
        return self.deed(
            "event", following, time=0.15, file="verbs" if self.chance(0.7) else "verbs_alone", negative=0.12
        )

    def wish(self, tense: str = "", gap: str = "", keep: str = "") -> Clause:
        """A verb with an infinitive: `want to buy a car`."""
        clause = self.deed(keep, tense, gap, file="verbs_to", time=0.0)
        return self._with_infinitive(clause, self.deed("willed", "present", time=0.15, subject=clause.subject))

    def _with_infinitive(self, clause: Clause, inner: Clause) -> Clause:
        clause.extras = [self.infinitive(inner, clause.verb.fr_preposition)]
        clause.verb = replace(clause.verb, fr_preposition="")
        return clause

    def task(self, subject: str = "vous", time: float = 0.0, keep: str = "willed") -> Clause:
        """Something to do, for infinitives whose subject goes without saying."""
        return self.deed(keep, "present", time=time, subject=PRONOUNS[subject], enrich=0.2)

    def errand(self, subject: str) -> Clause:
        """A matter of papers and offices, as government pages treat them."""
        return self.deed("errand", "present", time=0.0, subject=PRONOUNS[subject], enrich=0.1)

    def wish_where(self) -> Clause:
        """`does she want to buy a car`, where the place is asked."""
        clause = self.deed("event", file="verbs_to", time=0.0)
        inner = self.deed("where willed", "present", time=0.1, subject=clause.subject)
        return self._with_infinitive(clause, inner)

    def wanting(self) -> Clause:
        """Somebody wants somebody else to do something; French says it with a subjunctive."""
        who = self.anybody("who people.lead people.gov people.school people.parent")
        inner = self.deed("person", "subjunctive", time=0.1, subject=self._other(who))
        clause = Clause(who, verb("want", "vouloir", "s"), self.one(("present", "past")), style=self.style())
        clause.extras = [Said(inner)]
        return clause

    def _other(self, who: Node) -> Node:
        """Somebody who is not `who`, with a number of their own."""
        while True:
            other = self.anybody("who people.learner people.work people.citizen")
            if not (isinstance(other, Pronoun) and isinstance(who, Pronoun)):
                return other
            if other.person != who.person and not {other.owner, who.owner} <= {"my", "our"}:
                return other

    def sayer(self) -> Clause:
        """Who says or thinks that ..."""
        clause = self.saying("past", "subject")
        clause.subject = PRONOUNS["he"]
        return clause

    def wisher(self) -> Clause:
        """Who wants, refuses, tries to ..."""
        return self.wish(gap="subject")

    def wishing(self, who: Node) -> Clause:
        """The relative clause of somebody who wants to do something: `who wants to learn Greek`."""
        inner = self.deed("person", "present", time=0.0, subject=who)
        clause = Clause(who, verb("want", "vouloir", "s"), "present", gap="subject")
        clause.extras = [self.infinitive(inner)]
        return clause

    def relative(self, who: NounPhrase) -> Clause:
        """What the person in the main clause does or did, without its subject."""
        file = "verbs" if self.chance(0.75) else "verbs_alone"
        return self.deed("person", "past past past present", "subject", time=0.25, file=file, subject=who)

    def known(self) -> NounPhrase:
        """A thing with the relative clause that tells which: `the letter that she wrote`."""
        while True:
            clause = self.deed("what person of", "past past past perfect", "object", time=0.1, enrich=0.1)
            thing = clause.object
            if isinstance(thing, NounPhrase) and not thing.mass and thing.determiner != "all" and clause.third is None:
                break
        thing.determiner, thing.adjectives = "the", []
        clause.asked = thing
        kept = Clause(clause.subject, clause.verb, clause.tense, None, None, clause.extras, gap="object",
                      asked=None if clause.verb.fr_preposition else replace(thing))  # fmt: skip
        thing.after = [Subordinate(("that",), ("dont" if clause.verb.fr_preposition else "que",), kept)]
        return thing

    def doers(self) -> Clause:
        """A clause without its plural subject."""
        clause = self.doer(time=0.3, file="verbs_alone" if self.chance(0.4) else "verbs")
        clause.subject = PRONOUNS["they"]
        return clause

    def doer_like(self, group: NounPhrase) -> Clause:
        """A clause whose subject is one of a group, with its gender."""
        clause = self.doer()
        clause.subject = PRONOUNS["she" if group.gender == "f" else "he"]
        return clause

    def owned(self) -> Clause:
        """A clause that asks whose thing its object is."""
        clause = self.which("", 0.25, "what direct person")
        clause.object.determiner, clause.object.after = "the", []
        return clause

    def someone(self) -> Node:
        """A third person: he, she, they, a name or a noun phrase, never you or I."""
        roll = self.roll()
        if roll < 0.3:
            return PRONOUNS[self.one(("he", "she", "they", "they_f"))]
        return self.name() if roll < 0.5 else self.noun("people", "the the this", 0.2)

    def being(self, time: float = 0.75) -> Clause:
        """Somebody who is, was or will be: `are we now`."""
        tense, times = self.one((("present", "progressive"), ("present", "progressive"), ("future", "future"),
                                 ("imperfect", "past")))  # fmt: skip
        clause = Clause(self.anybody("who"), verb("be", "être"), tense, style=self.style())
        if self.chance(time) and (when := self.time(times)):
            clause.extras.append(when)
        return clause

    def taking_up(self, node: Node) -> Pronoun:
        """The pronoun that stands for a node said before."""
        if isinstance(node, Pronoun):
            return node
        return PRONOUNS[
            ("they_f" if node.plural else "she") if node.gender == "f" else ("they" if node.plural else "he")
        ]

    def again(self, before: Clause, clause: Clause) -> Clause:
        """The clause with the subject of the one before it, as a pronoun."""
        return self.again_as(before.subject, clause)

    def again_as(self, who: Node, clause: Clause) -> Clause:
        clause.subject = self.taking_up(who)
        clause.extras = [extra for extra in clause.extras if isinstance(extra, Words)]
        if isinstance(clause.object, NounPhrase) and clause.object.determiner in POSSESSIVES:
            clause.object.determiner = clause.subject.owner
        return clause

    def condition(self, tense: str = "present", person: str = "") -> Clause:
        """A clause for `if`."""
        subject = PRONOUNS[person] if person else None
        if subject or self.chance(0.55):
            return self.deed("person", tense, time=0.0, subject=subject, negative=0.25, enrich=0.1)
        return self.deed("event", tense, time=0.0, file="verbs_alone", negative=0.2, enrich=0.2)

    def done(self, person: str) -> Clause:
        return self.deed("errand", "perfect", time=0.0, subject=PRONOUNS[person])

    def meanwhile(self) -> Clause:
        """What goes on at the same time."""
        return self.deed("person", "present", time=0.0, file="verbs_alone" if self.chance(0.7) else "verbs")

    def source(self) -> Words:
        """Who says so: `according to the report`, `in your opinion`."""
        if self.chance(0.2):
            return self.one(_OPINIONS)
        noun = self.noun(
            "docs.text docs.rule people.science people.media inst.media inst.gov people.gov", "the the this", 0.3
        )
        if noun.determiner == "a":
            noun.determiner = "the"
        return Words(["according", "to", *noun.english()], [*self.one((["selon"], ["d'après"])), *noun.french()])

    def mislaid(self) -> NounPhrase:
        """A thing that somebody puts somewhere."""
        if self.chance(0.4):
            return self.known()
        spec = "goods.small docs.permit docs.bill goods.tool goods.clothes"
        return self.noun(spec, "the my", 0.2, owner=PRONOUNS["i"])

    def reason(self, past: bool = True) -> Clause:
        """A short clause for `because`, `when`, `if`, `while`."""
        tense = "past" if past else "present"
        return self.deed("event", tense, time=0.0, file="verbs_alone" if self.chance(0.6) else "verbs", negative=0.1)

    # Things beside one another, and set phrases

    def produce(self) -> NounPhrase | Series:
        return (
            self.series("food.veg food.fruit")
            if self.chance(0.5)
            else self.noun("food.veg food.fruit", "all", number="many")
        )

    def club(self) -> NounPhrase:
        return self.noun("inst.club", "the")

    def sibling(
        self, beside: NounPhrase, spec: str, determiner: str = "", same: bool = False, number: str = "one"
    ) -> NounPhrase:
        """Another noun of the part of the pool that `beside` is from; of its gender too if `same`."""
        part = next(part for part in spec.split() if any(beside.en in noun.english for noun in pool(part).entries))
        for _ in range(50):
            noun = self.draw(pool(part))
            other = self.phrase(noun, determiner, number=number)
            if beside.en not in noun.english and other.fr != beside.fr and (not same or other.gender == beside.gender):
                break
        return other

    def illness(self) -> NounPhrase:
        """An illness in general: measles, the flu, a cold."""
        noun = self.draw(pool("health.ill"))
        return self.phrase(noun, "all" if noun.mass else "the" if "sole" in noun.tags else "a", number="one")

    def trouble(self) -> NounPhrase:
        """What has causes: an illness, an issue, a disaster."""
        return self.illness() if self.chance(0.5) else self.noun("ideas.issue nature.disaster", "all", number="many")
