"""Drawing from the lexicon: words by their weights, noun phrases whose parts fit, adverbials of time and place."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable
from random import Random

from . import names
from .phrases import Adjective, Name, Node, NounPhrase, Pronoun, Series, Words
from .pronouns import PRONOUNS
from .tables import either, rows
from .words import Noun, Pool, adjectives, pool, weighted

_QUALITIES = {
    "people": "person",
    "inst": "inst",
    "docs": "document",
    "places": "place",
    "animals": "animal",
    "events": "event",
}
_MOMENTS = (
    ("next week", "la semaine prochaine"), ("the summer", "^les vacances d'été"), ("the weekend", "^le week-end"),
    ("next year", "l'année prochaine"), ("this evening", "ce soir"), ("tomorrow", "demain"),
    ("the holidays", "^les vacances"), ("New Year's Eve", "^le réveillon"), ("the future", "l'avenir"),
)  # fmt: skip
_MONEY = (("euros", "euros"), ("euros", "euros"), ("dollars", "dollars"), ("Canadian dollars", "dollars canadiens"),
          ("Swiss francs", "francs suisses"), ("pounds", "livres sterling"), ("yen", "yens"))  # fmt: skip
_KIN = ("my", "you", "his", "her", "our", "their")
_TIMES = {"past": "past", "present": "present", "progressive": "now", "perfect": "", "future": "future",
          "going": "future", "can": "future", "should": "future", "have_to": "future", "must": "future"}  # fmt: skip
_THINGS = frozenset(
    ["small", "vehicle", "machine", "furniture", "clothes", "tool", "gear", "instrument", "kitchen", "artwork", "home"]
)


class Drawing:
    """Draws from the lexicon with one random generator; the same generator state gives the same phrases."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.roll = random.random
        self.you = "vous"  # how the sentence says you
        self.asking = ""  # the question word of the frame being filled
        self.nested = False  # inside a clause that says more about another
        times: dict[str, list] = {}
        for english, french, tense in rows("times"):
            times.setdefault(tense, []).append((either(english), either(french)))
        self._times = {tense: weighted(found) for tense, found in times.items()}
        self._manners = weighted([(either(english), either(french)) for english, french, _ in rows("manners")])
        self._names = weighted([Name(en, fr, gender) for en, fr, gender in rows("names")])
        self._countries = weighted(names.countries())
        self._cities = weighted(names.cities(), 6.0)
        self._languages = weighted(names.languages())
        self._currencies = weighted(names.currencies(), 10.0)

    def draw(self, chosen: Pool):
        """One entry of a pool by its weights."""
        return chosen.entries[bisect(chosen.sums, self.roll() * chosen.sums[-1])]

    def one(self, options):
        """One of a sequence, evenly."""
        return options[int(self.roll() * len(options))]

    def chance(self, share: float) -> bool:
        return self.roll() < share

    def country(self) -> Name:
        return self.draw(self._countries)

    def city(self) -> Name:
        return self.draw(self._cities)

    def name(self) -> Name:
        return self.draw(self._names)

    def language(self) -> NounPhrase:
        english, french = self.draw(self._languages)
        return NounPhrase(english, french, "m", False, "all", mass=True)

    def currency(self) -> NounPhrase:
        english, french, gender = self.draw(self._currencies)
        return NounPhrase(english, french, gender, False, "the")

    def pronoun(self, key: str) -> Pronoun:
        """The pronoun with this key: he she it they tu vous we on i ..."""
        return PRONOUNS[key]

    def noun(
        self, spec: str, determiner: str = "", adjective: float = 0.0, number: str = "", owner: Node | None = None
    ) -> NounPhrase:
        """A noun phrase from a pool.

        determiner: choices parted by spaces (see NounPhrase); empty leaves it to the noun.
        number: `one`, `many` or empty.
        """
        return self.phrase(self.draw(pool(spec)), determiner, adjective, number, owner)

    def phrase(
        self, noun: Noun, determiner: str = "", adjective: float = 0.0, number: str = "", owner: Node | None = None
    ) -> NounPhrase:
        """The noun in a phrase with number, determiner and perhaps an adjective."""
        forms = noun.french
        if noun.french_feminine and (not forms or self.chance(0.4)):
            forms = noun.french_feminine
        french = self.one(forms)
        english = self.one(noun.english)
        mass = noun.mass or "sole" in noun.tags
        if "single" in noun.tags and not number:
            number = "one"
        sole = bool(noun.tags & {"sole", "proper"})
        if not number:
            number = "one" if sole or mass or self.chance(0.68) else "many"
        plural = number == "many" and not mass and not sole
        kind = self.one(determiner.split()) if determiner else self._determiner(mass, plural)
        if kind in ("tu", "vous"):
            kind = self.you
        if kind == "my":
            kind = owner.owner if isinstance(owner, Pronoun) else self._owned(owner)
        if sole and kind != "the":
            kind = "the"
        if mass and (kind == "a" or (kind == "this" and noun.kind == "materials")):
            kind = "some"
        if ("u" in noun.tags and noun.kind in ("ideas", "health")) or noun.kind == "subjects":
            kind = "all"
        if "family" in noun.tags and (kind == "a" or (kind == "the" and self.chance(0.5))):
            kind = self.one(_KIN[:4] if "spouse" in noun.tags else _KIN)
            kind = self.you if kind == "you" else kind
        if not plural and not mass and kind in ("all", "some"):
            kind = "a" if kind == "some" else "the"
        many = plural or french.only_plural
        phrase = NounPhrase(english, french.noun, french.gender, many, kind, mass, french.plural_form,
                            place=noun.place, human=noun.kind == "people")  # fmt: skip
        if "bare" in noun.tags:
            phrase.plural_english, phrase.proper = False, True
            phrase.determiner = "all"
        elif "pl" in noun.tags:
            phrase.plural_english = True
            phrase.en, phrase.determiner = (
                english,
                "the" if kind in ("a", "some", "all") and not noun.mass else kind,
            )
        elif "plural_en" in noun.tags:
            phrase.plural_english = True
        elif french.only_plural or mass or "mass_en" in noun.tags or sole:
            phrase.plural_english = False
            if "mass_en" in noun.tags:
                phrase.determiner = "the" if kind in ("a", "some", "all") else kind
        if adjective and self.roll() < adjective and "proper" not in noun.tags and "bare" not in noun.tags:
            self._qualify(phrase, noun)
        return phrase

    def _determiner(self, mass: bool, plural: bool) -> str:
        roll = self.roll()
        if mass:
            return "some" if roll < 0.5 else "the"
        if plural:
            return "the" if roll < 0.6 else "a" if roll < 0.8 else "this"
        return "the" if roll < 0.6 else "a" if roll < 0.85 else "this"

    def _owned(self, owner: Node | None) -> str:
        if owner is None or (isinstance(owner, NounPhrase) and not owner.human):
            return "the"
        if owner.many:
            return "their"
        return "her" if owner.gender == "f" else "his"

    def _qualify(self, phrase: NounPhrase, noun: Noun) -> None:
        living = noun.kind in ("people", "inst", "animals")
        kinds = frozenset([_QUALITIES.get(noun.kind, "")]) | (frozenset() if living else noun.tags)
        options = adjectives(kinds | _thing(noun))
        if options.entries:
            english, french = self.draw(options)
            chosen = self.one(french)
            phrase.adjectives = [Adjective(self.one(english), chosen.fr, chosen.before)]

    def series(self, spec: str) -> Series:
        """Two or three different things in a row."""
        count = 3 if self.chance(0.6) else 2
        parts = {}
        while len(parts) < count:
            noun = self.draw(pool(spec))
            parts[noun] = self.phrase(noun, "some", 0.0, "one" if noun.mass else "many")
        gender = "f" if all(part.gender == "f" for part in parts.values()) else "m"
        return Series(list(parts.values()), gender=gender)

    def time(self, tense: str) -> Node | None:
        """When, fit for the tense; None where the tense has no adverbials."""
        kind = _TIMES.get(tense)
        if not kind:
            return None
        roll = self.roll()
        if kind == "past" and roll < 0.25:
            year = str(self.year())
            return Words(["in", year], ["en", year])
        if kind == "future" and roll < 0.08:
            year = str(2026 + int(self.roll() * 25))
            return Words(["in", year], ["en", year])
        if kind in ("past", "future") and roll < 0.38:
            english, french = self.one(names.weekdays() if roll < 0.32 else names.months())
            return Words(["on" if roll < 0.32 else "in", english], [french] if roll < 0.32 else ["en", french])
        if kind == "past" and roll < 0.46:
            count = 2 + int(self.roll() * 20)
            english, french = self.one((("years", "ans"), ("months", "mois"), ("days", "jours"), ("weeks", "semaines")))
            return Words([str(count), english, "ago"], ["il", "y", "a", str(count), french])
        english, french = self.draw(self._times[kind])
        return Words(self.one(english).split(), self.one(french).split())

    def year(self) -> int:
        """A year, recent ones oftener."""
        return 2024 - int(self.roll() ** 2.5 * 424)

    def manner(self) -> Node:
        english, french = self.draw(self._manners)
        return Words(self.one(english).split(), self.one(french).split())

    def place(self) -> Node:
        """Where: in a city, in a country, at a public place."""
        roll = self.roll()
        if roll < 0.45:
            where = self.city()
        elif roll < 0.7:
            where = self.country()
        else:
            where = self.noun("places.settle places.outdoor", "the the the this our", 0.1, "one")
        return Words(where.english("in"), where.french("in"))

    # Set phrases

    def month(self) -> Words:
        english, french = self.one(names.months())
        return Words(["in", english], ["en", french])

    def length(self) -> Words:
        english, french = self.one(names.units()[:2] + names.units()[14:15])
        return Words([english], [french])

    def year_word(self) -> Words:
        year = str(self.year())
        return Words([year], [year])

    def money(self) -> Words:
        """A round sum: `1,500 Swiss francs`, `1 500 francs suisses`."""
        amount = (1 + int(self.roll() ** 2 * 99)) * self.one((5, 10, 50, 100, 1000))
        english, french = self.one(_MONEY)
        return Words([f"{amount:,}", english], [f"{amount:,}".replace(",", " "), french])

    def moment(self) -> Words:
        english, french = self.one(_MOMENTS)
        return Words(english.split(), french.split())

    def another_city(self, beside: Name) -> Name:
        return self._another(self.city, beside)

    def another_country(self, beside: Name) -> Name:
        return self._another(self.country, beside)

    @staticmethod
    def _another(draw: Callable[[], Name], beside: Name) -> Name:
        found = draw()
        while found.en == beside.en:
            found = draw()
        return found

    def name_like(self, role: NounPhrase) -> Name:
        """A name of the gender of a noun."""
        found = self.name()
        while found.gender != role.gender:
            found = self.name()
        return found


def _thing(noun: Noun) -> frozenset[str]:
    return frozenset({"thing"}) if noun.kind == "goods" and noun.tags & _THINGS else frozenset()
