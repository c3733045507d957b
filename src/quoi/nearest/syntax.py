"""Arithmetic on words: `engine + boat`, `(beer + party) / 2`, `king - man + woman`, `"sailing boat" - sail`.

The grammar; spaces count only between words, and around a minus that follows a letter:

    sum     = product { ("+" | "-") product }
    product = factor { ("*" | "/") factor }
    factor  = "-" factor | "(" sum ")" | NUMBER | QUOTED | WORD { WORD }

Words side by side are a phrase, `sailing boat`, whose vector is the mean of theirs; a quoted phrase is the same and
may hold any characters: `"747"`, `'r2-d2 + c-3po'`. A hyphen, apostrophe, full stop or & right between a letter and
a letter or digit belongs to the word: `t-shirt`, `o'clock`, `covid-19`; so a minus between words needs a space before
it. A number is written with digits and a decimal point, and digits with letters, `3d`, are a word. `×`, `·`, `÷` and
`−` are understood.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from quoi.io.errors import QuoiError

LONGEST, DEEPEST = 1_000, 50
"""Characters of an expression, and parentheses or signs one inside the other."""

_SIGNS = str.maketrans("×·÷−’", "**/-'")
_QUOTES = {'"': '"', "'": "'", "“": "”"}
_TOKEN = re.compile(
    r"(?P<word>\d*[^\W\d_](?:[^\W_]|(?<=[^\W\d_])['.&-](?=[^\W_]))*)"
    r"|(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<operator>[-+*/()])|(?P<space>\s+)"
)
_ALLOWED = "words, numbers, + - * /, parentheses and quoted phrases are allowed"
_NEEDED = "a word, a number, a quoted phrase or ( is needed"


@dataclass(frozen=True)
class Number:
    """A number, as it was written."""

    text: str
    column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Phrase:
    """The mean of the vectors of its words."""

    words: tuple[str, ...]
    column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        text = " ".join(self.words)
        if all(_is_word(word) for word in self.words):
            return text
        return next(f"{left}{text}{right}" for left, right in _QUOTES.items() if left not in text and right not in text)


@dataclass(frozen=True)
class Negative:
    """Minus its operand."""

    operand: Node
    column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"-{_bracketed(self.operand)}"


@dataclass(frozen=True)
class Chain:
    """A sum (signs + and -) or a product (* and /) of two operands or more, from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]
    columns: tuple[int, ...] = field(default=(), compare=False)
    """Of the signs."""

    def __str__(self) -> str:
        parts = [self.first, *(operand for _, operand in self.rest)]
        in_product = self.rest[0][0] in "*/"
        shown = [_bracketed(part) if in_product or _is_sum(part) else str(part) for part in parts]
        return " ".join([shown[0], *(f"{sign} {each}" for (sign, _), each in zip(self.rest, shown[1:], strict=True))])


Node: TypeAlias = Number | Phrase | Negative | Chain


def parse(text: str) -> Node:
    """Read an expression; `parse(str(node)) == node`.

    Raises:
        QuoiError: it cannot be read; the message says at which column (counted from 1), and what is allowed there.
    """
    return _Parser(_tokens(text)).parsed()


def _tokens(text: str) -> list[tuple[str, str | tuple[str, ...], int]]:
    """Kind, content and column of each token; the last is the end."""
    if len(text) > LONGEST:
        raise QuoiError(f"The expression has {len(text):,} characters; at most {LONGEST:,} are allowed.")
    text = unicodedata.normalize("NFC", text)
    plain, place, tokens = text.translate(_SIGNS), 0, []
    while place < len(text):
        letter, column = text[place], place + 1
        if letter in _QUOTES:
            end = text.find(_QUOTES[letter], place + 1)
            if end < 0:
                raise error(column, f"a quoted phrase begins that no {_QUOTES[letter]} ends")
            words = tuple(text[place + 1 : end].split())
            if not words:
                raise error(column, "a quoted phrase is empty; it needs a word")
            tokens.append(("phrase", words, column))
            place = end + 1
        elif found := _TOKEN.match(plain, place):
            if found.lastgroup != "space":
                tokens.append((found.lastgroup, found[0], column))
            place = found.end()
        else:
            raise error(column, f"{letter!r} stands for nothing; {_ALLOWED}")
    return [*tokens, ("end", "", len(text) + 1)]


class _Parser:
    def __init__(self, tokens: list[tuple[str, str | tuple[str, ...], int]]) -> None:
        self.tokens, self.place, self.depth = tokens, 0, 0

    def parsed(self) -> Node:
        if len(self.tokens) == 1:
            raise QuoiError(f"The expression is empty; {_ALLOWED}.")
        node = self.chain("+-", lambda: self.chain("*/", self.factor))
        kind, content, column = self.tokens[self.place]
        if kind != "end":
            what = "a ) closes nothing" if content == ")" else "+ - * or / is missing before what follows"
            raise error(column, what)
        return node

    def chain(self, signs: str, operand: Callable[[], Node]) -> Node:
        first, rest, columns = operand(), [], []
        while (sign := self.next_is(*signs)) is not None:
            columns.append(self.tokens[self.place - 1][2])
            rest.append((sign, operand()))
        return Chain(first, tuple(rest), tuple(columns)) if rest else first

    def factor(self) -> Node:
        kind, content, column = self.tokens[self.place]
        if self.next_is("-", "("):
            self.depth += 1
            if self.depth > DEEPEST:
                raise error(column, f"more than {DEEPEST} parentheses and signs stand one inside the other")
            if content == "-":
                node: Node = Negative(self.factor(), column)
            else:
                node = self.chain("+-", lambda: self.chain("*/", self.factor))
                if not self.next_is(")"):
                    raise error(self.tokens[self.place][2], f"the ( of column {column} is not closed by a )")
            self.depth -= 1
            return node
        if kind not in ("word", "number", "phrase"):
            raise error(column, _NEEDED + (", and it ends there" if kind == "end" else f", not {content}"))
        self.place += 1
        if kind == "number":
            return Number(content, column)
        words = [content] if kind == "word" else list(content)
        while kind == "word" and self.tokens[self.place][0] == "word":
            words.append(self.tokens[self.place][1])
            self.place += 1
        return Phrase(tuple(words), column)

    def next_is(self, *operators: str) -> str | None:
        kind, content, _ = self.tokens[self.place]
        if kind != "operator" or content not in operators:
            return None
        self.place += 1
        return content


def error(column: int, what: str) -> QuoiError:
    """What is wrong with an expression, and at which column (counted from 1)."""
    return QuoiError(f"At column {column} of the expression, {what}.")


def _is_word(text: str) -> bool:
    found = _TOKEN.fullmatch(text)
    return found is not None and found.lastgroup == "word"


def _is_sum(node: Node) -> bool:
    return isinstance(node, Chain) and node.rest[0][0] in "+-"


def _bracketed(node: Node) -> str:
    return f"({node})" if isinstance(node, Chain) else str(node)
