"""The first words of a file of vectors, with all their numbers: what a search may name."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from quoi.corpus import slices
from quoi.io.errors import QuoiError
from quoi.vectors.fasttext_bin import BinaryModel
from quoi.vectors.text_file import TextFile
from tests.vectors.conftest import Model, vec

WORDS = {f"word{number}": [number, number / 2, -number] for number in range(300)}


def first_words(source: TextFile | BinaryModel, count: int) -> dict[str, list[float]]:
    words: dict[str, list[float]] = {}
    for names, vectors in source.frequent(count):
        assert vectors.dtype == np.float32 and len(names) == len(vectors) > 0
        words |= dict(zip(names, vectors.tolist(), strict=True))
    return words


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "BLOCK", 100)


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("count", [1, 5, 299, 300, 1000])
def test_the_first_rows(tmp_path: Path, header: bool, count: int) -> None:
    path = tmp_path / "v.gz"
    path.write_bytes(gzip.compress(vec(WORDS, header)))
    expected = dict(list(WORDS.items())[:count])
    words = first_words(TextFile(path, header), count)
    assert words == expected and list(words) == list(expected)


def test_the_file_is_read_no_further_than_needed(tmp_path: Path) -> None:
    path = tmp_path / "v.txt"
    path.write_bytes(vec(WORDS, header=False) + b"damaged\n" * 1000)
    assert len(first_words(TextFile(path, header=False), 290)) == 290
    with pytest.raises(QuoiError, match=r"line 301: after the word 3 numbers"):
        first_words(TextFile(path, header=False), 301)


def test_repeated_words_and_those_that_are_no_text_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "v.txt"
    filling = vec({f"w{number}": [0.0, 0.0] for number in range(40)}, header=False)
    path.write_bytes(b"a 1 2\n\xff\xfe 3 4\na 5 6\n" + filling + b"a 7 8\nb 9 10\n")
    words = first_words(TextFile(path, header=False), 42)
    assert (len(words), words["a"], words["b"]) == (42, [1, 2], [9, 10])


def test_text_in_place_of_a_number_and_a_file_that_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "v.vec"
    path.write_bytes(vec(WORDS).replace(b"word7 7 3.5", b"word7 7 x"))
    with pytest.raises(QuoiError, match=r"line 9: what follows 'word7' are no finite decimal numbers"):
        first_words(TextFile(path, header=True), 300)
    path.write_bytes(vec(WORDS).rsplit(b"\n", 2)[0] + b"\n")
    with pytest.raises(QuoiError, match=r"line 1 promises 300 words, and there are 299"):
        first_words(TextFile(path, header=True), 300)


def test_what_a_look_up_has_counted_stays(tmp_path: Path) -> None:
    path = tmp_path / "v.vec"
    path.write_bytes(vec(WORDS))
    source = TextFile(path, header=True)
    source.lookup(["word7"])
    first_words(source, 2)
    assert (source.words, source.dimensions) == (300, 3)


@pytest.mark.parametrize("count", [1, 4, 1000])
def test_the_first_words_of_a_model(model: Model, count: int) -> None:
    names = model.trained.model.get_words()[:count]
    words = first_words(BinaryModel(model.path), count)
    assert list(words) == names and len(names) == min(count, 10)
    assert np.array_equal(np.float32(list(words.values())), model.trained.lookup(names).vectors)
