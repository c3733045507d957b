"""Adverbials: when (to suit a tense), where, how, according to whom; and sums of money."""

from __future__ import annotations

from . import names
from .nouns import NounSampler
from .phrases import Words
from .sampler import Sampler, zipf
from .tables import rows, synonyms

_TIMES = {"past": "past", "present": "present", "progressive": "now", "future": "future",
          "going": "future", "can": "future", "should": "future", "have_to": "future", "must": "future"}  # fmt: skip
_AGO = (("years", "ans"), ("months", "mois"), ("days", "jours"), ("weeks", "semaines"))
_OPINIONS = ((", in your opinion", ", à votre avis"), (", in your view", ", selon vous"))


class AdverbialSampler:
    """Draws adverbials, as fixed words."""

    def __init__(self, sampler: Sampler, nouns: NounSampler) -> None:
        self.sampler, self.nouns = sampler, nouns
        times: dict[str, list] = {}
        for english, french, tense in rows("times"):
            times.setdefault(tense, []).append((synonyms(english), synonyms(french)))
        self._times = {tense: zipf(entries) for tense, entries in times.items()}
        self._manners = zipf((synonyms(english), synonyms(french)) for english, french, _ in rows("manners"))

    def time(self, tense: str) -> Words | None:
        """When, fit for the tense; None where the tense has no adverbials."""
        kind = _TIMES.get(tense)
        if not kind:
            return None
        roll = self.sampler.roll()
        if kind == "past" and roll < 0.25:
            return self.in_year()
        if kind == "future" and roll < 0.08:
            year = str(2026 + int(self.sampler.roll() * 25))
            return Words(["in", year], ["en", year])
        if kind in ("past", "future") and roll < 0.32:
            english, french = self.sampler.one(names.weekdays())
            return Words(["on", english], [french])
        if kind in ("past", "future") and roll < 0.38:
            return self.month()
        if kind == "past" and roll < 0.46:
            count = str(2 + int(self.sampler.roll() * 20))
            english, french = self.sampler.one(_AGO)
            return Words([count, english, "ago"], ["il", "y", "a", count, french])
        return self._worded(*self.sampler.draw(self._times[kind]))

    def manner(self) -> Words:
        """How: `quickly`, `without permission`."""
        return self._worded(*self.sampler.draw(self._manners))

    def _worded(self, english: tuple[str, ...], french: tuple[str, ...]) -> Words:
        return Words(self.sampler.one(english).split(), self.sampler.one(french).split())

    def place(self) -> Words:
        """Where: in a city, in a country, at a public place."""
        roll = self.sampler.roll()
        if roll < 0.45:
            where = self.nouns.city()
        elif roll < 0.7:
            where = self.nouns.country()
        else:
            where = self.nouns.noun("places.settle places.outdoor", "the the the this our", 0.1, "one")
        return Words(where.english("in"), where.french("in"))

    def source(self) -> Words:
        """Who says so: `according to the report`, `in your opinion`."""
        if self.sampler.chance(0.2):
            english, french = self.sampler.one(_OPINIONS)
            return Words(english.split(), french.split())
        noun = self.nouns.noun(
            "docs.text docs.rule people.science people.media inst.media inst.gov people.gov", "the the this", 0.3
        )
        link = self.sampler.one((["selon"], ["d'après"]))
        return Words(["according", "to", *noun.english()], [*link, *noun.french()])

    def year(self) -> int:
        """A year, recent ones oftener."""
        return 2024 - int(self.sampler.roll() ** 2.5 * 424)

    def in_year(self) -> Words:
        """In a year that is past."""
        year = str(self.year())
        return Words(["in", year], ["en", year])

    def month(self) -> Words:
        english, french = self.sampler.one(names.months())
        return Words(["in", english], ["en", french])

    def length(self) -> Words:
        """A unit of length."""
        english, french = self.sampler.one(names.units())
        return Words([english], [french])

    def money(self) -> Words:
        """A round sum: `1,500 Swiss francs`, `1 500 francs suisses`."""
        amount = (1 + int(self.sampler.roll() ** 2 * 99)) * self.sampler.one((5, 10, 50, 100, 1000))
        english, french = self.sampler.one(rows("money"))
        return Words([f"{amount:,}", english], [f"{amount:,}".replace(",", " "), french])

    def moment(self) -> Words:
        english, french = self.sampler.one(rows("moments"))
        return Words(english.split(), french.split())
