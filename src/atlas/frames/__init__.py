"""The question frames: what each kind of question looks like in English and in French.

A frame is one line: its question word, its English wordings, its French wordings, and how its slots are filled.

    frame("where", "Where is {c}?", "Où se trouve {c} ?; Où est {c} ?", c=lambda p: p.city())

`{slot}` says the node, `{slot:form}` one of its forms (see `phrases` and `clauses`). Wordings are parted by `;` and
drawn independently on each side, the first more often. A filler takes the chooser, and the slots filled before it by
their names.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass

from ..choose import Chooser
from ..clauses import Clause
from ..english.join import join as join_english
from ..french.join import join as join_french
from ..phrases import Node

FRAMES: list[Frame] = []
_ASCRIBED = 0.13  # how many questions say according to whom
_PIECE = re.compile(r"\{(\w+)(?::([^}]+))?\}|([^\s{},;?]+|,)")


@dataclass(frozen=True, slots=True)
class Frame:
    """A question frame; `weight` is how often it is drawn beside the others of its word."""

    word: str
    english: tuple[tuple, ...]
    french: tuple[tuple, ...]
    fillers: tuple[tuple[str, Callable, tuple[str, ...]], ...]
    weight: float

    def fill(self, chooser: Chooser) -> tuple[str, str]:
        """One question: English and French, without end marks, capitals at the start."""
        return self.say(chooser, self.tree(chooser))

    def tree(self, chooser: Chooser) -> dict[str, Node]:
        """What a question is about: a node for every slot."""
        slots: dict[str, Node] = {}
        chooser.asking = self.word
        chooser.you = "vous" if chooser.chance(0.6) else "tu"
        for name, filler, needs in self.fillers:
            slots[name] = filler(chooser, *(slots[need] for need in needs))
        return slots

    def say(self, chooser: Chooser, slots: dict[str, Node]) -> tuple[str, str]:
        """The tree in one of its wordings on each side."""
        for node in slots.values():
            if isinstance(node, Clause):
                node.style = chooser.style()
        english = [token for piece in _pick(chooser, self.english) for token in _say(piece, slots, "english")]
        french = [token for piece in _pick(chooser, self.french) for token in _say(piece, slots, "french")]
        if chooser.chance(_ASCRIBED) and "," not in english:
            source = chooser.source()
            english += source.english()
            french += source.french()
        return _capital(join_english(english)), _capital(join_french(french))


def _pick(chooser: Chooser, wordings: tuple[tuple, ...]) -> tuple:
    return wordings[0] if len(wordings) == 1 or chooser.chance(0.35) else chooser.one(wordings)


def _say(piece: tuple[str, str, str], slots: dict[str, Node], side: str) -> list[str]:
    slot, form, word = piece
    return [word] if word else getattr(slots[slot], side)(form)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _wordings(text: str) -> tuple[tuple, ...]:
    return tuple(tuple(_PIECE.findall(wording)) for wording in text.split(";"))


def frame(word: str, english: str, french: str, weight: float = 1.0, **fillers: Callable) -> None:
    """Adds a question frame. `weight` 1 is a set phrase with few variants; frames with whole clauses have more."""
    filled = tuple((name, filler, tuple(inspect.signature(filler).parameters)[1:]) for name, filler in fillers.items())
    FRAMES.append(Frame(word, _wordings(english), _wordings(french), filled, weight))


from . import what, when, where, which, who, whose, why  # noqa: E402,F401  they add their frames
