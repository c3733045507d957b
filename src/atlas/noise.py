"""What a crawl holds besides wh-questions, and the filter must reject: nine tenths of the lines."""

from __future__ import annotations

import re
from bisect import bisect
from itertools import accumulate

from . import names
from .choose import Chooser
from .english.join import join as join_english
from .french.join import join as join_french
from .phrases import Name, Words
from .tables import rows
from .typography import apostrophes, mojibake, question

ENGLISH = re.compile(r"^(Wh[^?.!]+\?)")
FRENCH = re.compile(r"^([^?.!]+\?)")
_END = re.compile(r"\s*\?$")
Pair = tuple[str, str]


def kept(english: str, french: str) -> Pair | None:
    """The question pair that the default filter would keep of a line, or None."""
    first, second = ENGLISH.match(english), FRENCH.match(french)
    return (first[1], second[1]) if first and second else None


class Noise:
    """Draws lines that the filter rejects. Statements come from the grammar of the questions and are used again."""

    def __init__(self, chooser: Chooser, ask) -> None:
        self.chooser = chooser
        self.ask = ask  # draws a question pair without marks
        self.statements: list[Pair] = []
        self.boilerplate = [row[:2] for row in rows("boilerplate")]
        self.kinds = tuple(_KINDS)
        self.sums = tuple(accumulate(_KINDS.values()))

    def line(self) -> Pair:
        """One line, guaranteed to be rejected."""
        while True:
            kind = self.kinds[bisect(self.sums, self.chooser.roll() * self.sums[-1])]
            pair = getattr(self, kind)()
            if kept(*pair) is None:
                return pair

    def statement(self) -> Pair:
        """A new statement, which later lines may use again."""
        chooser = self.chooser
        roll = chooser.roll()
        if roll < 0.55:
            clause = chooser.deed(time=0.5, place=0.15, negative=0.1)
        elif roll < 0.75:
            clause = chooser.deed(file="verbs_alone", time=0.5, place=0.3, negative=0.1)
        elif roll < 0.9:
            clause = chooser.deed("passive", passive=True, time=0.5)
        else:
            clause = chooser.saying("past present")
        pair = _sentence(join_english(clause.english())), _sentence(join_french(clause.french()))
        if len(self.statements) < 4000:
            self.statements.append(pair)
        else:
            self.statements[int(chooser.roll() * 4000)] = pair
        return apostrophes(chooser, *pair)

    def again(self) -> Pair:
        """A line of statements said before: a duplicate, or several in a new order."""
        if len(self.statements) < 20:
            return self.statement()
        count = int(1 + self.chooser.roll() ** 2 * 4)
        chosen = [self.chooser.one(self.statements) for _ in range(count)]
        return " ".join(pair[0] for pair in chosen), " ".join(pair[1] for pair in chosen)

    def unaligned(self) -> Pair:
        """Two sides that do not correspond."""
        return self.again()[0], self.again()[1]

    def yes_no(self) -> Pair:
        """`Did she buy the house?`"""
        chooser = self.chooser
        clause = chooser.deed(time=0.3, file="verbs" if chooser.chance(0.7) else "verbs_alone")
        clause.style = "inversion" if chooser.chance(0.5) else "est-ce que"
        return question(
            chooser, *(_capital(join_english(clause.english("q"))), _capital(join_french(clause.french("q"))))
        )

    def how(self) -> Pair:
        """`How ...?` and `How many ...?`, which begin with another letter than the filter wants."""
        chooser = self.chooser
        if chooser.chance(0.3):
            noun = chooser.noun("people animals places.build goods.vehicle", "the", 0.2, "many")
            place = chooser.place()
            english = ["How", "many", *noun.english("bare"), "are", "there", *place.english()]
            french = ["Combien", "de", *noun.french("bare"), "y", "a-t-il", *place.french()]
        else:
            clause = chooser.deed("event", time=0.2)
            english, french = ["How", *clause.english("q")], ["Comment", *clause.french("q")]
        return question(chooser, join_english(english), join_french(french))

    def led_in(self) -> Pair:
        """A wh-question behind something else: a conjunction, a quotation mark, a number."""
        english, french = question(self.chooser, *self.ask())
        first, second, lower = self.chooser.one(_LEADS)
        if lower:
            english, french = english[0].lower() + english[1:], french[0].lower() + french[1:]
        return first + english, second + french

    def half(self) -> Pair:
        """A wh-question whose French side is none: no question mark, or a sentence before the question."""
        chooser = self.chooser
        english, french = question(chooser, *self.ask())
        roll = chooser.roll()
        if roll < 0.4:
            return english, _END.sub("", french) + chooser.one((".", "", " :", "!"))
        if roll < 0.7:
            return english, f"{self.again()[1]} {french}"
        return english, self.again()[1]

    def unfinished(self) -> Pair:
        """A title that begins like a question: `What the minister said`."""
        english, french = self.ask()
        return self.chooser.one((english, english + " (see below)", english + ".")), french

    def empty(self) -> Pair:
        roll = self.chooser.roll()
        pair = self.again()
        return ("", "") if roll < 0.5 else (pair[0], "") if roll < 0.75 else ("", pair[1])

    def garbled(self) -> Pair:
        """Wrongly decoded text, French oftener than English."""
        english, french = self.again() if self.chooser.chance(0.6) else self.how()
        return english, mojibake(french.replace("'", "’"))

    def menu(self) -> Pair:
        """Navigation and boilerplate: `Home | Contact | Site map`."""
        chooser = self.chooser
        chosen = [chooser.one(self.boilerplate) for _ in range(1 + int(chooser.roll() * 5))]
        bar = chooser.one((" | ", " - ", " > ", " · "))
        return bar.join(pair[0] for pair in chosen), bar.join(pair[1] for pair in chosen)

    def address(self) -> Pair:
        """A URL or an address, the same on both sides but for its language."""
        chooser = self.chooser
        number = int(chooser.roll() * 90000)
        domain = chooser.one(("www.example.org", "example.com", "www.example.ca", "docs.example.net"))
        path = chooser.one(("doc", "news", "pub", "info", "page"))
        return tuple(f"http://{domain}/{side}/{path}/{number}.html" for side in ("en", "fr"))

    def date(self) -> Pair:
        chooser = self.chooser
        day, year = 1 + int(chooser.roll() * 28), chooser.year()
        english, french = chooser.one(names.months())
        weekday = chooser.one(names.weekdays())
        if chooser.chance(0.5):
            return f"{english} {day}, {year}", f"{'1er' if day == 1 else day} {french} {year}"
        return f"{weekday[0]}, {day} {english} {year}", f"Le {weekday[1]} {'1er' if day == 1 else day} {french} {year}"

    def heading(self) -> Pair:
        """A heading in capitals, often numbered."""
        chooser = self.chooser
        phrase = chooser.noun("docs ideas events inst", "the", 0.4)
        if chooser.chance(0.4):
            phrase.after.append(_of(chooser.country()))
        number = f"{1 + int(chooser.roll() * 12)}. " if chooser.chance(0.4) else ""
        return number + join_english(phrase.english()).upper(), number + join_french(phrase.french()).upper()

    def endless(self) -> Pair:
        """A whole page on one line: thousands of characters."""
        chosen = [self.again() for _ in range(40 + int(self.chooser.roll() * 120))]
        return " ".join(pair[0] for pair in chosen), " ".join(pair[1] for pair in chosen)


_KINDS = {"statement": 20, "again": 34, "yes_no": 8, "how": 5, "led_in": 3, "half": 4, "unfinished": 1.5,
          "empty": 4, "garbled": 4, "menu": 5, "address": 2.5, "date": 2.5, "heading": 3.5,
          "unaligned": 3, "endless": 0.05}  # fmt: skip
_LEADS = (
    ("And ", "Et ", True), ("But ", "Mais ", True), ("So ", "Alors, ", True), ('"', "« ", False),
    ("3) ", "3) ", False), ("- ", "- ", False), ("Q: ", "Q : ", False),
    ("For example, ", "Par exemple, ", True), ("Well, ", "Eh bien, ", True),
)  # fmt: skip


def _of(country: Name) -> Words:
    return Words(["in", *country.english()], country.french("in"))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _sentence(text: str) -> str:
    return _capital(text) + "."
