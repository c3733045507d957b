"""Expressions as text: what can be read, what it is worth, and how anything else is refused."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.io.errors import QuoiError
from quoi.nearest.expressions import LONGEST, evaluate, weights

VECTORS = {word: np.random.default_rng(n).standard_normal(5).astype("f4") for n, word in enumerate("abcd")}


def value(text: str) -> np.ndarray:
    return evaluate(weights(text), VECTORS.get, lambda word: ["a", "b"])


def refusal(text: str) -> str:
    with pytest.raises(QuoiError) as refused:
        value(text)
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("boat", {"boat": 1}),
        ("engine + boat", {"engine": 1, "boat": 1}),
        ("boat-ship", {"boat-ship": 1}),
        ("boat - ship", {"boat": 1, "ship": -1}),
        ("boat -ship", {"boat": 1, "ship": -1}),
        ("boat- ship", {"boat": 1, "ship": -1}),
        ("-boat", {"boat": -1}),
        ("2*boat", {"boat": 2}),
        ("boat*2-ship", {"boat": 2, "ship": -1}),
        ("boat × .5 ÷ 2 − ship", {"boat": Fraction(1, 4), "ship": -1}),
        ("sailing boat", {"sailing": Fraction(1, 2), "boat": Fraction(1, 2)}),
        ('"sailing  boat"', {"sailing": Fraction(1, 2), "boat": Fraction(1, 2)}),
        ("“sailing boat”", {"sailing": Fraction(1, 2), "boat": Fraction(1, 2)}),
        ("'a + b'", {"a": Fraction(1, 3), "+": Fraction(1, 3), "b": Fraction(1, 3)}),
        ("'747'", {"747": 1}),
        ("t-shirt o’clock o'clock u.s", {"t-shirt": Fraction(1, 4), "o'clock": Fraction(1, 2), "u.s": Fraction(1, 4)}),
        ("r&b covid-19 3d", {"r&b": Fraction(1, 3), "covid-19": Fraction(1, 3), "3d": Fraction(1, 3)}),
        ("((boat))", {"boat": 1}),
        ("(boat + ship) / 2", {"boat": Fraction(1, 2), "ship": Fraction(1, 2)}),
        ("e\u0301té", {"été": 1}),
    ],
)
def test_what_is_read(text, words):
    assert weights(text) == words


@pytest.mark.parametrize(
    "text",
    ["", " \t ", "boat +", "+ boat", "boat ** 2", "boat // 2", "()", "(boat", "boat)", "boat) + (ship", "2 boat",
     "boat 2", "boat (ship)", "boat, ship", 'boat "ship"', 'boat"ship"', "1.2.3 * boat", 'boat + "ship', 'boat + " "',
     "boat @ ship", "__import__('os')", "_0", "boat\x00", "boat\udcff", "(" * 300 + "boat" + ")" * 300,
     "-" * 990 + "boat"],
)  # fmt: skip
def test_what_cannot_be_read(text):
    assert refusal(text).startswith(f"{text!r} cannot be read as an expression: words, numbers, + - * /, parenth")


def test_as_long_as_is_allowed():
    assert weights("+".join(["a"] * (LONGEST // 2))) == {"a": LONGEST // 2}
    assert refusal("x" * (LONGEST + 1)) == "The expression has 1,001 characters; at most 1,000 are allowed."


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
    assert weights("(a + b + c) / 3 - a / 3") == {"a": 0, "b": Fraction(1, 3), "c": Fraction(1, 3)}
    assert weights("0.1 * a + 0.2 * a - 0.3 * a") == {"a": 0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a * b", "Two vectors are multiplied; only a number can multiply a vector."),
        ("a b * (c + 1 * d)", "Two vectors are multiplied; only a number can"),
        ("2 / a", "Something is divided by a vector or by zero; only another number can divide."),
        ("a / (2 - 2)", "Something is divided by a vector or by zero;"),
        ("a - 1", "A number and a vector are added; a number can only multiply or"),
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
        evaluate(weights("x"), VECTORS.get)


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


@given(st.text(max_size=60) | st.text(alphabet="ab1.2 +-*/()\"'“”’−_", max_size=40))
def test_nothing_but_a_vector_or_a_sentence(text):
    try:
        answer = value(text)
    except QuoiError as refused:
        assert "\n" not in str(refused)
    else:
        assert answer.shape == (5,) and np.isfinite(answer).all() and answer.any()
