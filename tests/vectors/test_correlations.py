"""`quoi vectors`: correlations by hand, from every kind of source, and words or files that are not there."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from quoi.cli.main import quoi
from quoi.corpus.vocabulary import SPECIALS, Vocabulary
from quoi.io.errors import QuoiError
from quoi.vectors.table import WordVectors, build
from tests.vectors.conftest import Model, vec

NUMBERS = {"jeremy": [1.0, 2.0, 3.0], "Jeremy": [2.0, 4.0, 7.0], "banana": [3.0, 1.0, 2.0], ",": [0.5, 0.5, 0.5]}
PUBLISHED = "profile: t\nvariants: {{a: {{}}}}\nvectors: {{source: {0}, published: {{path: {1}}}}}\n"


@pytest.fixture(autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(quoi, ["vectors", *arguments])


def published(source: str, content: bytes) -> None:
    Path("vectors.txt").write_bytes(content)
    Path("params.yaml").write_text(PUBLISHED.format(source, "vectors.txt"))


def vocabulary(*words: str) -> Vocabulary:
    made = Vocabulary((*SPECIALS, *words))
    made.save(Path("data/ids/target.txt"))
    return made


def test_the_lessons_words_in_a_file() -> None:
    published("fasttext-vec", vec(NUMBERS))
    done = run()
    assert done.stderr.startswith("word vectors: vectors.txt")
    first = np.corrcoef(NUMBERS["jeremy"], NUMBERS["Jeremy"])[0, 1]
    second = np.corrcoef(NUMBERS["banana"], NUMBERS["Jeremy"])[0, 1]
    assert done.stdout.splitlines() == [
        f"jeremy  Jeremy  {first:.4f}",
        f"banana  Jeremy  {second:.4f}",
        "The vocabulary has no vectors yet: run `dvc repro`.",
    ]


def test_words_of_ones_own_as_json() -> None:
    published("glove", vec(NUMBERS, header=False))
    done = run("jeremy", "banana", ",", "jeremy", "quokka", "quokka", "--language", "fr", "--json")
    printed = json.loads(done.stdout)
    assert [printed[key] for key in ("language", "source", "vocabulary")] == ["fr", "glove", None]
    assert [pair["words"] for pair in printed["pairs"]] == [["jeremy", "banana"], [",", "jeremy"], ["quokka", "quokka"]]
    assert [pair["missing"] for pair in printed["pairs"]] == [[], [], ["quokka"]]
    assert printed["pairs"][0]["correlation"] == pytest.approx(-0.5)
    assert printed["pairs"][1]["correlation"] is None and printed["pairs"][2]["correlation"] is None
    lines = run("jeremy", "banana", ",", "jeremy", "quokka", "quokka").stdout.splitlines()
    assert lines[0].endswith("-0.5000") and lines[1].endswith("undefined: the numbers of a vector are all equal")
    assert lines[2].endswith("no vector for quokka") and lines[3].startswith("The vocabulary has no vectors yet")


@pytest.mark.parametrize("with_subwords", [True, False])
def test_a_binary_model(model: Model, with_subwords: bool) -> None:
    text = PUBLISHED.format("fasttext-bin", model.path)
    Path("params.yaml").write_text(text.replace("{source", f"{{subwords: {str(with_subwords).lower()}, source"))
    done = run("heure", "heures")
    assert done.stderr.startswith("word vectors: with.bin, ")
    vectors = model.trained.lookup(["heure", "heures"]).vectors
    first = done.stdout.splitlines()[0]
    if with_subwords:
        assert first == f"heure   heures  {np.corrcoef(vectors)[0, 1]:.4f}  (by subwords: heures)"
    else:
        assert first == "heure   heures  no vector for heures"


def trained(words: dict[str, list[float]]) -> None:
    Path("params.yaml").write_text("profile: t\nvariants: {a: {}}\n")
    vectors = np.array(list(words.values()), dtype=np.float32)
    answer = WordVectors(vectors, vectors.any(axis=1), np.zeros(len(words), dtype=bool))
    vocabulary(*words)
    table, numbers = build(answer, unit_spread=True)
    table.save(Path("data/vectors/target.safetensors"))
    Path("reports/vectors").mkdir(parents=True)
    Path("reports/vectors/target.json").write_text(json.dumps(numbers))


def test_vectors_trained_here() -> None:
    trained({"jeremy": [1, 2, 3], "banana": [3, 1, 2], "unknown": [0, 0, 0], ",": [1, 2, 3]})
    done = run("jeremy", "banana", "jeremy", "Jeremy", "unknown", "_pad_", "jeremy", ",")
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "jeremy   banana   -0.5000",
        "jeremy   Jeremy   no vector for Jeremy",
        "unknown  _pad_    no vector for unknown and _pad_",
        "jeremy   ,        1.0000",
        "vocabulary (en): 4 words, 3 dimensions, 3 found, 0 by subwords, 1 missed, mean 2.0000, sd 0.8165",
    ]


def test_what_is_not_there_is_one_sentence() -> None:
    def error(*arguments: str) -> str:
        raised = run(*arguments).exception
        assert isinstance(raised, QuoiError) and "\n" not in str(raised)
        return str(raised)

    trained({"a": [1, 2]})
    Path("data/vectors/target.safetensors").unlink()
    assert "data/vectors/target.safetensors does not exist yet: run `dvc repro`" in error()
    Path("data/ids/target.txt").unlink()
    assert "data/ids/target.txt does not exist yet" in error()
    published("fasttext-vec", vec(NUMBERS)[:-5])
    assert error() == "vectors.txt breaks off in line 5."


def test_words_come_in_pairs() -> None:
    done = run("jeremy", "Jeremy", "banana")
    assert done.exit_code == 2 and "Words are compared in pairs; 3 cannot be." in done.stderr
