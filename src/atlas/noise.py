"""What a crawl holds besides wh-questions, and the filter must reject: nine tenths of the lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import accumulate

from . import names
from .grammar import Grammar
from .phrases import Words
from .sampler import Pool
from .tables import rows
from .typography import apostrophes, mojibake, question, spell

Pair = tuple[str, str]
_ENGLISH = re.compile(r"^Wh[^?.!]+\?")
_FRENCH = re.compile(r"^[^?.!]+\?")
_END = re.compile(r"\s*\?$")
_REMEMBERED = 4000  # statements
_KINDS = {"statement": 20, "again": 34, "yes_no": 8, "how": 5, "led_in": 3, "half": 4, "unfinished": 1.5,
          "empty": 4, "garbled": 4, "menu": 5, "address": 2.5, "date": 2.5, "heading": 3.5,
          "unaligned": 3, "endless": 0.05}  # fmt: skip
_POOL = Pool(tuple(_KINDS), tuple(accumulate(_KINDS.values())))
_LEADS = (
    ("And ", "Et ", True), ("But ", "Mais ", True), ("So ", "Alors, ", True), ('"', "« ", False),
    ("3) ", "3) ", False), ("- ", "- ", False), ("Q: ", "Q : ", False),
    ("For example, ", "Par exemple, ", True), ("Well, ", "Eh bien, ", True),
)  # fmt: skip


class Noise:
    """Draws lines that the filter rejects. Statements come from the grammar of the questions and are used again."""

    def __init__(self, grammar: Grammar, ask: Callable[[], Pair]) -> None:
        """`ask` draws a question pair without marks."""
        self.grammar, self.sampler, self.ask = grammar, grammar.sampler, ask
        self.statements: list[Pair] = []
        self.boilerplate = [row[:2] for row in rows("boilerplate")]

    def line(self) -> Pair:
        """One line, guaranteed to be rejected."""
        while True:
            english, french = getattr(self, self.sampler.draw(_POOL))()
            if not (_ENGLISH.match(english) and _FRENCH.match(french)):
                return english, french

    def statement(self) -> Pair:
        """A new statement, which later lines may use again."""
        roll = self.sampler.roll()
        if roll < 0.55:
            clause = self.grammar.clauses.draw(time=0.5, place=0.15, negative=0.1)
        elif roll < 0.75:
            clause = self.grammar.clauses.draw(file="verbs_alone", time=0.5, place=0.3, negative=0.1)
        elif roll < 0.9:
            clause = self.grammar.clauses.passive(time=0.5)
        else:
            clause = self.grammar.complex.saying("past present")
        english, french = (side + "." for side in spell(clause.english(), clause.french()))
        if len(self.statements) < _REMEMBERED:
            self.statements.append((english, french))
        else:
            self.statements[int(self.sampler.roll() * _REMEMBERED)] = english, french
        return apostrophes(self.sampler, english, french)

    def again(self) -> Pair:
        """A line of statements said before: a duplicate, or several in a new order."""
        if len(self.statements) < 20:
            return self.statement()
        count = int(1 + self.sampler.roll() ** 2 * 4)
        return _joined([self.sampler.one(self.statements) for _ in range(count)])

    def unaligned(self) -> Pair:
        """Two sides that do not correspond."""
        return self.again()[0], self.again()[1]

    def yes_no(self) -> Pair:
        """`Did she buy the house?`"""
        file = "verbs" if self.sampler.chance(0.7) else "verbs_alone"
        clause = self.grammar.clauses.draw(time=0.3, file=file)
        clause.style = "inversion" if self.sampler.chance(0.5) else "est-ce que"
        return question(self.sampler, *spell(clause.english("q"), clause.french("q")))

    def how(self) -> Pair:
        """`How ...?` and `How many ...?`, which begin with another letter than the filter wants."""
        if self.sampler.chance(0.3):
            spec = "people animals places.build goods.vehicle"
            noun = self.grammar.nouns.noun(spec, "the", 0.2, "many")
            place = self.grammar.adverbials.place()
            english = ["How", "many", *noun.english("bare"), "are", "there", *place.english()]
            french = ["Combien", "de", *noun.french("bare"), "y", "a-t-il", *place.french()]
        else:
            clause = self.grammar.clauses.draw("event", time=0.2)
            english, french = ["How", *clause.english("q")], ["Comment", *clause.french("q")]
        return question(self.sampler, *spell(english, french))

    def led_in(self) -> Pair:
        """A wh-question behind something else: a conjunction, a quotation mark, a number."""
        english, french = question(self.sampler, *self.ask())
        first, second, lower = self.sampler.one(_LEADS)
        if lower:
            english, french = english[0].lower() + english[1:], french[0].lower() + french[1:]
        return first + english, second + french

    def half(self) -> Pair:
        """A wh-question whose French side is none: no question mark, or a sentence before the question."""
        english, french = question(self.sampler, *self.ask())
        roll = self.sampler.roll()
        if roll < 0.4:
            return english, _END.sub("", french) + self.sampler.one((".", "", " :", "!"))
        if roll < 0.7:
            return english, f"{self.again()[1]} {french}"
        return english, self.again()[1]

    def unfinished(self) -> Pair:
        """A title that begins like a question: `What the minister said`."""
        english, french = self.ask()
        return english + self.sampler.one(("", " (see below)", ".")), french

    def empty(self) -> Pair:
        """A line that is empty on one side or on both."""
        roll = self.sampler.roll()
        english, french = self.again()
        return ("", "") if roll < 0.5 else (english, "") if roll < 0.75 else ("", french)

    def garbled(self) -> Pair:
        """Wrongly decoded French."""
        english, french = self.again() if self.sampler.chance(0.6) else self.how()
        return english, mojibake(french.replace("'", "’"))

    def menu(self) -> Pair:
        """Navigation and boilerplate: `Home | Contact | Site map`."""
        chosen = [self.sampler.one(self.boilerplate) for _ in range(1 + int(self.sampler.roll() * 5))]
        return _joined(chosen, self.sampler.one((" | ", " - ", " > ", " · ")))

    def address(self) -> Pair:
        """A URL, the same on both sides but for its language."""
        number = int(self.sampler.roll() * 90000)
        domain = self.sampler.one(("www.example.org", "example.com", "www.example.ca", "docs.example.net"))
        path = self.sampler.one(("doc", "news", "pub", "info", "page"))
        return f"http://{domain}/en/{path}/{number}.html", f"http://{domain}/fr/{path}/{number}.html"

    def date(self) -> Pair:
        """A date, with its weekday or without."""
        day, year = 1 + int(self.sampler.roll() * 28), self.grammar.adverbials.year()
        english, french = self.sampler.one(names.months())
        weekday = self.sampler.one(names.weekdays())
        french = f"{'1er' if day == 1 else day} {french} {year}"
        if self.sampler.chance(0.5):
            return f"{english} {day}, {year}", french
        return f"{weekday[0]}, {day} {english} {year}", f"Le {weekday[1]} {french}"

    def heading(self) -> Pair:
        """A heading in capitals, often numbered."""
        phrase = self.grammar.nouns.noun("docs ideas events inst", "the", 0.4)
        if self.sampler.chance(0.4):
            country = self.grammar.nouns.country()
            phrase.after.append(Words(country.english("in"), country.french("in")))
        number = f"{1 + int(self.sampler.roll() * 12)}. " if self.sampler.chance(0.4) else ""
        english, french = spell(phrase.english(), phrase.french())
        return number + english.upper(), number + french.upper()

    def endless(self) -> Pair:
        """A whole page on one line: thousands of characters."""
        return _joined([self.again() for _ in range(40 + int(self.sampler.roll() * 120))])


def _joined(pairs: list[Pair], separator: str = " ") -> Pair:
    english, french = zip(*pairs, strict=True)
    return separator.join(english), separator.join(french)
