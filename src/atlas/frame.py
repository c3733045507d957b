"""Question frames: what a kind of question looks like in English and in French.

A frame has its English wordings, its French wordings, how often it is drawn, and how its slots are filled:

    frame("Where is {c}?", "Où se trouve {c} ?; Où est {c} ?", 2, c=either(0.7, city, country))

`{slot}` says the node, `{slot:form}` one of its forms (see `phrases` and `clauses`). Wordings are parted by `;` and
drawn independently on each side, the first more often. A filler takes the grammar, and the slots filled before it by
their names: `lambda g, k: g.clauses.draw("willed", subject=k.subject)`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass

from .clauses import Clause
from .grammar import Grammar
from .phrases import Node
from .sampler import Sampler
from .typography import spell

FRAMES: list[Frame] = []
_ATTRIBUTED = 0.13  # how many questions say according to whom
_PIECE = re.compile(r"\{(\w+)(?::([^}]+))?\}|([^\s{},;?]+|,)")


@dataclass(frozen=True, slots=True)
class Frame:
    """A question frame; `weight` is how often it is drawn beside the others."""

    word: str
    english: tuple[tuple, ...]
    french: tuple[tuple, ...]
    fillers: tuple[tuple[str, Callable, tuple[str, ...]], ...]
    weight: float

    def tree(self, grammar: Grammar) -> dict[str, Node]:
        """What a question is about: a node for every slot."""
        slots: dict[str, Node] = {}
        grammar.context.question_word = self.word
        grammar.context.you = "vous" if grammar.sampler.chance(0.6) else "tu"
        for name, filler, needs in self.fillers:
            slots[name] = filler(grammar, *(slots[need] for need in needs))
        return slots

    def say(self, grammar: Grammar, slots: dict[str, Node]) -> tuple[str, str]:
        """The tree in one of its wordings on each side, without end marks, capitals at the start."""
        for node in slots.values():
            if isinstance(node, Clause):
                node.style = grammar.clauses.style()
        english = [token for piece in _pick(grammar.sampler, self.english) for token in _say(piece, slots, "english")]
        french = [token for piece in _pick(grammar.sampler, self.french) for token in _say(piece, slots, "french")]
        if grammar.sampler.chance(_ATTRIBUTED) and "," not in english:
            source = grammar.adverbials.source()
            english += source.english()
            french += source.french()
        return spell(english, french)


def _pick(sampler: Sampler, wordings: tuple[tuple, ...]) -> tuple:
    return wordings[0] if len(wordings) == 1 or sampler.chance(0.35) else sampler.one(wordings)


def _say(piece: tuple[str, str, str], slots: dict[str, Node], side: str) -> list[str]:
    slot, form, word = piece
    return [word] if word else getattr(slots[slot], side)(form)


def _wordings(text: str) -> tuple[tuple, ...]:
    return tuple(tuple(_PIECE.findall(wording)) for wording in text.split(";"))


def frame(english: str, french: str, weight: float = 1.0, **fillers: Callable) -> None:
    """Adds a question frame. `weight` 1 is a set phrase with few variants; frames with whole clauses have more."""
    word = english.split()[0].lower()
    filled = tuple((name, filler, tuple(inspect.signature(filler).parameters)[1:]) for name, filler in fillers.items())
    FRAMES.append(Frame(word, _wordings(english), _wordings(french), filled, weight))


# Fillers of many frames: names, a noun phrase, either of two.
city, country, person = (lambda g: g.nouns.city()), (lambda g: g.nouns.country()), (lambda g: g.nouns.person())


def noun(*args: object, **options: object) -> Callable[[Grammar], Node]:
    """A filler: a noun phrase, from the arguments of `NounSampler.noun`."""
    return lambda g: g.nouns.noun(*args, **options)


def either(share: float, first: Callable[[Grammar], Node], second: Callable[[Grammar], Node]) -> Callable:
    """A filler: the first in this share of the questions, else the second."""
    return lambda g: (first if g.sampler.chance(share) else second)(g)
