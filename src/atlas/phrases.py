"""Noun phrases: one object that says itself in English and in French.

Every node has `english(form)` and `french(form)`, which give lists of tokens for `english.join` and `french.join`, and
the features that verbs and adjectives agree with: `person` (1 to 3), `plural`, `gender` (`m` or `f`). A `form` picks
what a frame asks for in a slot: `{c:in}` the place, `{n:quel}` the agreeing question word, `{n:=situé}` an agreeing
adjective, `{n:!aller}` and `{n:?aller}` the verb that agrees with it, straight and inverted.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from . import english as english_forms
from . import french as french_forms

POSSESSIVES = {
    "my": ("mon", "^ma", "mes"), "tu": ("ton", "^ta", "tes"), "vous": ("votre", "votre", "vos"),
    "his": ("son", "^sa", "ses"), "her": ("son", "^sa", "ses"), "its": ("son", "^sa", "ses"),
    "our": ("notre", "notre", "nos"), "their": ("leur", "leur", "leurs"),
}  # fmt: skip
_ENGLISH = {"is": ("is", "are"), "was": ("was", "were"), "does": ("does", "do"), "this": ("this", "these")}
_FRENCH = {"est": ("est", "sont"), "a": ("a", "ont")}
_SMALL_ISLANDS = frozenset(("Barbade", "Dominique", "Grenade"))  # feminine, yet à la


class Node:
    """Anything that fills a slot of a frame."""

    person = 3
    plural = False
    gender = "m"
    plural_english: bool | None = None  # where the two languages count differently: trousers, le pantalon

    @property
    def many(self) -> bool:
        """Whether the English side is plural."""
        return self.plural if self.plural_english is None else self.plural_english

    @property
    def index(self) -> int:
        """Row of a French conjugation table."""
        return self.person - 1 + 3 * self.plural

    @property
    def pronoun(self) -> str:
        """The French subject pronoun that takes this node up again in an inverted question."""
        return ("ils" if self.plural else "il") if self.gender == "m" else ("elles" if self.plural else "elle")

    def english(self, form: str = "") -> list[str]:
        """Its English tokens in a form, or what agrees with it."""
        return (form and self.english_form(form)) or self._english(form)

    def french(self, form: str = "") -> list[str]:
        """Its French tokens in a form, or what agrees with it."""
        return (form and self.french_form(form)) or self._french(form)

    def english_form(self, form: str) -> list[str] | None:
        """What agrees with this node on the English side, or None if `form` is none of those words."""
        if form in _ENGLISH:
            return [_ENGLISH[form][self.many]]
        if form == "'s":
            tokens = self.english()
            return [*tokens, "'" if self.many and tokens[-1].endswith("s") else "'s"]
        return None

    def french_form(self, form: str) -> list[str] | None:
        """What agrees with this node on the French side, or None if `form` is none of those words."""
        if form in _FRENCH:
            return [_FRENCH[form][self.plural]]
        if form[0] in "!?":
            verb = french_forms.conjugate(form[1:], "present")[5 if self.plural else 2]
            return [french_forms.invert(verb, self.pronoun) if form[0] == "?" else verb]
        if form == "le":
            return ["les" if self.plural else "la" if self.gender == "f" else "le"]
        if form in ("son", "ses"):
            return ["leur" + form[2:].strip("n") if self.plural else form]
        if form == "il":
            return [self.pronoun]
        if form == "quel" or form[0] == "=":
            return [french_forms.agree(form.lstrip("="), self.gender, self.plural)]
        if form == "lequel":  # one of several
            return ["laquelle" if self.gender == "f" else form]
        if form == "celui":
            return [{"m": ("celui", "ceux"), "f": ("celle", "celles")}[self.gender][self.plural]]
        return None


@dataclass(slots=True)
class Words(Node):
    """Fixed tokens on either side: an adverbial, a place, a number, a name of a month."""

    english_tokens: list[str]
    french_tokens: list[str]

    def english(self, form: str = "") -> list[str]:
        return self.english_tokens

    def french(self, form: str = "") -> list[str]:
        return self.french_tokens


@dataclass(slots=True)
class Name(Node):
    """A person, city, country or other proper name, with the prepositions its kind takes."""

    en: str
    fr: str
    gender: str = "m"
    plural: bool = False
    kind: str = "person"  # person, city, country
    article: str = ""  # French article token, for countries: ^le ^la ^les
    the: bool = False
    plural_english: bool | None = None

    def _english(self, form: str) -> list[str]:
        name = ["the", self.en] if self.the else [self.en]
        return [form, *name] if form in ("in", "from") else name

    def _french(self, form: str) -> list[str]:
        name = [self.article, self.fr] if self.article else [self.fr]
        if form == "in":
            return self._within(name) if self.kind == "country" else ["à", *name]
        if form == "from":
            feminine = self.article == "^la" or (self.article == "^le" and french_forms.opens_with_vowel(self.fr))
            return ["de", self.fr] if feminine else ["de", *name]
        return name

    def _within(self, name: list[str]) -> list[str]:
        if self.article:
            en = self.gender == "f" or french_forms.opens_with_vowel(self.fr)
            en = en and not (self.plural or self.fr in _SMALL_ISLANDS)
        else:
            en = self.fr == "Israël"
        return ["en", self.fr] if en else ["à", *name]


@dataclass(slots=True)
class Pronoun(Node):
    """A personal pronoun in its subject, object and indirect forms."""

    en: tuple[str, str]  # subject, object
    fr: tuple[str, str, str]  # subject, direct clitic, indirect clitic
    person: int
    plural: bool  # of the French verb
    gender: str
    owner: str = "its"  # key of POSSESSIVES
    polite: bool = False  # vous said to one person: participles stay singular
    plural_english: bool | None = None

    @property
    def pronoun(self) -> str:
        return self.fr[0]

    def _english(self, form: str) -> list[str]:
        return [self.en[1] if form == "object" else self.en[0]]

    def _french(self, form: str) -> list[str]:
        return [self.fr[0]]


# `tu` and `vous` are one English you; `we` is said `nous` or, in the third person singular, `on`.
PRONOUNS = {
    "he": Pronoun(("he", "him"), ("il", "le", "lui"), 3, False, "m", "his"),
    "she": Pronoun(("she", "her"), ("elle", "la", "lui"), 3, False, "f", "her"),
    "they": Pronoun(("they", "them"), ("ils", "les", "leur"), 3, True, "m", "their"),
    "they_f": Pronoun(("they", "them"), ("elles", "les", "leur"), 3, True, "f", "their"),
    "tu": Pronoun(("you", "you"), ("tu", "te", "te"), 2, False, "m", "tu", plural_english=True),
    "vous": Pronoun(("you", "you"), ("vous", "vous", "vous"), 2, True, "m", "vous", polite=True),
    "we": Pronoun(("we", "us"), ("nous", "nous", "nous"), 1, True, "m", "our"),
    "on": Pronoun(("we", "us"), ("on", "nous", "nous"), 3, False, "m", "our", plural_english=True),
    "i": Pronoun(("I", "me"), ("je", "me", "me"), 1, False, "m", "my"),
}


def anaphor(node: Node) -> Pronoun:
    """The pronoun that stands for somebody who was named before."""
    if isinstance(node, Pronoun):
        return node
    singular, plural = ("she", "they_f") if node.gender == "f" else ("he", "they")
    return PRONOUNS[plural if node.plural else singular]


@dataclass(slots=True)
class Adjective:
    """English word, French masculine singular, and whether the French one goes before its noun."""

    en: str
    fr: str
    before: bool


@dataclass(slots=True)
class NounPhrase(Node):
    """Determiner, adjectives, noun and what follows it.

    `determiner` is one of the, a, this, all (every such thing: bare in English, definite in French), some (an unstated
    amount: bare in English, partitive in French) or a key of POSSESSIVES.
    """

    en: str
    fr: str
    gender: str
    plural: bool
    determiner: str = "the"
    mass: bool = False
    fr_plural: str = ""
    adjectives: list[Adjective] = field(default_factory=list)
    after: list[Node] = field(default_factory=list)
    plural_english: bool | None = None
    place: tuple[str, str] = ("", "")
    proper: bool = False
    human: bool = False

    def _english(self, form: str) -> list[str]:
        if form == "in":
            return [self.place[0] or "in", *self.english()]
        inflected = self.many and self.plural_english is None and not self.proper
        noun = english_forms.plural(self.en) if inflected else self.en
        tokens = [adjective.en for adjective in self.adjectives] + [noun]
        if form != "bare":
            tokens = self._english_determiner() + tokens
        for node in self.after:
            tokens += node.english()
        return tokens

    def _english_determiner(self) -> list[str]:
        kind = self.determiner
        if kind in POSSESSIVES:
            return [{"tu": "your", "vous": "your"}.get(kind, kind)]
        if kind == "a":
            return ["some"] if self.mass else [] if self.many else ["a^"]
        if kind == "this":
            return ["these" if self.many else "this"]
        return [] if kind in ("all", "some") else ["the"]

    def _french(self, form: str) -> list[str]:
        if form == "in":
            return (self.place[1] or "dans").split() + self.french()
        noun = (self.fr_plural or french_forms.plural(self.fr)) if self.plural and not self.proper else self.fr
        before = [self._agreed(adjective) for adjective in self.adjectives if adjective.before]
        behind = [self._agreed(adjective) for adjective in self.adjectives if not adjective.before]
        tokens = [*before, noun, *behind]
        if form != "bare":
            tokens = self._french_determiner(bool(before), form == "negative") + tokens
        for node in self.after:
            tokens += node.french()
        return tokens

    def _agreed(self, adjective: Adjective) -> str:
        if adjective.fr in french_forms.BEFORE_VOWEL and self.gender == "m" and not self.plural and adjective.before:
            return "^" + adjective.fr
        return french_forms.agree(adjective.fr, self.gender, self.plural)

    def _french_determiner(self, adjective_first: bool, negative: bool) -> list[str]:
        kind, feminine = self.determiner, self.gender == "f"
        if kind in POSSESSIVES:
            masculine, feminine_form, plural = POSSESSIVES[kind]
            return [plural if self.plural else feminine_form if feminine else masculine]
        if kind in ("a", "some"):
            if negative:
                return ["de"]
            if self.plural:
                return ["de" if adjective_first else "^des"]
            if self.mass:
                return ["^dela" if feminine else "^du"]
            return ["une" if feminine else "un"]
        if kind == "this":
            return ["ces" if self.plural else "cette" if feminine else "^ce"]
        return ["^les" if self.plural else "^la" if feminine else "^le"]


@dataclass(slots=True)
class Series(Node):
    """Several phrases in a row: `apples, bread and cheese`."""

    parts: list[Node]
    plural: bool = True
    gender: str = "m"

    def _english(self, form: str) -> list[str]:
        return _chain([part.english() for part in self.parts], "and")

    def _french(self, form: str) -> list[str]:
        inner = form if form == "negative" else ""
        return _chain([part.french(inner) for part in self.parts], "ni" if inner else "et")


def _chain(parts: list[list[str]], link: str) -> list[str]:
    first, *others, last = parts
    return [*first, *(token for part in others for token in (",", *part)), link, *last]
