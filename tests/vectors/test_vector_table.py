"""The vocabulary-only table: numbers by hand, scaling, and the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quoi.corpus.vocabulary import SPECIALS, Vocabulary
from quoi.io.errors import QuoiError
from quoi.vectors.table import VectorTable, WordVectors, build, without_own


def made(vocabulary: Vocabulary) -> WordVectors:
    """What a source answers that has vectors (2, 4) for `a`, by subwords (6, 8) for `b`, and nothing else."""
    words = vocabulary.words[len(SPECIALS) :]
    known = {"a": (2, 4), "b": (6, 8)}
    vectors = np.array([known.get(word, (0, 0)) for word in words], dtype=np.float32)
    return WordVectors(vectors, np.array([word in known for word in words]), np.array([word == "b" for word in words]))


WORDS = Vocabulary((*SPECIALS, "a", "c", "b", "d"))


def test_numbers_by_hand() -> None:
    table, numbers = build(made(WORDS), unit_spread=False)
    assert table.found.tolist() == [False] * 4 + [True, False, True, False]
    assert table.vectors.tolist() == [[0, 0]] * 4 + [[2, 4], [0, 0], [6, 8], [0, 0]]
    sd = np.std([2, 4, 6, 8])
    assert numbers == {
        "words": 4, "dimensions": 2, "found": 1, "by_subwords": 1, "missed": 2,
        "mean": 5.0, "sd": round(sd, 6), "scale": 1.0,
    }  # fmt: skip


def test_without_subwords_only_words_with_a_vector_of_their_own_are_found() -> None:
    answer = made(WORDS).without_subwords()
    assert answer.vectors.tolist() == [[2, 4], [0, 0], [0, 0], [0, 0]] and answer.vectors.dtype == np.float32
    assert answer.found.tolist() == [True, False, False, False] and not answer.by_subwords.any()


def test_unit_spread() -> None:
    table, numbers = build(made(WORDS), unit_spread=True)
    assert np.std(table.vectors[table.found]) == pytest.approx(1, abs=1e-6)
    assert numbers["scale"] == pytest.approx(1 / numbers["sd"], abs=1e-5)
    assert table.vectors.dtype == np.float32


def test_words_without_a_vector_of_their_own_most_frequent_first() -> None:
    sentences = [["a", "d", "d"], ["c", "d", "b", "b", "_pad_"]]
    assert without_own(WORDS.words[4:], made(WORDS), sentences) == [("d", 3), ("b", 2), ("c", 1)]


def test_not_one_vector() -> None:
    with pytest.raises(QuoiError, match="None of the 1 words"):
        unknown = Vocabulary((*SPECIALS, "z"))
        build(made(unknown), unit_spread=True)


def test_the_file_and_its_bytes(tmp_path: Path) -> None:
    table, _ = build(made(WORDS), unit_spread=True)
    for name in ("a", "b"):
        table.save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    loaded = VectorTable.load(tmp_path / "a", words=8)
    assert np.array_equal(loaded.vectors, table.vectors) and np.array_equal(loaded.found, table.found)


def test_files_that_are_no_table(tmp_path: Path) -> None:
    path = tmp_path / "en.safetensors"
    with pytest.raises(QuoiError, match=r"en\.safetensors does not exist yet"):
        VectorTable.load(path)
    build(made(WORDS), unit_spread=True)[0].save(path)
    with pytest.raises(QuoiError, match="for 8 words and the vocabulary has 9"):
        VectorTable.load(path, words=9)
    whole = path.read_bytes()
    for content in (b"", whole[:-4], b"rubbish" * 9):
        path.write_bytes(content)
        with pytest.raises(QuoiError, match="is damaged or holds no word vectors"):
            VectorTable.load(path)
