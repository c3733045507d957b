"""Arithmetic on words: `engine + boat`, `(beer + party) / 2`, `king - man + woman`, `"sailing boat" - sail`.

Python's own parser reads it, once every number, word and phrase has become a name. Spaces count only between words,
and around a minus that follows a letter.

Words side by side are a phrase, `sailing boat`, whose vector is the mean of theirs; a quoted phrase is the same and
may hold any characters: `"747"`, `'r2-d2 + c-3po'`. A hyphen, apostrophe, full stop or & right between a letter and
a letter or digit belongs to the word: `t-shirt`, `o'clock`, `covid-19`; so a minus between words needs a space before
it. A number is written with digits and a decimal point, and digits with letters, `3d`, are a word. `×`, `·`, `÷` and
`−` are understood.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from quoi.io.errors import QuoiError

LONGEST = 1_000
"""Characters of an expression."""

_SIGNS = str.maketrans("×·÷−’", "**/-'")
_WORD = r"\d*[^\W\d_](?:[^\W_]|(?<=[^\W\d_])['.&-](?=[^\W_]))*"
_TOKEN = re.compile(
    rf"(?P<words>{_WORD}(?:\s+{_WORD})*)|(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<operator>[-+*/()])"
    r"""|(?P<quoted>"[^"]*"|'[^']*'|“[^”]*”)|(?P<space>\s+)|(?P<other>.)""",
    re.DOTALL,
)
_ALLOWED = "words, numbers, + - * /, parentheses and quoted phrases are allowed"

Lookup: TypeAlias = Callable[[str], "np.ndarray | None"]
Spellings: TypeAlias = Callable[[str], Sequence[str]]
Weights: TypeAlias = dict[str, Fraction]
"""The weight of each word; a number is the weight of no word, ""."""


def weights(text: str) -> Weights:
    """An expression as a weighted sum of words: `(beer + party) / 2` is half of each. Exact: `boat - boat` is 0.

    Raises:
        QuoiError: it cannot be read, vectors are multiplied, a vector and a number are added, something is divided by
            a vector or by zero, or the whole is a number.
    """
    if len(text) > LONGEST:
        raise QuoiError(f"The expression has {len(text):,} characters; at most {LONGEST:,} are allowed.")
    text = unicodedata.normalize("NFC", text)
    try:
        value = _value(*_parsed(text))
    except (SyntaxError, RecursionError, MemoryError):
        raise QuoiError(f"{text!r} cannot be read as an expression: {_ALLOWED}.") from None
    number = value.pop("", 0)
    if not value:
        raise QuoiError("The expression is a number; it needs at least one word, as in '2 * boat - ship'.")
    if number:
        raise QuoiError("A number and a vector are added; a number can only multiply or divide a vector.")
    return value


def evaluate(factors: Mapping[str, Fraction], lookup: Lookup, spellings: Spellings = lambda word: ()) -> np.ndarray:
    """The vector of a weighted sum of words.

    Args:
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


def _parsed(text: str) -> tuple[ast.expr, dict[str, Weights]]:
    """The expression with a name in place of each number and phrase, and what these are worth.

    Raises:
        SyntaxError: it holds anything else.
    """
    spelled, leaves = [], {}
    for match in _TOKEN.finditer(text.translate(_SIGNS)):
        if match.lastgroup == "operator":
            spelled.append(match[0])
        elif match.lastgroup != "space":
            spelled.append(f"_{len(leaves)}")
            quoted = text[match.start() + 1 : match.end() - 1]
            leaves[spelled[-1]] = _leaf(match.lastgroup, quoted if match.lastgroup == "quoted" else match[0])
    return ast.parse(" ".join(spelled), mode="eval").body, leaves


def _leaf(kind: str, text: str) -> Weights:
    if kind == "number":
        return {"": Fraction(text)}
    words = text.split()
    if kind == "other" or not words:
        raise SyntaxError
    return {word: Fraction(count, len(words)) for word, count in Counter(words).items()}


def _value(node: ast.expr, leaves: Mapping[str, Weights]) -> Weights:
    """What a part of the expression is worth.

    Raises:
        SyntaxError: it is Python, but no arithmetic on words.
    """
    match node:
        case ast.Name(name):
            return leaves[name]
        case ast.UnaryOp(ast.USub(), operand):
            return _scaled(_value(operand, leaves), Fraction(-1))
        case ast.BinOp(one, ast.Add() | ast.Sub() as operator, other):
            left, right = _value(one, leaves), _value(other, leaves)
            sign = 1 if isinstance(operator, ast.Add) else -1
            return {word: left.get(word, Fraction()) + sign * right.get(word, Fraction()) for word in left | right}
        case ast.BinOp(one, ast.Mult(), other):
            left, right = _value(one, leaves), _value(other, leaves)
            if left.keys() == {""}:
                left, right = right, left
            if right.keys() != {""}:
                raise QuoiError("Two vectors are multiplied; only a number can multiply a vector.")
            return _scaled(left, right[""])
        case ast.BinOp(one, ast.Div(), other):
            left, right = _value(one, leaves), _value(other, leaves)
            if right.keys() != {""} or right[""] == 0:
                raise QuoiError("Something is divided by a vector or by zero; only another number can divide.")
            return _scaled(left, 1 / right[""])
    raise SyntaxError


def _scaled(value: Weights, factor: Fraction) -> Weights:
    return {word: weight * factor for word, weight in value.items()}


def _unknown(word: str, lookup: Lookup, spellings: Spellings) -> str:
    parts = word.split("-")
    if len(parts) > 1 and all(part and lookup(part) is not None for part in parts):
        return f"There is no word {word!r}; a minus between words needs spaces around it: {' - '.join(parts)}."
    close = " or ".join(map(repr, spellings(word)))
    return f"There is no vector for {word!r}" + (f"; did you mean {close}?" if close else ".")
