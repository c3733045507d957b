"""Names and noun phrases drawn from the lexicon, so that number, determiner and adjective suit the noun."""

from __future__ import annotations

from . import names
from .phrases import Adjective, Name, Node, NounPhrase, Pronoun, Series
from .sampler import Context, Pool, Sampler, zipf
from .tables import rows
from .words import Noun, adjectives, pool

_QUALITIES = {"people": "person", "inst": "inst", "docs": "document", "places": "place", "animals": "animal",
              "events": "event"}  # fmt: skip
_THINGS = frozenset(("small", "vehicle", "machine", "furniture", "clothes", "tool", "gear", "instrument", "kitchen",
                     "artwork", "home"))  # fmt: skip
_KIN = ("my", "you", "his", "her", "our", "their")


class NounSampler:
    """Draws names and noun phrases."""

    def __init__(self, sampler: Sampler, context: Context) -> None:
        self.sampler, self.context = sampler, context
        self._people = zipf(Name(en, fr, gender) for en, fr, gender in rows("names"))
        self._countries = zipf(names.countries())
        self._cities = zipf(names.cities(), 6.0)
        self._languages = zipf(names.languages())
        self._currencies = zipf(names.currencies(), 10.0)

    def person(self, gender: str = "") -> Name:
        """A first name; of this gender if one is given."""
        name = self.sampler.draw(self._people)
        while gender and name.gender != gender:
            name = self.sampler.draw(self._people)
        return name

    def country(self, beside: Name | None = None) -> Name:
        """A country, other than `beside`."""
        return self._other(self._countries, beside)

    def city(self, beside: Name | None = None) -> Name:
        """A city, other than `beside`."""
        return self._other(self._cities, beside)

    def _other(self, listed: Pool, beside: Name | None) -> Name:
        name = self.sampler.draw(listed)
        while beside is not None and name.en == beside.en:
            name = self.sampler.draw(listed)
        return name

    def language(self) -> NounPhrase:
        english, french = self.sampler.draw(self._languages)
        return NounPhrase(english, french, "m", False, "all", mass=True)

    def currency(self) -> NounPhrase:
        english, french, gender = self.sampler.draw(self._currencies)
        return NounPhrase(english, french, gender, False, "the")

    def noun(
        self, spec: str, determiner: str, adjective: float = 0.0, number: str = "", owner: Node | None = None
    ) -> NounPhrase:
        """A noun phrase around a noun of a pool; the other arguments are those of `phrase`."""
        return self.phrase(self.sampler.draw(pool(spec)), determiner, adjective, number, owner)

    def phrase(
        self, noun: Noun, determiner: str, adjective: float = 0.0, number: str = "", owner: Node | None = None
    ) -> NounPhrase:
        """The noun in a phrase.

        Args:
            noun: its head.
            determiner: choices parted by spaces (see NounPhrase), of which one that suits the noun is made.
            adjective: how often it has an adjective.
            number: `one` or `many`; default: drawn.
            owner: whose it is, if the determiner is `my`.
        """
        chance, tags = self.sampler.chance, noun.tags
        forms = noun.french
        if noun.french_feminine and (not forms or chance(0.4)):
            forms = noun.french_feminine
        french, english = self.sampler.one(forms), self.sampler.one(noun.english)
        sole = "sole" in tags or "proper" in tags
        mass = noun.mass or "sole" in tags
        if not number:
            number = "one" if "single" in tags or sole or mass or chance(0.68) else "many"
        plural = number == "many" and not mass and not sole
        phrase = NounPhrase(english, french.noun, french.gender, plural or french.only_plural,
                            self._determiner(noun, determiner, mass, plural, owner), mass, french.plural_form,
                            place=noun.place, human=noun.kind == "people")  # fmt: skip
        if "bare" in tags:
            phrase.plural_english, phrase.proper, phrase.determiner = False, True, "all"
        elif "pl" in tags or "plural_en" in tags:
            phrase.plural_english = True
            if "pl" in tags and phrase.determiner in ("a", "some", "all") and not noun.mass:
                phrase.determiner = "the"
        elif french.only_plural or mass or "mass_en" in tags or sole:
            phrase.plural_english = False
            if "mass_en" in tags and phrase.determiner in ("a", "some", "all"):
                phrase.determiner = "the"
        if adjective and chance(adjective) and "proper" not in tags and "bare" not in tags:
            self._qualify(phrase, noun)
        return phrase

    def _determiner(self, noun: Noun, choices: str, mass: bool, plural: bool, owner: Node | None) -> str:
        kind = self.sampler.one(choices.split())
        if kind in ("tu", "vous"):
            kind = self.context.you
        if kind == "my":
            kind = _possessive(owner)
        if "sole" in noun.tags or "proper" in noun.tags:
            kind = "the"
        if mass and (kind == "a" or (kind == "this" and noun.kind == "materials")):
            kind = "some"
        if ("u" in noun.tags and noun.kind in ("ideas", "health")) or noun.kind == "subjects":
            kind = "all"
        if "family" in noun.tags and (kind == "a" or (kind == "the" and self.sampler.chance(0.5))):
            kind = self.sampler.one(_KIN[:4] if "spouse" in noun.tags else _KIN)
            kind = self.context.you if kind == "you" else kind
        if not plural and not mass and kind in ("all", "some"):
            kind = "a" if kind == "some" else "the"
        return kind

    def _qualify(self, phrase: NounPhrase, noun: Noun) -> None:
        kinds = {_QUALITIES.get(noun.kind, "")}
        if noun.kind not in ("people", "inst", "animals"):
            kinds |= noun.tags
        if noun.kind == "goods" and noun.tags & _THINGS:
            kinds.add("thing")
        options = adjectives(frozenset(kinds))
        if options.entries:
            english, french = self.sampler.draw(options)
            form, before = self.sampler.one(french)
            phrase.adjectives = [Adjective(self.sampler.one(english), form, before)]

    def series(self, spec: str) -> Series:
        """Two or three different things in a row."""
        count = 3 if self.sampler.chance(0.6) else 2
        parts = {}
        while len(parts) < count:
            noun = self.sampler.draw(pool(spec))
            parts[noun] = self.phrase(noun, "some", 0.0, "one" if noun.mass else "many")
        gender = "f" if all(part.gender == "f" for part in parts.values()) else "m"
        return Series(list(parts.values()), gender=gender)

    def sibling(
        self, beside: NounPhrase, spec: str, determiner: str, same: bool = False, number: str = "one"
    ) -> NounPhrase:
        """Another noun of the part of the pool that `beside` is from; of its gender too if `same`."""
        part = next(part for part in spec.split() if any(beside.en in noun.english for noun in pool(part).entries))
        for _ in range(50):
            noun = self.sampler.draw(pool(part))
            other = self.phrase(noun, determiner, number=number)
            if beside.en not in noun.english and other.fr != beside.fr and (not same or other.gender == beside.gender):
                break
        return other

    def illness(self) -> NounPhrase:
        """An illness in general: measles, the flu, a cold."""
        noun = self.sampler.draw(pool("health.ill"))
        return self.phrase(noun, "all" if noun.mass else "the" if "sole" in noun.tags else "a", number="one")


def _possessive(owner: Node | None) -> str:
    """The possessive of an owner, a key of POSSESSIVES; a thing owns nothing."""
    if isinstance(owner, Pronoun):
        return owner.owner
    if owner is None or (isinstance(owner, NounPhrase) and not owner.human):
        return "the"
    return "their" if owner.many else "her" if owner.gender == "f" else "his"
