"""What expressions are worth."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.io.errors import QuoiError
from quoi.nearest.expressions import evaluate, weights
from quoi.nearest.syntax import parse

VECTORS = {word: np.random.default_rng(n).standard_normal(5).astype("f4") for n, word in enumerate("abcd")}


def value(text: str) -> np.ndarray:
    return evaluate(parse(text), VECTORS.get, lambda word: ["a", "b"])


def refusal(text: str) -> str:
    with pytest.raises(QuoiError) as refused:
        value(text)
    return str(refused.value)


def test_words_sums_products_and_phrases():
    a, b, c = (VECTORS[word].astype(float) for word in "abc")
    assert np.allclose(value("a"), a)
    assert np.allclose(value("a + b - c"), a + b - c)
    assert np.allclose(value("(a + b) / 2"), (a + b) / 2)
    assert np.allclose(value("a b"), (a + b) / 2) and np.allclose(value("'a a b'"), (2 * a + b) / 3)
    assert np.allclose(value("-a * 3 + (2 + 1) * b / .5"), -3 * a + 6 * b)
    assert np.allclose(value("a - b - c"), a - b - c) and np.allclose(value("a - (b - c)"), a - b + c)
    assert np.allclose(value("a / 2 / 2 * 3"), a * 0.75)


def test_weights_are_exact():
    assert weights(parse("(a + b + c) / 3 - a / 3")) == {"a": 0, "b": Fraction(1, 3), "c": Fraction(1, 3)}
    assert weights(parse("0.1 * a + 0.2 * a - 0.3 * a")) == {"a": 0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a * b", "At column 3 of the expression, two vectors are multiplied; only a number can multiply a vector."),
        ("a b * (c + 1 * d)", "At column 5 of the expression, two vectors are multiplied; only a number can"),
        ("2 / a", "At column 3 of the expression, something is divided by a vector; only a number can divide."),
        ("a / (2 - 2)", "At column 3 of the expression, something is divided by zero."),
        ("a - 1", "At column 3 of the expression, a number and a vector are added; a number can only multiply or"),
        ("2 + 2", "The expression is a number; it needs at least one word, as in '2 * boat - ship'."),
        ("a - a", "Nothing is left of this expression: its vector is zero, which is near to no word."),
        ("(a + b + c) / 3 - a/3 - b/3 - c/3", "Nothing is left of this expression: its vector is zero,"),
        ("a * " + "9" * 900, "The numbers of this expression are too large to calculate with."),
        (f"a * {'9' * 308} * 9", "The numbers of this expression are too large to calculate with."),
        ("a + x", "There is no vector for 'x'; did you mean 'a' or 'b'?"),
        ("0 * x + a", "There is no vector for 'x'; did you mean 'a' or 'b'?"),
        ("a-b", "There is no word 'a-b'; a minus between words needs spaces around it: a - b."),
        ("a-x", "There is no vector for 'a-x'; did you mean 'a' or 'b'?"),
    ],
)
def test_what_cannot_be_calculated(text, said):
    assert refusal(text).startswith(said)


def test_nothing_spelled_alike():
    with pytest.raises(QuoiError, match=r"^There is no vector for 'x'\.$"):
        evaluate(parse("x"), VECTORS.get)


numbers = st.integers(1, 9).map(str) | st.sampled_from([".5", "2.25"])
expressions = st.recursive(
    st.sampled_from("abcd"),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from("+-"), inner)
        | st.builds("({} {} {})".format, inner, st.sampled_from("*/"), numbers)
        | st.builds("{} * {}".format, numbers, inner)
        | st.builds("-{}".format, inner)
    ),
    max_leaves=10,
)


@given(expressions)
def test_the_same_as_python_calculates(text):
    # Python's own arithmetic is the reference: its precedence is the grammar's, `--x` included.
    names = {word: vector.astype(float) for word, vector in VECTORS.items()}
    wanted = eval(text, {"__builtins__": {}}, names)
    if np.abs(wanted).max() < 1e-9:
        return
    assert np.allclose(value(text), wanted, rtol=1e-9, atol=1e-9)


@given(st.text(alphabet="abx12 .+-*/()'", max_size=30))
def test_nothing_but_a_vector_or_a_sentence(text):
    try:
        answer = value(text)
    except QuoiError as refused:
        assert "\n" not in str(refused)
    else:
        assert answer.shape == (5,) and np.isfinite(answer).all() and answer.any()
