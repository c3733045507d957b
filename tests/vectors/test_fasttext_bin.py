"""fastText's .bin files: what is read from them, and that a bad one is refused before fastText sees it."""

from __future__ import annotations

import random
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from quoi.io.errors import QuoiError
from quoi.vectors import fasttext_bin
from quoi.vectors.fasttext_bin import BinaryModel, available_memory, inspect
from tests.vectors.conftest import Model

WORDS = ["où", "\u00a0", "heures", "", "?"]
HEAD = 92


def changed(model: Model, path: Path, at: int, form: str, value: int | float) -> Path:
    """A copy of the model's file with one number in it replaced."""
    content = bytearray(model.path.read_bytes())
    struct.pack_into(form, content, at, value)
    path.write_bytes(content)
    return path


def test_the_same_answers_as_in_memory(model: Model) -> None:
    expected, found = model.trained.lookup(WORDS), BinaryModel(model.path).lookup(WORDS)
    assert found.vectors.tobytes() == expected.vectors.tobytes() and found.vectors.dtype == np.float32
    assert found.found.tolist() == expected.found.tolist() == [True, True, True, False, True]
    assert found.by_subwords.tolist() == expected.by_subwords.tolist() == [False, False, True, False, False]


def test_without_subwords_in_the_model(plain_model: Model) -> None:
    assert BinaryModel(plain_model.path).lookup(WORDS).found.tolist() == [True, True, False, False, True]


def test_what_a_file_holds(model: Model, plain_model: Model) -> None:
    whole = inspect(model.path)
    assert (whole.words, whole.dimensions, whole.subwords) == (10, 8, True)
    assert whole.memory > model.path.stat().st_size
    assert not inspect(plain_model.path).subwords


def test_every_truncation_is_refused(plain_model: Model, tmp_path: Path) -> None:
    whole = plain_model.path.read_bytes()
    path = tmp_path / "cut.bin"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(QuoiError, match=r"cut.bin (is no fastText model|breaks off)"):
            inspect(path)
    path.write_bytes(whole + b"\0")
    with pytest.raises(QuoiError, match=f"is damaged: by its header it has {len(whole):,} bytes, and there are"):
        inspect(path)


@pytest.mark.parametrize(
    ("at", "form", "value", "sentence"),
    [
        (4, "<i", 13, "is a fastText model of version 13; 11 and 12 can be read."),
        (4, "<i", 0, "is a fastText model of version 0;"),
        (8, "<i", 0, "the numbers in its header make no model"),
        (8, "<i", 9, "its input matrix does not fit its header"),
        (32, "<i", 7, "the numbers in its header make no model"),
        (36, "<i", 3, "is a fastText classifier; a model of word vectors"),
        (36, "<i", 9, "the numbers in its header make no model"),
        (40, "<i", 0, "its header has subwords of 3 to 6 characters"),
        (40, "<i", 51, "its input matrix does not fit its header"),
        (48, "<i", -6, "its header has subwords of 3 to -6 characters"),
        (64, "<i", 11, "the numbers in its header make no model"),
        (84, "<q", 2, "is a compressed fastText model"),
        (HEAD + 2, "<q", -1, "an entry of kind 0 that is there -1 times"),
        (HEAD + 2, "<q", 10**15, "an entry of kind 0 that is there 1,000,000,000,000,000 times"),
    ],
)
def test_a_number_that_fits_nothing_else_is_refused(model, tmp_path, at, form, value, sentence) -> None:
    assert model.path.read_bytes()[HEAD : HEAD + 2] == b"?\0"
    with pytest.raises(QuoiError, match=sentence):
        inspect(changed(model, tmp_path / "bad.bin", at, form, value))


@pytest.mark.parametrize(("words", "sentence"), [(11, "an entry of kind"), (2**31 - 1, "an entry of kind")])
def test_a_dictionary_that_promises_too_much(model: Model, tmp_path: Path, words: int, sentence: str) -> None:
    path = changed(model, tmp_path / "bad.bin", 64, "<i", words)
    with pytest.raises(QuoiError, match=sentence):
        inspect(changed(Model(model.trained, path), path, 68, "<i", words))


