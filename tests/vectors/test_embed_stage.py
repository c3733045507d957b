"""The stage embed on a small corpus, with each source of vectors."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quoi.corpus.pairs import Pairs
from quoi.corpus.tables import write_tokens
from quoi.corpus.vocabulary import SPECIALS, Vocabulary
from quoi.vectors.table import VectorTable
from tests.vectors.conftest import Model, vec

ROOT = Path(__file__).parents[2]
WORDS = ("où", "heure", "heures", "zz", "?")
SENTENCES = [["où", "heures", "?"], ["heure", "heures", "zz", "?"]]


@pytest.fixture(autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for language in ("en", "fr"):
        Vocabulary((*SPECIALS, *WORDS)).save(Path(f"data/ids/{language}.txt"))
    ids = [[0, 2, 4], [1, 2, 3, 4]]
    Pairs.of(ids, ids, np.array([0, 1]), np.array([False, False])).save(Path("data/ids/pairs.safetensors"))
    write_tokens(Path("data/tokens.parquet"), SENTENCES, SENTENCES)


def embed(
    source: str,
    path: Path,
    status: int = 0,
    language: str = "fr",
    facts: dict[str, float] | None = None,
    **vectors: Any,
) -> str:
    """What the stage prints, on stdout, or on stderr where it is to fail."""
    given = {"path": str(path), "licence": "CC0"}
    section = {"source": source, "english": given, "french": given, "unit_spread": False, **vectors}
    Path("params.yaml").write_text(
        json.dumps({"profile": "t", "variants": {"a": {}}, "vectors": section, "facts": facts or {}})
    )
    done = subprocess.run(
        [sys.executable, "-P", ROOT / "stages/embed.py", language],
        capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr and done.stderr.count("\n") == bool(status)
    return done.stderr if status else done.stdout


def report() -> dict[str, Any]:
    return json.loads(Path("reports/vectors/fr.json").read_text())


def missed() -> list[list[str]]:
    return list(csv.reader(Path("reports/vectors/missed.fr.csv").open(encoding="utf-8")))[1:]


@pytest.mark.parametrize("source", ["fasttext-vec", "glove"])
def test_vectors_in_text(source: str) -> None:
    words = {"?": [5.0, 6.0], "rien": [9.0, 9.0], "où": [1.0, 2.0], "heure": [3.0, 4.0]}
    Path("v.txt").write_bytes(vec(words, header=source == "fasttext-vec"))
    assert embed(source, Path("v.txt"), dimensions=300) == "reading v.txt\n3 words, 0 by subwords, 2 missed\n"
    table = VectorTable.load(Path("data/vectors/fr.safetensors"), len(SPECIALS) + len(WORDS))
    assert table.vectors[4:].tolist() == [[1, 2], [3, 4], [0, 0], [0, 0], [5, 6]]
    assert table.found.tolist() == [False] * 4 + [True, True, False, False, True]
    told = report()
    assert (told["found"], told["missed"], told["dimensions"], told["mean"]) == (3, 2, 2, 3.5)
    assert (told["missed_without_subwords"], told["missed_with_subwords"]) == (2, None)
    assert told["source"] | {"sha256": ""} == {
        "name": source, "file": "v.txt", "url": None, "licence": "CC0", "sha256": "", "words": 4, "repeated": 0
    }  # fmt: skip
    assert missed() == [["heures", "2"], ["zz", "1"]]


@pytest.mark.parametrize("subwords", [True, False])
def test_a_binary_model_with_subwords_and_without(model: Model, subwords: bool) -> None:
    printed = embed("fasttext-bin", model.path, subwords=subwords)
    assert printed.startswith("reading with.bin, loading it takes about 0.1 GB of memory (")
    expected = model.trained.lookup(WORDS)
    kept = [0, 1, 2, 3, 4] if subwords else [0, 1, 4]
    table = VectorTable.load(Path("data/vectors/fr.safetensors"))
    assert np.flatnonzero(table.found[4:]).tolist() == kept
    assert (table.vectors[4:][kept] == expected.vectors[kept]).all()
    told = report()
    assert (told["missed_without_subwords"], told["missed_with_subwords"]) == (2, 0)
    assert (told["found"], told["by_subwords"], told["missed"]) == ((3, 2, 0) if subwords else (3, 0, 2))
    assert missed() == [["heures", "2"], ["zz", "1"]]


def test_vectors_trained_here_compare_subwords_too() -> None:
    embed("train", Path("absent"), dimensions=4, epochs=1, buckets=50, subwords=False)
    assert report()["source"] == {"name": "train"}
    assert (report()["missed_without_subwords"], report()["missed_with_subwords"]) == (0, 0)


def test_a_file_without_one_word_of_the_vocabulary_is_an_error() -> None:
    Path("v.txt").write_bytes(vec({"rien": [9.0, 9.0]}))
    told = embed("fasttext-vec", Path("v.txt"), status=1)
    assert told == "None of the 5 words of the vocabulary has a vector.\n"
    assert not Path("data/vectors").exists() and not Path("reports").exists()


def test_facts_of_the_file_are_compared_where_some_are_expected() -> None:
    words = {"?": [5.0, 6.0], "rien": [9.0, 9.0], "où": [1.0, 2.0], "heure": [3.0, 4.0]}
    Path("v.txt").write_bytes(vec(words))
    # All eight numbers of the file: mean 39 / 8, mean square 253 / 8. Missed: heures, zz and the four special words.
    expected = {"missed_fr": 6, "vectors_en_words": 4}
    printed = embed("fasttext-vec", Path("v.txt"), facts=expected)
    assert printed.splitlines()[-1] == "1 of 1 facts met" and list(report()["facts"]) == ["missed_fr"]
    facts = expected | {"vectors_en_dimensions": 2, "vectors_en_mean": 4.875, "vectors_en_sd": 2.8, "missed_en": 5}
    printed = embed("fasttext-vec", Path("v.txt"), facts=facts, language="en")
    assert printed.splitlines()[-1] == "4 of 5 facts met; missed_en is 6, expected 5"
    found = json.loads(Path("reports/vectors/en.json").read_text())["facts"]
    assert found["vectors_en_sd"]["found"] == pytest.approx((253 / 8 - 4.875**2) ** 0.5)
    embed("fasttext-vec", Path("v.txt"))
    assert "facts" not in report()
