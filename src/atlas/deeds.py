"""Clauses around the verbs of the lexicon: who does what to whom, in which tense, and what more is said about it."""

from __future__ import annotations

from dataclasses import replace

from .clauses import Clause, Subordinate, Third, Verb
from .draw import Drawing
from .enrich import enrich_clause
from .phrases import Node, NounPhrase, Pronoun, Series, Words
from .pronouns import OBJECTS, PRONOUNS, SUBJECTS
from .words import Deed, Noun, deed_pool, deeds_to, pool, verb

_TENSES = {  # how often each tense, by the sort of verb
    "event": {"past": 8, "future": 3, "progressive": 1, "present": 1, "can": 1, "should": 1, "going": 1, "perfect": 1,
              "have_to": 1, "must": 1},
    "accident": {"past": 4, "future": 1, "perfect": 1},
    "state": {"present": 3, "past": 1},
    "habit": {"present": 3, "past": 2, "future": 1, "can": 1},
    "passive": {"past": 5, "future": 2, "present": 1, "perfect": 1, "should": 1},
}  # fmt: skip
_DRAWN = {sort: [tense for tense, count in counts.items() for _ in range(count)] for sort, counts in _TENSES.items()}


class Deeds(Drawing):
    """Builds clauses whose subject, objects and adverbials suit the verb."""

    def anybody(self, spec: str = "who") -> Node:
        """Who does it: a pronoun, a name or a noun phrase, as `spec` (subject cell of a verb) allows."""
        parts = spec.split()
        if "who" in parts:
            roll = self.roll()
            if roll < 0.42:
                key = self.draw(SUBJECTS)
                return PRONOUNS[self.you if key in ("tu", "vous") else key]
            if roll < 0.56:
                return self.name()
            parts.remove("who")
            if not parts:
                parts = ["people"]
        part = self.one(parts)
        if part == "country":
            return self.country()
        noun = self.draw(pool(part))
        subject = self.phrase(noun, "the the the this", 0.22)
        if subject.determiner == "the" and self.chance(0.22):
            self._locate(subject, noun)
        if part.startswith("people") and subject.determiner == "the":
            self._identify(subject)
        return subject

    def _locate(self, phrase: NounPhrase, noun: Noun) -> None:
        """The government of a country, the museum or the mayor of a city."""
        if "ofland" in noun.tags:
            where = self.country()
        elif "ofcity" in noun.tags:
            where = self.city()
        else:
            return
        link = "in" if noun.kind != "people" and "ofcity" in noun.tags else "of"
        phrase.after = [
            Words([link, *where.english()], where.french("in") if link == "in" else ["de", *where.french()])
        ]

    def _identify(self, who: NounPhrase) -> None:
        """Perhaps where somebody is from, or what they do."""
        roll = self.roll()
        if roll < 0.05:
            city = self.city()
            who.after = [Words(["from", *city.english()], city.french("from"))]
        elif roll < 0.2 and not self.nested:
            self.nested = True
            clause = self.deed("person", "past past present", "subject", time=0.2, subject=who, enrich=0.0,
                               file="verbs" if self.chance(0.6) else "verbs_alone")  # fmt: skip
            clause.subject = replace(who)
            who.after = [Subordinate(("who",), ("qui",), clause, "gap", "gap")]
            self.nested = False

    def target(self, spec: str, subject: Node | None, pronouns: bool = True) -> Node:
        """What it is done to, from the object cell of a verb."""
        part = self.one(spec.split())
        if part == "country":
            return self.country()
        if part == "city":
            return self.city()
        if part == "language":
            return self.language()
        person = part.startswith("people")
        if person and pronouns and self.chance(0.15):
            return PRONOUNS[self.draw(OBJECTS)]
        if person and self.chance(0.15):
            return self.name()
        if part.startswith("subjects") or (part.startswith("health.ill")):
            return self.noun(part, "all" if part.startswith("subjects") else "the")
        if part.startswith(("food", "materials")):
            if self.chance(0.08):
                return self.series(part)
            return self.noun(
                part,
                "some some the",
                0.15,
                self.one(("many", "many", "many", "one")) if part.startswith("food") else "one",
            )
        if part.startswith("ideas"):
            return self.noun(part, "the the this", 0.15)
        mine = part.startswith(
            ("goods", "docs", "people.family", "health.body", "animals.pet")
        ) and not part.startswith("goods.artwork")
        determiner = "the the the a a my this" if mine else "the the the a this"
        if part.startswith(("health.body", "goods.instrument")):
            determiner = "the"
        if part.startswith("goods.transport"):
            return self.noun(part, "the the a", 0.05, "one")
        noun = self.draw(pool(part))
        phrase = self.phrase(noun, determiner, 0.22, owner=subject)
        if (
            phrase.determiner == "the"
            and not self.nested
            and part.startswith(("goods", "docs", "food"))
            and self.chance(0.14)
        ):
            self._history(phrase, part)
        elif "about" in noun.tags and self.chance(0.3):
            self._concern(phrase)
        return phrase

    def _history(self, thing: NounPhrase, part: str) -> None:
        """What somebody did with a thing, as the relative clause that tells which."""
        options = deeds_to(part)
        if not options.entries:
            return
        self.nested = True
        deed = self.draw(options)
        clause = Clause(
            self.anybody(deed.subject), self.verb(deed), self.one(("past", "past", "perfect", "future")), gap="object"
        )
        if clause.tense != "perfect" and self.chance(0.3):
            when = self.time(clause.tense)
            clause.extras = [when] if when else []
        of = bool(clause.verb.fr_preposition)
        clause.asked = None if of else replace(thing, after=[])
        thing.after = [Subordinate(("that",), ("dont" if of else "que",), clause)]
        self.nested = False

    def _concern(self, document: NounPhrase) -> None:
        """What a report, a law or a plan is about."""
        matter = self.noun(
            "ideas.issue ideas.value ideas.policy animals.wild health.ill materials.resource",
            "all",
            0.1,
            self.one(("one", "many")),
        )
        document.after = [Words(["on", *matter.english()], ["sur", *matter.french()])]

    def verb(self, deed: Deed) -> Verb:
        """One wording of a deed in each language, drawn independently; the first wordings are the commoner ones."""
        english = deed.english[0] if self.chance(0.6) else self.one(deed.english)
        french = deed.french[0] if self.chance(0.5) else self.one(deed.french)
        return verb(english, french, "".join(flag for flag in "sbn" if flag in deed.flags))

    def tense(self, deed: Deed, options: str = "", passive: bool = False) -> str:
        if options:
            return self.one(options.split())
        flags = deed.flags
        if "n" in flags and "s" not in flags:
            return self.one(_DRAWN["accident"])
        return self.one(
            _DRAWN["passive" if passive else "state" if "s" in flags else "habit" if "h" in flags else "event"]
        )

    def style(self) -> str:
        """How the French side asks; inversion is commonest, as in writing."""
        roll = self.roll()
        return "inversion" if roll < 0.5 else "est-ce que" if roll < 0.78 else "stylistic"

    def deed(self, keep: str = "", tense: str = "", gap: str = "", passive: bool = False, time: float = 0.45,
             place: float = 0.0, file: str = "verbs", subject: Node | None = None, negative: float = 0.0,
             enrich: float = 0.8) -> Clause:  # fmt: skip
        """A clause around a verb of the lexicon.

        Args:
            keep: which verbs (rules of `words.deed_pool`).
            tense: choices parted by spaces; empty leaves it to the verb.
            gap: what the question asks for.
            passive: whether the object becomes the subject.
            time, place, negative: how often an adverbial or a negation is added.
            file: a verb file.
            subject: who does it; drawn if left out.
            enrich: how often something more is said (see `enrich`).
        """
        deed = self.draw(deed_pool(file, keep))
        if passive:
            return self._passive(deed, tense, gap, time, enrich)
        who = subject or (self.anybody(deed.subject) if gap != "subject" else self.pronoun("he"))
        clause = Clause(who, self.verb(deed), self.tense(deed, tense), gap=gap, style=self.style())
        if deed.object:
            clause.object = self.target(deed.object, who, not clause.verb.fr_preposition)
        if deed.third:
            english, french, spec = deed.third
            clause.third = Third(english, french, self.target(spec, who))
            if isinstance(clause.object, Pronoun):
                clause.object = self.name()
        if negative and self.chance(negative):
            clause.negative = True
        if "W" in deed.flags:
            if self.asking != "where":
                clause.extras.append(self.place())
            time, place = 0.15, 0.0
        self._adverbials(clause, time, place)
        if file not in ("verbs_that", "verbs_to"):
            enrich_clause(self, clause, enrich)
        return clause

    def _adverbials(self, clause: Clause, time: float, place: float) -> None:
        if place and self.chance(place):
            clause.extras.append(self.place())
        if time and self.chance(time):
            when = self.time(clause.tense)
            if when is not None:
                clause.extras.append(when)
        elif (
            clause.object is not None
            and clause.gap != "third"
            and not (clause.verb.state or clause.negative or clause.passive)
            and self.chance(0.05)
        ):
            clause.extras.append(self.manner())

    def _passive(self, deed: Deed, tense: str, gap: str, time: float, enrich: float = 0.0) -> Clause:
        french = next((text for text in deed.french if "|" not in text and not text.startswith("s'")), deed.french[0])
        what = self.target(deed.object, None, False)
        if isinstance(what, NounPhrase) and what.determiner in ("a", "some"):
            what.determiner = "all" if what.mass or what.plural else "the"
        elif isinstance(what, Series):
            for part in what.parts:
                part.determiner = "all"
        chosen = verb(deed.english[0], french)
        clause = Clause(what, chosen, self.tense(deed, tense, True), gap=gap, passive=True, style=self.style())
        self._adverbials(clause, time, 0.0)
        enrich_clause(self, clause, enrich)
        return clause

    def subordinate(
        self, english: str, french: str, clause: Clause, english_as: str = "", french_as: str = ""
    ) -> Subordinate:
        return Subordinate(tuple(english.split()), tuple(french.split()), clause, english_as, french_as)

    def infinitive(self, inner: Clause, preposition: str = "") -> Subordinate:
        return Subordinate((), tuple(preposition.split()), inner, "to", "inf")
