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
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

import numpy as np

from quoi.io.errors import QuoiError

LONGEST, DEEPEST = 1_000, 50
"""Characters of an expression, and parentheses or signs one inside the other."""

_SIGNS = str.maketrans("×·÷−’", "**/-'")
_TOKEN = re.compile(
    r"(?P<word>\d*[^\W\d_](?:[^\W_]|(?<=[^\W\d_])['.&-](?=[^\W_]))*)"
    r"|(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<operator>[-+*/()])|(?P<space>\s+)"
)
_QUOTES = {'"': '"', "'": "'", "“": "”"}
_ALLOWED = "words, numbers, + - * /, parentheses and quoted phrases are allowed"

Lookup: TypeAlias = Callable[[str], "np.ndarray | None"]
Spellings: TypeAlias = Callable[[str], Sequence[str]]
Value: TypeAlias = "Fraction | dict[str, Fraction]"
"""A number, or the weight of each word."""


def weights(text: str) -> dict[str, Fraction]:
    """An expression as a weighted sum of words: `(beer + party) / 2` is half of each. Exact: `boat - boat` is 0.

    Raises:
        QuoiError: it cannot be read, vectors are multiplied, a vector and a number are added, something is divided by
            a vector or by zero, or the whole is a number; the message names the column, counted from 1.
    """
    value = _Parser(_tokens(text)).whole()
    if isinstance(value, Fraction):
        raise QuoiError("The expression is a number; it needs at least one word, as in '2 * boat - ship'.")
    return value


def evaluate(factors: Mapping[str, Fraction], lookup: Lookup, spellings: Spellings = lambda word: ()) -> np.ndarray:
    """The vector of a weighted sum of words.

    Args:
        factors: as `weights` returns them.
        lookup: the vector [d] of a word, or None.
        spellings: known words that are spelled alike, for the message.

    Returns:
        float64 [d]

    Raises:
        QuoiError: a word has no vector, or nothing is left, as of `boat - boat`.
    """
    vectors = {word: lookup(word) for word in factors}
    for word, vector in vectors.items():
        if vector is None:
            raise QuoiError(_unknown(word, lookup, spellings))
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            total = sum(float(factor) * vectors[word].astype(np.float64) for word, factor in factors.items())
    except OverflowError:
        total = np.full(1, np.inf)
    if not np.isfinite(total).all():
        raise QuoiError("The numbers of this expression are too large to calculate with.")
    if not total.any():
        raise QuoiError("Nothing is left of this expression: its vector is zero, which is near to no word.")
    return total


class _Token(NamedTuple):
    kind: str
    """`word`, `number`, `operator`, `phrase` (which was quoted) or `end`."""
    text: str
    column: int


def _tokens(text: str) -> list[_Token]:
    if len(text) > LONGEST:
        raise QuoiError(f"The expression has {len(text):,} characters; at most {LONGEST:,} are allowed.")
    text = unicodedata.normalize("NFC", text)
    plain, place, tokens = text.translate(_SIGNS), 0, []
    while place < len(text):
        letter, column = text[place], place + 1
        if letter in _QUOTES:
            end = text.find(_QUOTES[letter], place + 1)
            if end < 0:
                raise _error(column, f"a quoted phrase begins that no {_QUOTES[letter]} ends")
            if not text[place + 1 : end].strip():
                raise _error(column, "a quoted phrase is empty; it needs a word")
            tokens.append(_Token("phrase", text[place + 1 : end], column))
            place = end + 1
        elif match := _TOKEN.match(plain, place):
            if match.lastgroup != "space":
                tokens.append(_Token(match.lastgroup, match[0], column))
            place = match.end()
        else:
            raise _error(column, f"{letter!r} stands for nothing; {_ALLOWED}")
    if not tokens:
        raise QuoiError(f"The expression is empty; {_ALLOWED}.")
    return [*tokens, _Token("end", "", len(text) + 1)]


class _Parser:
    """Reads the grammar from left to right, and calculates while it reads."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens, self.place, self.depth = tokens, 0, 0

    def whole(self) -> Value:
        value = self.sum()
        kind, text, column = self.tokens[self.place]
        if kind != "end":
            raise _error(column, "a ) closes nothing" if text == ")" else "+ - * or / is missing before what follows")
        return value

    def sum(self) -> Value:
        value = self.product()
        while sign := self.next_is("+", "-"):
            value = _added(value, self.product(), sign)
        return value

    def product(self) -> Value:
        value = self.factor()
        while sign := self.next_is("*", "/"):
            value = _multiplied(value, self.factor(), sign)
        return value

    def factor(self) -> Value:
        if opening := self.next_is("-", "("):
            self.depth += 1
            if self.depth > DEEPEST:
                raise _error(opening.column, f"more than {DEEPEST} parentheses and signs stand one inside the other")
            if opening.text == "-":
                value = _scaled(self.factor(), Fraction(-1))
            else:
                value = self.sum()
                if not self.next_is(")"):
                    column = self.tokens[self.place].column
                    raise _error(column, f"the ( of column {opening.column} is not closed by a )")
            self.depth -= 1
            return value
        token = self.tokens[self.place]
        if token.kind not in ("word", "number", "phrase"):
            instead = "and it ends there" if token.kind == "end" else f"not {token.text}"
            raise _error(token.column, f"a word, a number, a quoted phrase or ( is needed, {instead}")
        self.place += 1
        if token.kind == "number":
            return Fraction(token.text)
        words = token.text.split()
        while token.kind == "word" and self.tokens[self.place].kind == "word":
            words.append(self.tokens[self.place].text)
            self.place += 1
        return {word: Fraction(count, len(words)) for word, count in Counter(words).items()}

    def next_is(self, *operators: str) -> _Token | None:
        """Step over the next token and return it, if it is one of these."""
        token = self.tokens[self.place]
        if token.kind != "operator" or token.text not in operators:
            return None
        self.place += 1
        return token


def _added(left: Value, right: Value, sign: _Token) -> Value:
    if isinstance(left, Fraction) != isinstance(right, Fraction):
        raise _error(sign.column, "a number and a vector are added; a number can only multiply or divide a vector")
    right = _scaled(right, Fraction(1 if sign.text == "+" else -1))
    if isinstance(left, Fraction):
        return left + right
    return {word: left.get(word, Fraction()) + right.get(word, Fraction()) for word in left | right}


def _multiplied(left: Value, right: Value, sign: _Token) -> Value:
    if sign.text == "/":
        if not isinstance(right, Fraction):
            raise _error(sign.column, "something is divided by a vector; only a number can divide")
        if right == 0:
            raise _error(sign.column, "something is divided by zero")
        return _scaled(left, 1 / right)
    if isinstance(right, Fraction):
        return _scaled(left, right)
    if isinstance(left, Fraction):
        return _scaled(right, left)
    raise _error(sign.column, "two vectors are multiplied; only a number can multiply a vector")


def _scaled(value: Value, factor: Fraction) -> Value:
    if isinstance(value, Fraction):
        return value * factor
    return {word: weight * factor for word, weight in value.items()}


def _error(column: int, what: str) -> QuoiError:
    return QuoiError(f"At column {column} of the expression, {what}.")


def _unknown(word: str, lookup: Lookup, spellings: Spellings) -> str:
    parts = word.split("-")
    if len(parts) > 1 and all(part and lookup(part) is not None for part in parts):
        return f"There is no word {word!r}; a minus between words needs spaces around it: {' - '.join(parts)}."
    close = " or ".join(map(repr, spellings(word)))
    return f"There is no vector for {word!r}" + (f"; did you mean {close}?" if close else ".")