def test_a_dictionary_without_an_end(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "bad.bin"
    path.write_bytes(model.path.read_bytes()[:HEAD] + b"x" * 100_000)
    with pytest.raises(QuoiError, match="breaks off or is damaged within its dictionary of 10 words"):
        inspect(path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is no fastText model: it has 0 bytes, fewer than a header."),
        (b"2 3\nle 1 2 3\n" * 9, "it begins with '2 3\\nle 1 2 3'; for vectors in text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "is no fastText model: it begins with"),
        (b"<!DOCTYPE html>" * 20, "it begins with '<!DOCTYPE ht'"),
    ],
)
def test_a_foreign_file(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "foreign.bin"
    path.write_bytes(content)
    with pytest.raises(QuoiError) as raised:
        inspect(path)
    assert sentence in str(raised.value) and "\n" not in str(raised.value)


def test_what_is_no_file(tmp_path: Path) -> None:
    for path, sentence in ((tmp_path / "absent", "does not exist"), (tmp_path, "is a folder")):
        with pytest.raises(QuoiError, match=sentence):
            inspect(path)


def test_random_damage_is_refused_or_harmless_to_the_structure(model: Model, tmp_path: Path) -> None:
    random_ = random.Random(2018)
    whole = model.path.read_bytes()
    path = tmp_path / "bad.bin"
    refused = 0
    for _ in range(1000):
        content = bytearray(whole)
        for _ in range(random_.choice((1, 1, 3))):
            place = random_.randrange(random_.choice((HEAD, 300, len(whole))))
            content[place : place + random_.choice((1, 4))] = random_.choice(
                (b"\0", b"\xff" * 4, b"\xff\xff\xff\x7f", b"1")
            )
        path.write_bytes(content)
        try:
            assert inspect(path).memory < 1 << 30
        except QuoiError as wrong:
            refused += 1
            assert "\n" not in str(wrong)
    assert refused > 300


def test_numbers_that_are_not_finite(model: Model, tmp_path: Path) -> None:
    content = model.path.read_bytes()
    # The first number of the first word's row: behind the dictionary, a byte and the two sizes of the matrix.
    rows = content.index(struct.pack("<2q", 60, 8)) + 16
    path = changed(model, tmp_path / "bad.bin", rows, "<f", float("nan"))
    with pytest.raises(QuoiError, match=r"bad.bin is damaged: the vector of '\?' holds numbers that are not finite"):
        BinaryModel(path).lookup(["où", "?"])


def test_memory_that_is_not_there(model: Model, monkeypatch) -> None:
    monkeypatch.setattr(fasttext_bin, "available_memory", lambda: 50_000_000)
    with pytest.raises(QuoiError, match=r"takes about 0.1 GB of memory, and 0.1 GB are available: use the .vec file"):
        BinaryModel(model.path)


def test_the_memory_is_said(model: Model, monkeypatch) -> None:
    monkeypatch.setattr(fasttext_bin, "available_memory", lambda: 7_000_000_000)
    assert str(BinaryModel(model.path)) == "with.bin, loading it takes about 0.1 GB of memory (7.0 GB are available)"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("import os; os.kill(os.getpid(), 9)", "the system ended it, as happens when memory runs out."),
        ("import os; os.abort()", "it crashed (SIGABRT), so the file is damaged."),
        ("raise MemoryError('std::bad_alloc')", "MemoryError: std::bad_alloc."),
        ("raise SystemExit(3)", "no reason was given."),
    ],
)
def test_a_loader_that_dies_is_one_sentence(model: Model, monkeypatch, code: str, sentence: str) -> None:
    source = BinaryModel(model.path)
    monkeypatch.setattr(fasttext_bin, "_LOADER", [sys.executable, "-c", code])
    with pytest.raises(QuoiError) as raised:
        source.lookup(["où"])
    assert str(raised.value) == f"fastText cannot load {model.path}: {sentence}"


def test_available_memory_of_a_container(tmp_path: Path) -> None:
    machine = available_memory(tmp_path)
    assert machine > 100 << 20
    (tmp_path / "memory.max").write_text("100000000\n")
    (tmp_path / "memory.current").write_text("60000000\n")
    (tmp_path / "memory.stat").write_text("anon 1\ninactive_file 3000000\nactive_file 2000000\n")
    assert available_memory(tmp_path) == 45_000_000
    (tmp_path / "memory.max").write_text("max\n")
    assert available_memory(tmp_path) > 100 << 20
