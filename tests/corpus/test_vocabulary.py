"""Ids, special words and the file with one word a line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.corpus.vocabulary import BOS, EOS, PAD, SPECIALS, UNK, Vocabulary
from quoi.io.errors import QuoiError

SENTENCES = [["b", "a", "c"], ["a", "c"], ["a", "d"]]


def test_most_common_first_and_equals_as_they_were_seen() -> None:
    assert Vocabulary.from_sentences(SENTENCES, 10).words == (*SPECIALS, "a", "c", "b", "d")
    assert Vocabulary.from_sentences(SENTENCES, 2).words == (*SPECIALS, "a", "c")
    assert tuple(SPECIALS.index(word) for word in ("_bos_", "_pad_", "_eos_", "_unk_")) == (BOS, PAD, EOS, UNK)


def test_encode_ends_with_the_marker_and_decode_stops_there() -> None:
    words = Vocabulary.from_sentences(SENTENCES, 2)
    assert words.encode(["c", "b", "a"]) == [5, UNK, 4, EOS]
    assert words.decode([5, UNK, 4, EOS, 4, 4]) == ["c", "_unk_", "a"]
    assert words.encode([]) == [EOS]


def test_special_words_in_a_text_are_unknown() -> None:
    words = Vocabulary.from_sentences([["_eos_", "a", "_pad_", "_bos_", "_unk_"]] * 3, 10)
    assert words.words == (*SPECIALS, "a")
    assert words.encode(["_eos_", "a", "_pad_", "_bos_"]) == [UNK, 4, UNK, UNK, EOS]
    assert "_eos_" not in words and "a" in words


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), unique=True))
def test_any_words_survive_the_file(tmp_path_factory, words: list[str]) -> None:
    path = tmp_path_factory.mktemp("vocabulary") / "en.txt"
    vocabulary = Vocabulary((*SPECIALS, *(word for word in words if word not in SPECIALS)))
    vocabulary.save(path)
    assert Vocabulary.load(path).words == vocabulary.words
    assert len(path.read_text(encoding="utf-8").splitlines()) == len(vocabulary)


@given(st.lists(st.lists(st.sampled_from("abcdefg"))), st.integers(1, 8))
def test_known_words_survive_encoding(sentences: list[list[str]], size: int) -> None:
    words = Vocabulary.from_sentences(sentences, size)
    assert len(words) <= size + len(SPECIALS)
    for sentence in sentences:
        assert words.decode(words.encode(sentence)) == [word if word in words else "_unk_" for word in sentence]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "begins with _bos_ _pad_ _eos_ _unk_"),
        (b"_pad_\n_bos_\n_eos_\n_unk_\na\n", "begins with"),
        (b"_bos_\n_pad_\n_eos_\n_unk_\n\xff\n", "is not a vocabulary: .* in position 24"),
    ],
)
def test_files_that_are_no_vocabulary(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "en.txt"
    path.write_bytes(content)
    with pytest.raises(QuoiError, match=said):
        Vocabulary.load(path)


def test_absent_file(tmp_path: Path) -> None:
    with pytest.raises(QuoiError, match=r"en\.txt does not exist yet: run `dvc repro`"):
        Vocabulary.load(tmp_path / "en.txt")
