"""Subjects and objects that suit a verb."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from .nouns import NounSampler
from .phrases import PRONOUNS, Node, NounPhrase, Words
from .sampler import Context, Sampler, zipf
from .words import Noun, pool

_SUBJECTS = zipf(("he", "she", "vous", "they", "tu", "we", "i", "they_f", "on"), 2.0)
_OBJECTS = zipf(("he", "she", "they", "they_f"), 2.0)


class Relatives(Protocol):
    """Adds relative clauses."""

    def describe_person(self, person: NounPhrase) -> None: ...
    def describe_thing(self, thing: NounPhrase, part: str) -> None: ...


@dataclass(frozen=True, slots=True)
class ArgumentSampler:
    """Draws who does something and what it is done to, from the subject and object cells of the verb files."""

    sampler: Sampler
    context: Context
    nouns: NounSampler
    relatives: Relatives | None = None

    def subject(self, spec: str = "who") -> Node:
        """Who does it: a pronoun, a name or a noun phrase, as `spec` allows."""
        parts = spec.split()
        if "who" in parts:
            roll = self.sampler.roll()
            if roll < 0.42:
                key = self.sampler.draw(_SUBJECTS)
                return PRONOUNS[self.context.you if key in ("tu", "vous") else key]
            if roll < 0.56:
                return self.nouns.person()
            parts.remove("who")
        part = self.sampler.one(parts or ["people"])
        if part == "country":
            return self.nouns.country()
        noun = self.sampler.draw(pool(part))
        subject = self.nouns.phrase(noun, "the the the this", 0.22)
        if subject.determiner == "the" and self.sampler.chance(0.22):
            self._locate(subject, noun)
        if part.startswith("people") and subject.determiner == "the":
            self._identify(subject)
        return subject

    def third_person(self) -> Node:
        """He, she, they, a name or a noun phrase, never you or I."""
        roll = self.sampler.roll()
        if roll < 0.3:
            return PRONOUNS[self.sampler.one(("he", "she", "they", "they_f"))]
        return self.nouns.person() if roll < 0.5 else self.nouns.noun("people", "the the this", 0.2)

    def _locate(self, phrase: NounPhrase, noun: Noun) -> None:
        """The government of a country, the museum or the mayor of a city."""
        if "ofland" in noun.tags:
            where, link = self.nouns.country(), "of"
        elif "ofcity" in noun.tags:
            where, link = self.nouns.city(), "of" if noun.kind == "people" else "in"
        else:
            return
        french = where.french("in") if link == "in" else ["de", *where.french()]
        phrase.after = [Words([link, *where.english()], french)]

    def _identify(self, person: NounPhrase) -> None:
        """Perhaps where somebody is from, or what they do."""
        roll = self.sampler.roll()
        if roll < 0.05:
            city = self.nouns.city()
            person.after = [Words(["from", *city.english()], city.french("from"))]
        elif roll < 0.2 and self.relatives:
            self.relatives.describe_person(person)

    def object(self, spec: str, subject: Node | None, pronouns: bool = True) -> Node:
        """What it is done to: a pronoun only if `pronouns`; it may belong to the subject."""
        chance, noun_phrase = self.sampler.chance, self.nouns.noun
        part = self.sampler.one(spec.split())
        if part in ("country", "city", "language"):
            return getattr(self.nouns, part)()
        if part.startswith("people"):
            if pronouns and chance(0.15):
                return PRONOUNS[self.sampler.draw(_OBJECTS)]
            if chance(0.15):
                return self.nouns.person()
        if part.startswith("subjects"):
            return noun_phrase(part, "all")
        if part.startswith("health.ill"):
            return noun_phrase(part, "the")
        if part.startswith(("food", "materials")):
            if chance(0.08):
                return self.nouns.series(part)
            number = self.sampler.one(("many", "many", "many", "one")) if part.startswith("food") else "one"
            return noun_phrase(part, "some some the", 0.15, number)
        if part.startswith("ideas"):
            return noun_phrase(part, "the the this", 0.15)
        if part.startswith("goods.transport"):
            return noun_phrase(part, "the the a", 0.05, "one")
        noun = self.sampler.draw(pool(part))
        thing = self.nouns.phrase(noun, _determiners(part), 0.22, owner=subject)
        described = self.relatives and thing.determiner == "the" and part.startswith(("goods", "docs"))
        if described and chance(0.14):
            self.relatives.describe_thing(thing, part)
        elif "about" in noun.tags and chance(0.3):
            self._topic(thing)
        return thing

    def _topic(self, document: NounPhrase) -> None:
        """What a report, a law or a plan is about."""
        number = self.sampler.one(("one", "many"))
        spec = "ideas.issue ideas.value ideas.policy animals.wild health.ill materials.resource"
        topic = self.nouns.noun(spec, "all", 0.1, number)
        document.after = [Words(["on", *topic.english()], ["sur", *topic.french()])]


def _determiners(part: str) -> str:
    """The determiners of an object: what people own can be theirs."""
    if part.startswith(("health.body", "goods.instrument")):
        return "the"
    owned = part.startswith(("goods", "docs", "people.family", "animals.pet")) and not part.startswith("goods.artwork")
    return "the the the a a my this" if owned else "the the the a this"
