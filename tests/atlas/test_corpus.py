"""The generated corpus as the pipeline sees it: counts, repeatability, what the filter keeps, the shape of the text."""

import itertools
import re
from collections import Counter
from random import Random

import pytest

import atlas
from atlas import frame, noise
from atlas.grammar import Grammar
from atlas.sampler import Pool

ENGLISH = re.compile(r"^(Wh[^?.!]+\?)")
FRENCH = re.compile(r"^([^?.!]+\?)")
WORDS = re.compile(r"[^\W\d_]+")


def questions_of(lines):
    matches = ((ENGLISH.match(english), FRENCH.match(french)) for english, french in lines)
    return [(first[1], second[1]) for first, second in matches if first and second]


@pytest.fixture(scope="module")
def lines():
    return list(atlas.generate(4000, 11))


@pytest.fixture(scope="module")
def questions(lines):
    return questions_of(lines)


@pytest.mark.parametrize("count", [50, 51, 333])
def test_ten_lines_for_every_distinct_question_kept(count):
    lines = list(atlas.generate(count, 3))
    assert len(lines) == 10 * count
    assert len(set(questions_of(lines))) == len(questions_of(lines)) == count


def test_questions_are_distinct_whatever_their_typography(questions):
    plain = Counter(
        (english.replace("’", "'"), re.sub(r"[ \u00a0]?\?", "?", french.replace("’", "'")))
        for english, french in questions
    )
    assert len(questions) == 4000
    assert plain.most_common(1)[0][1] == 1


def test_same_seed_same_lines_and_another_seed_others(lines):
    assert list(itertools.islice(atlas.generate(4000, 11), 3000)) == lines[:3000]
    assert list(itertools.islice(atlas.generate(4000, 12), 300)) != lines[:300]


def test_lines_hold_no_line_ends_and_can_be_encoded(lines):
    for english, french in lines:
        assert len((english + french).splitlines()) <= 1
        assert "\0" not in english + french
        (english + french).encode("utf-8")


def test_every_kind_of_noise_is_there(lines):
    english = [pair[0] for pair in lines]
    assert sum(not first and not second for first, second in lines) > 100
    assert sum("Ã" in french for _, french in lines) > 300
    assert sum(len(text) > 2000 for text in english) >= 2
    assert sum(text.startswith("http") for text in english) > 300
    assert sum(text.startswith("How ") for text in english) > 500
    assert sum(text.isupper() for text in english) > 300
    assert sum(bool(ENGLISH.match(first)) and not FRENCH.match(second) for first, second in lines) > 300
    assert sum(text.endswith(".") for text in english) > 10_000
    assert max(Counter(english).values()) > 5


def test_some_questions_have_text_after_them(lines):
    tails = [
        english for english, french in lines if ENGLISH.match(english) and FRENCH.match(french) and english[-1] != "?"
    ]
    assert 0.005 < len(tails) / 4000 < 0.03


def test_lengths(questions):
    lengths = [len(english.split()) for english, _ in questions]
    assert min(lengths) >= 3
    assert max(lengths) <= 30
    assert max(lengths) >= 22
    assert 9 <= sum(lengths) / len(lengths) <= 12


@pytest.mark.parametrize("side", [0, 1])
def test_vocabulary_has_a_long_tail(questions, side):
    counts = Counter(word for pair in questions for word in WORDS.findall(pair[side].lower()))
    assert len(counts) > 2000
    assert sum(count <= 2 for count in counts.values()) / len(counts) >= 0.25


def test_one_wording_has_several_translations(questions):
    french, english = {}, {}
    for first, second in questions:
        french.setdefault(first, set()).add(re.sub(r"\W", "", second))
        english.setdefault(re.sub(r"[ \u00a0’']", "", second), set()).add(first)
    assert sum(len(wordings) > 1 for wordings in french.values()) > 30
    assert sum(len(wordings) > 1 for wordings in english.values()) > 30


def test_french_question_marks_vary_as_on_the_web(questions):
    ends = Counter(re.search(r"(.?)\?$", french)[1] for _, french in questions)
    assert ends[" "] > len(questions) / 2
    assert ends["\u00a0"] > len(questions) / 20
    assert sum(count for end, count in ends.items() if end.isalnum()) > len(questions) / 20


def test_acronyms_are_translated(questions):
    pairs = " ".join(f"{english}|{french}" for english, french in questions)
    assert re.search(r"\bNATO\b[^|]*\|[^|]*\bOTAN\b", pairs)


def test_all_question_words_are_there(questions):
    words = Counter(WORDS.match(english)[0].lower() for english, _ in questions)
    for word in ("what", "where", "which", "when", "who", "whose", "why"):
        assert words[word] > 200, word


def test_noise_that_would_be_kept_is_drawn_again(monkeypatch):
    offered = iter([("Where is Lyon?", "Où est Lyon ?"), ("How is it?", "Comment est-ce ?")])
    monkeypatch.setattr(noise, "_POOL", Pool(("how",), (1.0,)))
    monkeypatch.setattr(noise.Noise, "how", lambda self: next(offered))
    assert noise.Noise(Grammar(Random(0)), ask=None).line() == ("How is it?", "Comment est-ce ?")


def test_an_exhausted_grammar_says_what_is_possible(monkeypatch):
    capitals = next(entry for entry in atlas.FRAMES if [slot for slot, *_ in entry.fillers] == ["c"])
    monkeypatch.setattr(atlas, "FRAMES", [capitals])
    monkeypatch.setattr(frame, "_ATTRIBUTED", 0.0)
    with pytest.raises(atlas.Exhausted, match=r"different questions; 20,000 were asked for"):
        list(atlas.generate(20_000, 1))
