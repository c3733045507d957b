"""Expressions as text: what can be read, what it means, and how anything else is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.io.errors import QuoiError
from quoi.nearest.syntax import DEEPEST, LONGEST, Chain, Negative, Number, Phrase, parse

boat, ship = Phrase(("boat",)), Phrase(("ship",))


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("boat", boat),
        ("engine + boat", Chain(Phrase(("engine",)), (("+", boat),))),
        ("boat-ship", Phrase(("boat-ship",))),
        ("boat - ship", Chain(boat, (("-", ship),))),
        ("boat -ship", Chain(boat, (("-", ship),))),
        ("boat- ship", Chain(boat, (("-", ship),))),
        ("-boat", Negative(boat)),
        ("2*boat", Chain(Number("2"), (("*", boat),))),
        ("boat*2-ship", Chain(Chain(boat, (("*", Number("2")),)), (("-", ship),))),
        ("boat × .5 ÷ 2 − ship", Chain(Chain(boat, (("*", Number(".5")), ("/", Number("2")))), (("-", ship),))),
        ("sailing boat", Phrase(("sailing", "boat"))),
        ('"sailing  boat"', Phrase(("sailing", "boat"))),
        ("“sailing boat”", Phrase(("sailing", "boat"))),
        ("'a + b'", Phrase(("a", "+", "b"))),
        ("'747'", Phrase(("747",))),
        ("t-shirt o’clock o'clock u.s", Phrase(("t-shirt", "o'clock", "o'clock", "u.s"))),
        ("r&b covid-19 3d", Phrase(("r&b", "covid-19", "3d"))),
        ("((boat))", boat),
        ("(boat + ship) / 2", Chain(Chain(boat, (("+", ship),)), (("/", Number("2")),))),
        ("e\u0301té", Phrase(("été",))),
    ],
)  # fmt: skip
def test_what_is_read(text, node):
    assert parse(text) == node


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The expression is empty; words,"),
        (" \t ", "The expression is empty; words,"),
        ("boat +", "At column 7 of the expression, a word, a number, a quoted phrase or ( is needed, and it"),
        ("+ boat", "At column 1 of the expression, a word, a number, a quoted phrase or ( is needed, not +."),
        ("boat ** 2", "At column 7 of the expression, a word, a number, a quoted phrase or ( is needed, not *."),
        ("()", "At column 2 of the expression, a word, a number, a quoted phrase or ( is needed, not )."),
        ("(boat", "At column 6 of the expression, the ( of column 1 is not closed by a )."),
        ("boat)", "At column 5 of the expression, a ) closes nothing."),
        ("2 boat", "At column 3 of the expression, + - * or / is missing before what follows."),
        ("boat 2", "At column 6 of the expression, + - * or / is missing before what follows."),
        ('boat "ship"', "At column 6 of the expression, + - * or / is missing before what follows."),
        ('boat + "ship', 'At column 8 of the expression, a quoted phrase begins that no " ends.'),
        ('boat + " "', "At column 8 of the expression, a quoted phrase is empty; it needs a word."),
        ("boat @ ship", "At column 6 of the expression, '@' stands for nothing; words, numbers,"),
        ("__import__('os')", "At column 1 of the expression, '_' stands for nothing; words, numbers,"),
        ("boat\x00", r"At column 5 of the expression, '\x00' stands for nothing; words, numbers,"),
        ("boat\udcff", r"At column 5 of the expression, '\udcff' stands for nothing; words, numbers,"),
        ("x" * (LONGEST + 1), "The expression has 1,001 characters; at most 1,000 are allowed."),
        ("(" * 60 + "boat" + ")" * 60, "At column 51 of the expression, more than 50 parentheses and signs stand one"),
        ("-" * 60 + "boat", "At column 51 of the expression, more than 50 parentheses and signs stand one inside"),
    ],
)  # fmt: skip
def test_what_is_refused(text, said):
    with pytest.raises(QuoiError) as refused:
        parse(text)
    assert str(refused.value).startswith(said) and str(refused.value).endswith(".")


def test_as_deep_and_as_long_as_is_allowed():
    assert parse("(" * DEEPEST + "boat" + ")" * DEEPEST) == boat
    long = "+".join(["a"] * (LONGEST // 2))
    assert len(parse(long).rest) == LONGEST // 2 - 1


@given(st.text(max_size=60) | st.text(alphabet="ab1.2 +-*/()\"'“”’−_", max_size=40))
def test_anything_is_read_or_refused_and_what_is_read_can_be_written_again(text):
    try:
        node = parse(text)
    except QuoiError as refused:
        assert "\n" not in str(refused)
        return
    assert parse(str(node)) == node


words = st.from_regex(r"[^\W\d_]{1,6}(-[^\W\d_]{1,3})?", fullmatch=True).filter(lambda word: parse_as_one(word))
quoted = st.text(alphabet="ab+-*() 7'", min_size=1, max_size=8).filter(lambda text: text.split())


def parse_as_one(word: str) -> bool:
    try:
        return parse(word) == Phrase((word,))
    except QuoiError:  # letters that NFC changes or takes apart
        return False


leaves = (
    st.builds(lambda number: Number(f"{number}"), st.integers(0, 10**6))
    | st.builds(lambda *parts: Number(".".join(parts)), st.sampled_from(["0", "12"]), st.sampled_from(["5", "25"]))
    | st.builds(lambda each: Phrase(tuple(each)), st.lists(words, min_size=1, max_size=3))
    | st.builds(lambda text: Phrase(tuple(text.split())), quoted)
)


def chains(nodes):
    def of(signs):
        return st.builds(
            lambda first, rest: Chain(first, tuple(rest)),
            nodes,
            st.lists(st.tuples(st.sampled_from(signs), nodes), min_size=1, max_size=3),
        )

    return of("+-") | of("*/") | st.builds(Negative, nodes)


@given(st.recursive(leaves, chains, max_leaves=12))
def test_what_is_written_is_read_as_the_same(node):
    text = str(node)
    if len(text) <= LONGEST:
        assert parse(text) == node
