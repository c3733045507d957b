"""Sentences for word vectors: which lines of the raw corpus are taken, and that no validation question is."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from quoi.corpus.monolingual import sentences
from quoi.corpus.slices import FileSlice
from quoi.corpus.vocabulary import SPECIALS, Vocabulary

WORDS = ("a", "b", "c", "d", "e", "who", "is", "it", "here", "?", ".")
VOCABULARY = Vocabulary((*SPECIALS, *WORDS))


def split(lines):
    return [re.findall(r"\w+|[^\w\s]", line.lower()) for line in lines]


def taken(path: Path, lines: list[str], kept_out=(), most: int = 1000, questions=(), seed: int = 0) -> list[str]:
    path.write_bytes(gzip.compress(b"\n".join(line.encode("utf-8", "surrogateescape") for line in lines), mtime=0))
    chosen = sentences(
        FileSlice(path), len(lines), most, np.array(questions, dtype=np.int64), kept_out, split, VOCABULARY, seed
    )
    return [" ".join(words) for words in chosen]


def test_clean_lines_are_taken_once_and_in_order(tmp_path: Path) -> None:
    lines = ["a b c.", "d e a.", "a b c.", "", "a b", "x y z a", "a b c d x", "a b c\0", "a b \udcff c", "c d e ."]
    assert taken(tmp_path / "t.gz", lines) == ["a b c .", "d e a .", "a b c d x", "c d e ."]


def test_questions_are_left_out_by_their_numbers(tmp_path: Path) -> None:
    assert taken(tmp_path / "t.gz", ["a b c", "b c d", "c d e"], questions=[2]) == ["a b c", "c d e"]


def test_a_validation_question_is_found_inside_a_line(tmp_path: Path) -> None:
    lines = ['"Who is  it here?" a b', "- who is it, here", "a who is it b", "who is it", "here a b c"]
    assert taken(tmp_path / "t.gz", lines, kept_out=["Who is it here?"]) == ["a who is it b", "who is it", "here a b c"]


def test_lines_are_drawn_from_all_of_the_text_the_same_with_the_same_seed(tmp_path: Path) -> None:
    lines = [f"{one} {two} {three}" for one in WORDS[:9] for two in WORDS[:9] for three in WORDS[:9]]
    few = taken(tmp_path / "t.gz", lines, most=60)
    assert len(few) == 60 and few == taken(tmp_path / "t.gz", lines, most=60)
    assert few != taken(tmp_path / "t.gz", lines, most=60, seed=1)
    places = [lines.index(line) for line in few]
    assert places == sorted(places) and places[0] < 100 and places[-1] > 600


word = st.sampled_from(WORDS[:6])
line = st.lists(word, min_size=1, max_size=7).map(" ".join)


@given(st.lists(line, min_size=1, max_size=12), st.lists(line, max_size=4))
def test_exactly_the_lines_without_a_question_stay(tmp_path_factory, lines: list[str], kept_out: list[str]) -> None:
    path = tmp_path_factory.mktemp("text") / "t.gz"
    long = [question for question in kept_out if len(question.split()) >= 3]
    assert taken(path, lines, kept_out) == [
        line
        for line in dict.fromkeys(lines)
        if len(line.split()) >= 3 and not any(f" {question} " in f" {line} " for question in long)
    ]


def test_in_a_text_without_spaces_every_letter_counts(tmp_path: Path) -> None:
    (tmp_path / "t").write_text("我在哪里\n你们在哪里\n不\n", encoding="utf-8")
    known = Vocabulary.from_sentences([list("我在哪里你们不")], 100)
    given = (
        FileSlice(tmp_path / "t"),
        3,
        10,
        np.array([], int),
        ["我在哪里？"],
        lambda texts: map(list, texts),
        known,
        0,
    )
    assert sentences(*given) == []
    assert sentences(*given, word=re.compile(r"\w")) == [list("你们在哪里")]
