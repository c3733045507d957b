"""What an expression of words is worth: a weighted sum of words, and its vector."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from quoi.io.errors import QuoiError
from quoi.nearest.syntax import Negative, Node, Number, Phrase, error

Lookup: TypeAlias = Callable[[str], "np.ndarray | None"]
Spellings: TypeAlias = Callable[[str], Sequence[str]]
Value: TypeAlias = "Fraction | dict[str, Fraction]"
"""A number, or the weight of each word."""


def weights(node: Node) -> dict[str, Fraction]:
    """The expression as a weighted sum of words: `(beer + party) / 2` is half of each. Exact: `boat - boat` is 0.

    Raises:
        QuoiError: vectors are multiplied, a vector and a number are added, something is divided by a vector or by
            zero, or the whole is a number; the message names the column.
    """
    value = _value(node)
    if isinstance(value, Fraction):
        raise QuoiError("The expression is a number; it needs at least one word, as in '2 * boat - ship'.")
    return value


def evaluate(node: Node, lookup: Lookup, spellings: Spellings = lambda word: ()) -> np.ndarray:
    """The vector of an expression.

    Args:
        lookup: the vector [d] of a word, or None.
        spellings: known words that are spelled alike, for the message.

    Returns:
        float64 [d]

    Raises:
        QuoiError: as `weights`; a word has no vector, or nothing is left, as of `boat - boat`.
    """
    factors = weights(node)
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


def _value(node: Node) -> Value:
    if isinstance(node, Number):
        return Fraction(node.text)
    if isinstance(node, Phrase):
        return {word: Fraction(count, len(node.words)) for word, count in Counter(node.words).items()}
    if isinstance(node, Negative):
        return _scaled(_value(node.operand), Fraction(-1))
    value = _value(node.first)
    for (sign, operand), column in zip(node.rest, node.columns or (0,) * len(node.rest), strict=True):
        value = _combined(value, sign, _value(operand), column)
    return value


def _combined(left: Value, sign: str, right: Value, column: int) -> Value:
    numbers = isinstance(left, Fraction), isinstance(right, Fraction)
    if sign in "+-":
        right = _scaled(right, Fraction(-1)) if sign == "-" else right
        if all(numbers):
            return left + right
        if any(numbers):
            raise error(column, "a number and a vector are added; a number can only multiply or divide a vector")
        return {word: left.get(word, Fraction()) + right.get(word, Fraction()) for word in left | right}
    if sign == "/":
        if not numbers[1]:
            raise error(column, "something is divided by a vector; only a number can divide")
        if right == 0:
            raise error(column, "something is divided by zero")
        return _scaled(left, 1 / right)
    if not any(numbers):
        raise error(column, "two vectors are multiplied; only a number can multiply a vector")
    return _scaled(left, right) if numbers[1] else _scaled(right, left)


def _scaled(value: Value, factor: Fraction) -> Value:
    if isinstance(value, Fraction):
        return value * factor
    return {word: each * factor for word, each in value.items()}


def _unknown(word: str, lookup: Lookup, spellings: Spellings) -> str:
    parts = word.split("-")
    if len(parts) > 1 and all(part and lookup(part) is not None for part in parts):
        return f"There is no word {word!r}; a minus between words needs spaces around it: {' - '.join(parts)}."
    close = " or ".join(repr(each) for each in spellings(word))
    return f"There is no vector for {word!r}" + (f"; did you mean {close}?" if close else ".")
