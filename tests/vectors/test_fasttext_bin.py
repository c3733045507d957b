"""fastText's .bin files: what is read from them, and how one that is not whole is refused."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from quoi.io.errors import QuoiError
from quoi.vectors import fasttext_bin
from quoi.vectors.fasttext_bin import BinaryModel
from tests.vectors.conftest import Model

WORDS = ["où", "\u00a0", "heures", "", "?"]


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


def test_a_file_that_is_not_whole_is_refused(plain_model: Model, tmp_path: Path) -> None:
    """fastText itself reads what was cut off as zeros."""
    whole = plain_model.path.read_bytes()
    path = tmp_path / "cut.bin"
    for content in (*(whole[:length] for length in range(len(whole))), whole + b"\0"):
        path.write_bytes(content)
        with pytest.raises(QuoiError, match=r"cut.bin (is no fastText model|breaks off or is damaged)"):
            BinaryModel(path)


def test_a_classifier_is_refused(model: Model, tmp_path: Path) -> None:
    with pytest.raises(QuoiError, match="is no fastText model of word vectors"):
        BinaryModel(changed(model, tmp_path / "lid.bin", 36, "<i", 3))


@pytest.mark.parametrize(("at", "value"), [(64, 11), (64, 2**31 - 1)])
def test_a_header_that_does_not_fit_the_file(model: Model, tmp_path: Path, at: int, value: int) -> None:
    with pytest.raises(QuoiError, match=r"bad.bin breaks off or is damaged|fastText cannot load .*bad.bin"):
        BinaryModel(changed(model, tmp_path / "bad.bin", at, "<i", value)).lookup(WORDS)


def test_a_version_that_fasttext_does_not_know(model: Model, tmp_path: Path) -> None:
    with pytest.raises(QuoiError, match=r"^fastText cannot load .*bad.bin: .*wrong file format"):
        BinaryModel(changed(model, tmp_path / "bad.bin", 4, "<i", 13)).lookup(WORDS)


@pytest.mark.parametrize("content", [b"", b"2 3\nle 1 2 3\n" * 9, b"\x89PNG\r\n\x1a\n" + bytes(200)])
def test_a_foreign_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign.bin"
    path.write_bytes(content)
    with pytest.raises(QuoiError) as raised:
        BinaryModel(path)
    assert "is no fastText model of word vectors" in str(raised.value) and "fasttext-vec" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_what_is_no_file(tmp_path: Path) -> None:
    for path, sentence in ((tmp_path / "absent", "does not exist"), (tmp_path, "is a folder")):
        with pytest.raises(QuoiError, match=sentence):
            BinaryModel(path)


ENDED = "it was ended, as happens when memory runs out; vectors.source: fasttext-vec needs less of it."


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (
            "import os; os.kill(os.getpid(), 9)",
            ENDED,
        ),
        (
            "import os; os.abort()",
            ENDED,
        ),
        ("raise MemoryError('std::bad_alloc')", "MemoryError: std::bad_alloc."),
    ],
)
def test_a_loader_that_dies_is_one_sentence(model: Model, monkeypatch, code: str, sentence: str) -> None:
    source = BinaryModel(model.path)
    run = [sys.executable, "-c", code]
    monkeypatch.setattr(
        fasttext_bin, "run_module", lambda *_, **__: subprocess.run(run, capture_output=True, text=True)
    )
    with pytest.raises(QuoiError) as raised:
        source.lookup(["où"])
    assert str(raised.value) == f"fastText cannot load {model.path}: {sentence}"
