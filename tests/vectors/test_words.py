"""The words that a search may name: what is written is found again, and quickly."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from quoi.io.errors import QuoiError
from quoi.vectors import words
from quoi.vectors.words import SearchWords

SOURCE = Path(words.__file__).parents[2]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


def written(folder: Path, names: list[str], pieces: int = 2) -> SearchWords:
    """Words whose vectors are 0, 1; 2, 3; and so on."""
    vectors = np.arange(2 * len(names), dtype=np.float32).reshape(-1, 2)
    bounds = np.linspace(0, len(names), pieces + 1).astype(int).tolist()
    parts = [(names[a:b], vectors[a:b]) for a, b in pairwise(bounds)]
    folder.mkdir(exist_ok=True)
    assert words.write(folder, iter(parts), 2) == len(names)
    return SearchWords.open(folder)


def vector(known: SearchWords, word: str) -> list[float] | None:
    found = known.vector(word)
    return None if found is None else found.tolist()


def test_words_by_hand(tmp_path: Path) -> None:
    known = written(tmp_path, ["the", "boat", "Paris", "café", "boats", "t-shirt"])
    assert len(known) == 6
    assert vector(known, "boat") == [2, 3] and vector(known, "Boat") == [2, 3] and vector(known, "café") == [6, 7]
    assert vector(known, "Paris") == [4, 5] and vector(known, "paris") is None and vector(known, "PARIS") is None
    assert [known.rows.get(each) for each in ("the", "boa", "boats", "\ud800")] == [0, None, 4, None]
    assert known.vector("boat").dtype == np.float32


def test_the_numbers_are_mapped_and_those_that_are_given_out_are_ones_own(tmp_path: Path) -> None:
    known = written(tmp_path, ["a", "b"])
    assert isinstance(known.vectors, np.memmap) and not known.vectors.flags.writeable
    known.vector("a")[:] = 9
    assert vector(known, "a") == [0, 1]


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=30, unique=True), TEXT)
def test_every_word_is_found_and_no_other(tmp_path_factory, names: list[str], other: str) -> None:
    known = written(tmp_path_factory.mktemp("words"), names, pieces=3)
    assert [known.rows[name] for name in names] == list(range(len(names)))
    assert known.rows.get(other) == (names.index(other) if other in names else None)


def test_spellings(tmp_path: Path) -> None:
    known = written(tmp_path, ["but", "boot", "bat", "boat", "engine", "engines", "nine", "Zürich", "über", "ubers"])
    assert known.spellings("baot") == ["boot", "bat", "boat"]  # one edit each, the more frequent first
    assert known.spellings("bot", 2) == ["but", "boot"] and known.spellings("bot", 9) == ["but", "boot", "bat", "boat"]
    assert known.spellings("enigne") == ["engine", "engines", "nine"]
    assert known.spellings("BOAT") == ["boat", "boot", "bat"] and known.spellings("Zurich") == ["Zürich"]
    assert known.spellings("uber") == ["über", "ubers"]
    assert known.spellings("xylophone") == [] and known.spellings("x" * 1_000_000) == []
    assert known.spellings("b\ud800at") == ["bat", "boat"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("abé😀", min_size=1, max_size=7), min_size=1, max_size=30, unique=True),
    st.text("abé😀", max_size=7),
)
def test_spellings_are_those_of_a_plain_search(tmp_path_factory, names: list[str], word: str) -> None:
    edits = 1 if len(word) < 5 else 2
    distances = sorted((OSA.distance(word, name), row) for row, name in enumerate(names))
    expected = [names[row] for distance, row in distances if distance <= edits][:3]
    assert written(tmp_path_factory.mktemp("words"), names).spellings(word) == expected


def test_the_same_words_give_the_same_bytes_however_they_come(tmp_path: Path) -> None:
    names = [f"word{number}" for number in range(1000)]
    for pieces in (1, 7):
        written(tmp_path / str(pieces), names, pieces)
    for name in (words.NAMES, words.VECTORS):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "7" / name).read_bytes()
    assert np.load(tmp_path / "7" / words.VECTORS).shape == (1000, 2)


def test_neither_pandas_nor_torch_is_imported(tmp_path: Path) -> None:
    written(tmp_path, ["boat"])
    code = (
        "import sys; from quoi.vectors.words import SearchWords; "
        "known = SearchWords.open(sys.argv[1]); known.vector('boat'); "
        "print(known.spellings('baot'), sorted({'pandas', 'torch', 'scipy'} & set(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, env=environment)
    assert (done.stdout, done.stderr) == ("['boat'] []\n", "")


def error(folder: Path) -> str:
    with pytest.raises(QuoiError) as raised:
        SearchWords.open(folder)
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("name", [words.NAMES, words.VECTORS])
def test_what_is_not_built_yet(tmp_path: Path, name: str) -> None:
    written(tmp_path, ["boat"])
    (tmp_path / name).unlink()
    said = f"{tmp_path / name} does not exist yet: run `dvc repro`, or `dvc pull` for a shared result."
    assert error(tmp_path) == said


@pytest.mark.parametrize("name", [words.NAMES, words.VECTORS])
def test_damaged_files_are_refused(tmp_path: Path, name: str) -> None:
    written(tmp_path, ["boat", "ship", "engine"])
    whole = (tmp_path / name).read_bytes()
    for size in (*range(0, len(whole) - 1, 41), len(whole) - 1):
        (tmp_path / name).write_bytes(whole[:size])
        assert error(tmp_path).startswith(f"{tmp_path / name} is damaged")


def test_many_words_take_no_memory_for_their_vectors(tmp_path: Path) -> None:
    """800 MB of vectors are written with little more than their words in memory."""
    code = """
import resource, sys
from pathlib import Path
import numpy as np, pyarrow.parquet
from quoi.vectors import words

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
piece = np.zeros((1000, 1000), dtype=np.float32)
words.write(Path(sys.argv[1]), (([f"{part}-{row}" for row in range(1000)], piece) for part in range(200)), 1000)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 150
    assert (tmp_path / words.VECTORS).stat().st_size == 800_000_128
