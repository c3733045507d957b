"""Clauses: a verb with its subject, objects and adverbials, said as a statement, a question or an infinitive.

A clause may have a gap (`subject`, `object` or `third`): the part that its question word asks for. Its English and
French sides are made from the same features, so tense, agreement and word order match by construction.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .english import forms as english_forms
from .french import forms as french_forms
from .french import verbs as french_verbs
from .phrases import Node, NounPhrase, Pronoun, Series

MODALS = {"future": "will", "conditional": "would", "can": "can", "could": "could", "must": "must",
          "should": "should", "may": "may"}  # fmt: skip
FRENCH_TENSES = {
    "present": "present", "progressive": "present", "future": "future", "conditional": "conditional",
    "was_ing": "imperfect", "used_to": "imperfect", "subjunctive": "subjunctive", "imperfect": "imperfect",
}  # fmt: skip
FRENCH_COMPOUND = {"past": "present", "perfect": "present", "pluperfect": "imperfect"}
FRENCH_MODALS = {"can": ("pouvoir", "present"), "could": ("pouvoir", "conditional"), "may": ("pouvoir", "present"),
                 "must": ("devoir", "present"), "have_to": ("devoir", "present"), "should": ("devoir", "conditional"),
                 "going": ("aller", "present")}  # fmt: skip
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
class Third:
    """An indirect object: English and French preposition, and who it is."""

    en: str
    fr: str
    node: Node


@dataclass(slots=True)
class Clause(Node):
    """`subject verb object third extras` in a tense; `asked` is the which-phrase that fills the gap, if any."""

    subject: Node
    verb: Verb
    tense: str = "present"
    object: Node | None = None
    third: Third | None = None
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
        if tense in ("perfect", "pluperfect"):
            have = english_forms.finite("have", "past" if tense == "pluperfect" else "present", *number)
            return have, [english_forms.participle(core[0]), *core[1:]], True
        if tense in ("progressive", "was_ing"):
            be = english_forms.finite("be", "past" if tense == "was_ing" else "present", *number)
            return be, [english_forms.ing(core[0]), *core[1:]], True
        if tense == "going":
            return english_forms.finite("be", "present", *number), ["going", "to", *core], True
        if tense == "have_to":
            return english_forms.finite("have", "present", *number), ["to", *core], False
        if tense == "used_to":
            return "used", ["to", *core], False
        simple = "present" if tense in ("present", "subjunctive") else "past"
        return english_forms.finite(core[0], simple, *number), core[1:], core[0] == "be"

    def english(self, form: str = "") -> list[str]:
        """`""` statement, `q` question, `base` / `to` / `ing` without a subject."""
        if form == "asked":
            return self.asked.english("bare")
        rest = self._english_rest()
        if form == "him to":  # the subject of an infinitive: want *the pupils to read*
            whom = self.subject.english("object") if isinstance(self.subject, Pronoun) else self.subject.english()
            return [*whom, "to", self.verb.en, *rest]
        if form in ("base", "to", "ing"):
            verb = english_forms.ing(self.verb.en) if form == "ing" else self.verb.en
            head = (["not"] if self.negative else []) + (["to"] if form == "to" else []) + [verb]
            return head + rest
        who = self.asked if self.gap == "subject" and self.asked else self.subject
        finite, tail, inverts = self._english_group(who)
        if self.gap == "subject":
            return [*who.english(), finite, *tail, *rest] if form != "gap" else [finite, *tail, *rest]
        no = ["not"] if self.negative else []
        if form != "q":
            if not self.negative:
                return [*self.subject.english(), finite, *tail, *rest]
            if inverts:
                return [*self.subject.english(), finite, *no, *tail, *rest]
            do, base = self._do(who)
            return [*self.subject.english(), do, *no, base, *tail, *rest]
        if not inverts:
            finite, base = self._do(who)
            tail = [base, *tail]
        if self.negative and isinstance(self.subject, Pronoun) and finite not in ("am", "may"):
            finite, no = {"will": "won't", "can": "can't"}.get(finite, finite + "n't"), []
        return [finite, *self.subject.english(), *no, *tail, *rest]

    def _do(self, who: Node) -> tuple[str, str]:
        base = {"have_to": "have", "used_to": "use"}.get(self.tense, self.verb.en)
        past = self.tense in ("past", "used_to", "imperfect")
        return english_forms.finite("do", "past" if past else "present", who.person, who.many), base

    def _english_rest(self) -> list[str]:
        tokens = list(self.verb.en_tail)
        if self.object is not None and self.gap != "object":
            tokens += self.object.english("object") if isinstance(self.object, Pronoun) else self.object.english()
        if self.third is not None:
            tokens.append(self.third.en)
            if self.gap != "third":
                node = self.third.node
                tokens += node.english("object") if isinstance(node, Pronoun) else node.english()
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
        if self.third is not None and isinstance(self.third.node, Pronoun) and self.gap != "third":
            clitics.append(self.third.node.fr[2])
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
        etre = verb.reflexive or verb.fr in french_verbs.ETRE
        if self.passive:
            gender, plural = self._agreement(who, True)
            core = ["être", french_forms.agree(french_verbs.participle(verb.fr), gender, plural)]
            etre = False
        else:
            core = [verb.fr]
        no, pas = (["ne"], ["pas"]) if self.negative else ([], [])
        if tense in FRENCH_MODALS:
            modal, time = FRENCH_MODALS[tense]
            return no, french_verbs.conjugate(modal, time)[who.index], [*pas, *clitics, *core]
        if tense == "past" and verb.state:
            tense = "imperfect"
        if tense in FRENCH_COMPOUND:
            auxiliary = "être" if etre else "avoir"
            finite = french_verbs.conjugate(auxiliary, FRENCH_COMPOUND[tense])[who.index]
            if self.passive:
                done = "été"
            else:
                done = french_forms.agree(french_verbs.participle(core[0]), *self._agreement(who, etre))
            return [*no, *clitics], finite, [*pas, done, *core[1:]]
        finite = french_verbs.conjugate(core[0], FRENCH_TENSES[tense])[who.index]
        return [*no, *clitics], finite, [*pas, *core[1:]]

    def french(self, form: str = "") -> list[str]:
        """`""` statement, `q` question after a question word, `inf` infinitive, `gap` without its asked subject;
        `pourquoi` the same after why; `quoi`, `qui`, `quel` the whole question with the word that asks for the gap."""
        if form in ("quoi", "qui", "quel"):
            return self._asking(form)
        if form == "pourquoi":  # which allows no subject after the verb
            style = "inversion" if self.style == "stylistic" else self.style
            return replace(self, style=style).french("q")
        if form == "dequi":
            return self._whose()
        rest = self._french_rest()
        if form == "past":
            before, _, tail = replace(self, tense="past", negative=False)._french_group(self.subject)
            etre = self.verb.reflexive or self.verb.fr in french_verbs.ETRE
            return [*before, "être" if etre else "avoir", *tail, *rest]
        if form == "inf":
            no = ["ne", "pas"] if self.negative else []
            return [*no, *self._clitics(self.subject), self.verb.fr, *rest]
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
            return [*subject, *before, french_verbs.invert(finite, who.pronoun), *tail, *rest]
        if style == "stylistic":
            return [*before, finite, *tail, *self.verb.fr_tail, *who.french(), *rest[len(self.verb.fr_tail) :]]
        return ["est-ce", "que", *who.french(), *before, finite, *tail, *rest]

    def _asking(self, form: str) -> list[str]:
        if self.gap == "subject":
            return [*self.asked.french("quel"), *self.asked.french("bare"), *self.french("gap")]
        preposition = self.third.fr.split() if self.gap == "third" else self.verb.fr_preposition.split()
        if form == "quel":
            return [*preposition, *self.asked.french("quel"), *self.asked.french("bare"), *self.french("q")]
        if form == "quoi" and not preposition:
            turned = not isinstance(self.subject, Pronoun) and self.style == "inversion"
            return ["que", *(replace(self, style="stylistic") if turned else self).french("que")]
        return [*preposition, form, *self.french("q")]

    def _whose(self) -> list[str]:
        """`De qui a-t-elle acheté la voiture`: French keeps the object where English moves it to the front."""
        style = "inversion" if self.style == "stylistic" else self.style
        return ["de", "qui", *replace(self, gap="", asked=None, style=style).french("q")]

    def _light(self) -> bool:
        """Whether a subject may follow the verb: nothing heavy stands behind it."""
        heavy = (
            self.tense in FRENCH_MODALS
            or self.negative
            or any(isinstance(extra, Subordinate | Said) for extra in self.extras)
        )
        return not heavy and self.third is None and (self.object is None or self.gap == "object")

    def _french_rest(self) -> list[str]:
        tokens = list(self.verb.fr_tail)
        node = self.object
        if node is not None and self.gap != "object" and not isinstance(node, Pronoun):
            if self.verb.fr_preposition:
                tokens += [*self.verb.fr_preposition.split(), *node.french()]
            else:
                indefinite = self.negative and isinstance(node, NounPhrase | Series)
                tokens += node.french("negative") if indefinite else node.french()
        if self.third is not None and self.gap != "third" and not isinstance(self.third.node, Pronoun):
            tokens += [*self.third.fr.split(), *self.third.node.french()]
        for extra in self.extras:
            tokens += extra.french()
        return tokens


@dataclass(slots=True)
class Subordinate(Node):
    """A conjunction and a clause: `that`/`que`, `because`/`parce que`, `when`/`quand` ..."""

    en: tuple[str, ...]
    fr: tuple[str, ...]
    clause: Clause
    english_as: str = ""
    french_as: str = ""

    def english(self, form: str = "") -> list[str]:
        return [*self.en, *self.clause.english(self.english_as)]

    def french(self, form: str = "") -> list[str]:
        return [*self.fr, *self.clause.french(self.french_as)]


@dataclass(slots=True)
class Said(Node):
    """What somebody is wanted to do: `the pupils to read`, `que les élèves lisent`."""

    clause: Clause

    def english(self, form: str = "") -> list[str]:
        return self.clause.english("him to")

    def french(self, form: str = "") -> list[str]:
        return ["que", *self.clause.french()]
