"""Clauses: a verb with its subject, objects and adverbials, said as a statement, a question or an infinitive.

A clause may have a gap (`subject`, `object` or `indirect`): the part that its question word asks for. Its English and
French sides are made from the same features, so tense, agreement and word order match by construction.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from . import english as english_forms
from . import french as french_forms
from .phrases import Node, NounPhrase, Pronoun, Series

MODALS = {"future": "will", "conditional": "would", "can": "can", "must": "must", "should": "should"}
ENGLISH_COMPOUND = {
    "perfect": ("have", "present", english_forms.participle), "pluperfect": ("have", "past", english_forms.participle),
    "progressive": ("be", "present", english_forms.ing), "was_ing": ("be", "past", english_forms.ing),
}  # fmt: skip
FRENCH_TENSES = {
    "present": "present", "progressive": "present", "future": "future", "conditional": "conditional",
    "was_ing": "imperfect", "subjunctive": "subjunctive", "imperfect": "imperfect",
}  # fmt: skip
FRENCH_COMPOUND = {"past": "present", "perfect": "present", "pluperfect": "imperfect"}
FRENCH_MODALS = {"can": ("pouvoir", "present"), "must": ("devoir", "present"), "have_to": ("devoir", "present"),
                 "should": ("devoir", "conditional"), "going": ("aller", "present")}  # fmt: skip
REFLEXIVES = {"je": "me", "tu": "te", "nous": "nous", "vous": "vous"}
JE_INVERTS = {"ai", "suis", "peux", "dois", "vais", "étais", "devrais", "pourrais"}


@dataclass(slots=True, frozen=True)
class Verb:
    """A verb in both languages: head word, what always follows it, and the French preposition of its object."""

    en: str
    en_tail: tuple[str, ...]
    fr: str
    fr_tail: tuple[str, ...] = ()
    fr_preposition: str = ""
    reflexive: bool = False
    state: bool = False
    favour: bool = False  # something done for somebody
    willed: bool = True  # done on purpose


@dataclass(slots=True)
class IndirectObject:
    """Its English and French preposition, and who it is."""

    en: str
    fr: str
    node: Node


@dataclass(slots=True)
class Clause(Node):
    """`subject verb object indirect extras` in a tense; `asked` is the which-phrase that fills the gap, if any."""

    subject: Node
    verb: Verb
    tense: str = "present"
    object: Node | None = None
    indirect: IndirectObject | None = None
    extras: list[Node] = field(default_factory=list)
    negative: bool = False
    passive: bool = False
    gap: str = ""
    asked: NounPhrase | None = None
    style: str = "inversion"  # how French asks: inversion, est-ce que, stylistic (verb before subject)

    # English

    def _english_group(self, who: Node) -> tuple[str, list[str], bool]:
        """Finite verb, the rest of the group, and whether the finite verb inverts by itself."""
        verb, tense = self.verb.en, self.tense
        core = ["be", english_forms.participle(verb)] if self.passive else [verb]
        number = (who.person, who.many)
        if tense in MODALS:
            return MODALS[tense], core, True
        if tense in ENGLISH_COMPOUND:
            auxiliary, time, inflected = ENGLISH_COMPOUND[tense]
            return english_forms.finite(auxiliary, time, *number), [inflected(core[0]), *core[1:]], True
        if tense == "going":
            return english_forms.finite("be", "present", *number), ["going", "to", *core], True
        if tense == "have_to":
            return english_forms.finite("have", "present", *number), ["to", *core], False
        simple = "present" if tense in ("present", "subjunctive") else "past"
        return english_forms.finite(core[0], simple, *number), core[1:], core[0] == "be"

    def english(self, form: str = "") -> list[str]:
        """`""` statement, `q` question, `gap` without its asked subject, `base` / `to` / `ing` without any."""
        if form == "asked":
            return self.asked.english("bare")
        rest = self._english_rest()
        if form == "him to":  # the subject of an infinitive: want *the pupils to read*
            return [*self.subject.english("object"), "to", self.verb.en, *rest]
        if form in ("base", "to", "ing"):
            verb = english_forms.ing(self.verb.en) if form == "ing" else self.verb.en
            return [*(["to"] if form == "to" else []), verb, *rest]
        who = self.asked if self.gap == "subject" and self.asked else self.subject
        finite, tail, inverts = self._english_group(who)
        if form == "gap":
            return [finite, *tail, *rest]
        no = ["not"] if self.negative else []
        if not inverts and (no or form == "q"):
            time = "past" if self.tense in ("past", "imperfect") else "present"
            finite = english_forms.finite("do", time, who.person, who.many)
            tail = ["have" if self.tense == "have_to" else self.verb.en, *tail]
        if form != "q":
            return [*self.subject.english(), finite, *no, *tail, *rest]
        if no and isinstance(self.subject, Pronoun) and finite != "am":
            finite, no = {"will": "won't", "can": "can't"}.get(finite, finite + "n't"), []
        return [finite, *self.subject.english(), *no, *tail, *rest]

    def _english_rest(self) -> list[str]:
        tokens = list(self.verb.en_tail)
        if self.object is not None and self.gap != "object":
            tokens += self.object.english("object")
        if self.indirect is not None:
            tokens.append(self.indirect.en)
            if self.gap != "indirect":
                tokens += self.indirect.node.english("object")
        for extra in self.extras:
            tokens += extra.english()
        return tokens

    # French

    def _clitics(self, who: Node) -> list[str]:
        clitics = []
        if self.verb.reflexive:
            clitics.append(REFLEXIVES.get(who.pronoun, "se"))
        if isinstance(self.object, Pronoun) and self.gap != "object":
            clitics.append(self.object.fr[2 if self.verb.fr_preposition == "à" else 1])
        if self.indirect is not None and isinstance(self.indirect.node, Pronoun) and self.gap != "indirect":
            clitics.append(self.indirect.node.fr[2])
        return clitics

    def _agreement(self, who: Node, etre: bool) -> tuple[str, bool]:
        """What the past participle agrees with: the subject after être, else an object that stands before it."""
        if etre:
            return who.gender, who.plural and not getattr(who, "polite", False)
        if not self.verb.fr_preposition and not self.verb.fr_tail:
            if self.gap == "object" and self.asked is not None:
                return self.asked.gender, self.asked.plural
            if isinstance(self.object, Pronoun) and self.gap != "object":
                return self.object.gender, self.object.plural and not self.object.polite
        return "m", False

    def _french_group(self, who: Node) -> tuple[list[str], str, list[str]]:
        """What stands before the finite verb, the finite verb, and the rest of the group."""
        verb, tense = self.verb, self.tense
        clitics = self._clitics(who)
        etre = verb.reflexive or verb.fr in french_forms.ETRE
        if self.passive:
            gender, plural = self._agreement(who, True)
            core = ["être", french_forms.agree(french_forms.participle(verb.fr), gender, plural)]
            etre = False
        else:
            core = [verb.fr]
        no, pas = (["ne"], ["pas"]) if self.negative else ([], [])
        if tense in FRENCH_MODALS:
            modal, time = FRENCH_MODALS[tense]
            return no, french_forms.conjugate(modal, time)[who.index], [*pas, *clitics, *core]
        if tense == "past" and verb.state:
            tense = "imperfect"
        if tense in FRENCH_COMPOUND:
            auxiliary = "être" if etre else "avoir"
            finite = french_forms.conjugate(auxiliary, FRENCH_COMPOUND[tense])[who.index]
            done = french_forms.agree(french_forms.participle(core[0]), *self._agreement(who, etre))
            return [*no, *clitics], finite, [*pas, done, *core[1:]]
        finite = french_forms.conjugate(core[0], FRENCH_TENSES[tense])[who.index]
        return [*no, *clitics], finite, [*pas, *core[1:]]

    def french(self, form: str = "") -> list[str]:
        """`""` statement, `q` question after a question word, `inf` infinitive, `gap` without its asked subject;
        `pourquoi` the same after why; `quoi`, `qui`, `quel` the whole question with the word that asks for the gap."""
        if form in ("quoi", "qui", "quel"):
            return self._asking(form)
        if form == "pourquoi":  # which allows no subject after the verb
            style = "inversion" if self.style == "stylistic" else self.style
            return replace(self, style=style).french("q")
        if form == "dequi":  # which leaves the object where it is: De qui a-t-elle acheté la voiture
            return ["de", "qui", *replace(self, gap="", asked=None).french("pourquoi")]
        rest = self._french_rest()
        if form == "past":
            before, _, tail = replace(self, tense="past")._french_group(self.subject)
            etre = self.verb.reflexive or self.verb.fr in french_forms.ETRE
            return [*before, "être" if etre else "avoir", *tail, *rest]
        if form == "inf":
            return [*self._clitics(self.subject), self.verb.fr, *rest]
        who = self.asked if self.gap == "subject" and self.asked else self.subject
        before, finite, tail = self._french_group(who)
        if form == "gap":
            return [*before, finite, *tail, *rest]
        pronoun = isinstance(who, Pronoun)
        if form == "":
            return [*who.french(), *before, finite, *tail, *rest]
        style = self.style
        if style == "stylistic" and (pronoun or not self._light()):
            style = "est-ce que" if form == "que" else "inversion"
        if style == "inversion" and who.pronoun == "je" and finite not in JE_INVERTS:
            style = "est-ce que"
        if style == "inversion":
            subject = [] if pronoun else who.french()
            return [*subject, *before, french_forms.invert(finite, who.pronoun), *tail, *rest]
        if style == "stylistic":
            return [*before, finite, *tail, *self.verb.fr_tail, *who.french(), *rest[len(self.verb.fr_tail) :]]
        return ["est-ce", "que", *who.french(), *before, finite, *tail, *rest]

    def _asking(self, form: str) -> list[str]:
        if self.gap == "subject":
            return [*self.asked.french("quel"), *self.asked.french("bare"), *self.french("gap")]
        preposition = self.indirect.fr.split() if self.gap == "indirect" else self.verb.fr_preposition.split()
        if form == "quel":
            return [*preposition, *self.asked.french("quel"), *self.asked.french("bare"), *self.french("q")]
        if form == "quoi" and not preposition:
            turned = not isinstance(self.subject, Pronoun) and self.style == "inversion"
            return ["que", *(replace(self, style="stylistic") if turned else self).french("que")]
        return [*preposition, form, *self.french("q")]

    def _light(self) -> bool:
        """Whether a subject may follow the verb: nothing heavy stands behind it."""
        light = not (self.negative or self.indirect or self.tense in FRENCH_MODALS)
        light = light and not any(isinstance(extra, Subordinate) for extra in self.extras)
        return light and (self.object is None or self.gap == "object")

    def _french_rest(self) -> list[str]:
        tokens = list(self.verb.fr_tail)
        node = self.object
        if node is not None and self.gap != "object" and not isinstance(node, Pronoun):
            if self.verb.fr_preposition:
                tokens += [*self.verb.fr_preposition.split(), *node.french()]
            else:
                indefinite = self.negative and isinstance(node, NounPhrase | Series)
                tokens += node.french("negative") if indefinite else node.french()
        if self.indirect is not None and self.gap != "indirect" and not isinstance(self.indirect.node, Pronoun):
            tokens += [*self.indirect.fr.split(), *self.indirect.node.french()]
        for extra in self.extras:
            tokens += extra.french()
        return tokens


@dataclass(slots=True)
class Subordinate(Node):
    """A conjunction and a clause: `that`/`que`, `because`/`parce que`, `when`/`quand` ..."""

    en: str
    fr: str
    clause: Clause
    english_as: str = ""
    french_as: str = ""

    def english(self, form: str = "") -> list[str]:
        return [*self.en.split(), *self.clause.english(self.english_as)]

    def french(self, form: str = "") -> list[str]:
        return [*self.fr.split(), *self.clause.french(self.french_as)]
