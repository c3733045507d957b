"""Labels to synsets to vectors: data/labels by hand, from every source, and the stage that writes it."""

from __future__ import annotations

import json
import runpy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from quoi import params
from quoi.io.errors import QuoiError
from quoi.params import Params
from quoi.params.vectors import Labels as Settings
from quoi.vectors import label_vectors
from quoi.vectors.labels import LABELS, NOUNS, SOURCE, VECTORS, LabelTables
from quoi.vectors.words import SearchWords
from tests.imports import loaded
from tests.vectors.conftest import vec
from tests.vectors.wordnet_files import data_noun

ROOT = Path(__file__).parents[2]
NOUN_FILE, IDS = data_noun(
    [
        (["dog", "domestic dog"], [1]),
        (["whelp", "puppy dog"], [0]),
        (["quokka"], []),
        (["automobile", "car"], []),
        (["lavender", "Lavandula"], []),
    ]
)
DOG, PUPPY, QUOKKA, CAR, _ = IDS
WORDS = {
    "the": [9.0, 9.0], "dog": [1.0, 0.0], "puppy": [0.0, 2.0], "car": [4.0, 4.0], "red": [0.0, 4.0], "with": [9.0, 9.0],
    "domestic": [3.0, 2.0],
}  # fmt: skip
LABELS_BY_HAND: dict[str, Any] = {
    # label: (its synset as given, synset, words, missed, vector)
    "Dog": (None, DOG, ["dog"], [], [1, 0]),
    "automobile": (None, CAR, ["car"], [], [4, 4]),  # no vector of its own: its synset's other lemma
    "beagle": (PUPPY, PUPPY, ["puppy", "dog"], [], [0.5, 1]),  # the first lemma has no vector, the second has
    "dog with the car": (None, None, ["dog", "car"], [], [2.5, 2]),
    "domestic dog": (None, DOG, ["domestic", "dog"], [], [2, 1]),  # its own words before the synset's first lemma
    "hare": ("n99999999", None, [], ["hare"], [0, 0]),
    "quokka": (QUOKKA, QUOKKA, [], ["quokka"], [0, 0]),
    "red dwarf": (None, None, ["red"], ["dwarf"], [0, 4]),
}


@pytest.fixture(autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data.noun").write_bytes(NOUN_FILE)


def settings(**vectors: Any) -> Settings:
    given = {"source": "glove", "path": "v.txt", "licence": "CC0", **vectors}
    return Settings.model_validate({"nouns": "wordnet", "wordnet": {"path": "data.noun"}, "vectors": given})


def write(labels: Sequence[str], synsets: Sequence[str | None], given: Settings, folder: str = "out") -> dict[str, int]:
    return label_vectors.write(Path(folder), labels, synsets, given)


def by_hand(given: Settings | None = None, folder: str = "out") -> dict[str, int]:
    Path("v.txt").write_bytes(vec(WORDS, header=False))
    labels = [*LABELS_BY_HAND, *reversed(LABELS_BY_HAND)]
    return write(labels, [LABELS_BY_HAND[label][0] for label in labels], given or settings(), folder)


def test_labels_by_hand() -> None:
    counts = by_hand()
    labels = LabelTables.open(Path("out")).labels
    assert labels.names == list(LABELS_BY_HAND) == sorted(LABELS_BY_HAND)
    for row, (label, (_, synset, words, missed, vector)) in enumerate(LABELS_BY_HAND.items()):
        entry = labels.table.slice(row, 1).to_pylist()[0]
        assert (entry["label"], entry["synset"], entry["words"], entry["missed"]) == (label, synset, words, missed)
        assert labels.vectors[row].tolist() == vector and labels.found[row] == entry["found"] == bool(words)
    assert labels.table.column("lemmas")[0].as_py() == ["dog", "domestic dog"] and labels.vectors.dtype == np.float32
    assert counts == {
        "labels": 8, "labels_found": 6, "labels_whole": 5, "labels_with_synset": 5, "labels_with_unknown_synset": 1,
        "labels_with_several_synsets": 0, "nouns": 5, "nouns_found": 3, "words": 7, "dimensions": 2,
    }  # fmt: skip


def test_nouns_by_hand() -> None:
    by_hand()
    nouns = LabelTables.open(Path("out")).nouns
    assert nouns.synsets == IDS and nouns.names == ["dog", "whelp", "quokka", "automobile", "lavender"]
    assert nouns.table.column("words").to_pylist() == [["dog"], ["puppy", "dog"], [], ["car"], []]
    assert nouns.found.tolist() == [True, True, False, True, False] and len(nouns) == 5
    assert nouns.vectors.tolist() == [[1, 0], [0.5, 1], [0, 0], [4, 4], [0, 0]]
    assert set(nouns.table.column_names) == {"synset", "lemmas", "words", "found"}


def test_where_they_are_from() -> None:
    by_hand()
    source = LabelTables.open(Path("out")).source
    assert source == json.loads(Path("out/source.json").read_text())
    assert source["nouns"] | {"sha256": ""} == {
        "name": "wordnet", "file": "data.noun", "url": None, "licence": "WordNet 3.0 licence (Princeton University)",
        "sha256": "", "count": 5,
    }  # fmt: skip
    assert source["vectors"] | {"sha256": ""} == {
        "name": "glove", "file": "v.txt", "url": None, "licence": "CC0", "sha256": "", "words": 7, "repeated": 0,
        "left_out": 0, "dimensions": 2,
    }  # fmt: skip


def test_the_words_that_a_search_may_name() -> None:
    assert by_hand(settings(words=3))["words"] == 3
    words = SearchWords.open(Path("out"))
    assert list(words.rows) == ["the", "dog", "puppy"] and words.vectors.tolist() == [[9, 9], [1, 0], [0, 2]]
    # The labels' own words are looked up among all.
    assert LabelTables.open(Path("out")).labels.vectors[1].tolist() == [4, 4]


def test_equal_input_gives_equal_bytes_in_whichever_order() -> None:
    by_hand()
    labels = sorted(LABELS_BY_HAND, reverse=True)
    write(labels, [LABELS_BY_HAND[label][0] for label in labels], settings(), "again")
    for path in Path("out").iterdir():
        assert path.read_bytes() == (Path("again") / path.name).read_bytes(), path.name
    assert len(list(Path("again").iterdir())) == 6


def test_one_label_of_several_synsets() -> None:
    Path("v.txt").write_bytes(vec(WORDS, header=False))
    counts = write(["pet", "pet", "pet"], [PUPPY, None, DOG], settings())
    assert counts["labels_with_several_synsets"] == 1 and counts["labels"] == 1
    assert LabelTables.open(Path("out")).labels.synsets == [DOG]


def test_vectors_with_a_header() -> None:
    by_hand()
    Path("v.vec").write_bytes(vec(WORDS))
    given = settings(source="fasttext-vec", path="v.vec")
    by_hand(given, "again")
    for name in (LABELS, NOUNS, VECTORS, "words.npy", "words.parquet"):
        assert (Path("out") / name).read_bytes() == (Path("again") / name).read_bytes()


def test_the_real_package_and_the_nouns_of_imagenet() -> None:
    given = Settings.model_validate({"vectors": {"words": 1000}})
    counts = write(["T-shirt", "red apple", "tench, Tinca tinca"], [None, None, "n01440764"], given)
    assert counts["labels_found"] == 3 and counts["nouns"] == 21_844 and counts["nouns_found"] > 20_000
    labels = LabelTables.open(Path("out"))
    assert labels.labels.table.column("words").to_pylist() == [["t-shirt"], ["red", "apple"], ["tench"]]
    assert labels.labels.synsets == ["n03595614", None, "n01440764"]
    units = labels.nouns.vectors / np.maximum(1e-9, np.linalg.norm(labels.nouns.vectors, axis=1, keepdims=True))
    dog = labels.nouns.names.index("dog")
    near = {labels.nouns.names[row] for row in np.argsort(-units @ units[dog])[:20]}
    assert {"dog", "cat"} <= near


def error(labels: Sequence[str], given: Settings) -> str:
    with pytest.raises(QuoiError) as raised:
        write(labels, [None] * len(labels), given)
    assert "\n" not in str(raised.value) and not Path("out").exists()
    return str(raised.value)


def test_what_cannot_be_done() -> None:
    Path("v.txt").write_bytes(vec(WORDS, header=False))
    said = error(["zebra", "aardvark"], settings())
    assert said == "None of the 2 labels has a word vector: aardvark, zebra."
    assert error(["dog"], settings(path="absent.txt")) == "absent.txt, which labels.vectors.path names, does not exist."
    said = error(["dog"], settings(sha256="0" * 64))
    assert said.startswith("v.txt has the SHA-256 ") and "labels.vectors.sha256 pins 000" in said


def test_what_is_not_built_yet_or_damaged() -> None:
    with pytest.raises(QuoiError, match=r"source\.json does not exist yet: run `dvc repro`"):
        LabelTables.open(Path("out"))
    by_hand()

    def said(name: str, content: bytes | None) -> str:
        path = Path("out") / name
        whole = path.read_bytes()
        path.unlink() if content is None else path.write_bytes(content)
        with pytest.raises(QuoiError) as raised:
            rows = LabelTables.open(Path("out"))
            _ = rows.labels.names, rows.labels.vectors, rows.nouns.names, rows.nouns.vectors
        path.write_bytes(whole)
        assert "\n" not in str(raised.value)
        return str(raised.value)

    for name in (LABELS, NOUNS, VECTORS, SOURCE):
        assert said(name, None).startswith(f"out/{name} does not exist yet: run `dvc repro`")
    for name in (LABELS, NOUNS, VECTORS):
        whole = (Path("out") / name).read_bytes()
        for content in (b"", whole[:-1], whole[:40], b"PAR1" * 99):
            assert said(name, content).startswith(f"out/{name} is damaged")


def test_a_search_needs_neither_pandas_nor_torch() -> None:
    by_hand()
    code = (
        "from quoi.vectors.labels import LabelTables; opened = LabelTables.open('out'); "
        "[(rows.names, rows.found, rows.synsets, rows.vectors) for rows in (opened.labels, opened.nouns)]"
    )
    assert loaded(code, "pandas", "torch", "scipy", "pydantic") == []


def stage(monkeypatch: pytest.MonkeyPatch, given: Settings) -> Any:
    monkeypatch.setattr(params, "load", lambda: Params(profile="x", variants={"a": {}}, labels=given))
    command = runpy.run_path(str(ROOT / "stages/label_vectors.py"))["label_vectors"]
    return CliRunner().invoke(command)


def test_the_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("v.txt").write_bytes(vec(WORDS, header=False))
    Path("data/images").mkdir(parents=True)
    table = pa.table({"label": ["dog", "hare", "dog"], "synset": pa.array([DOG, None, DOG], pa.string())})
    pq.write_table(table, "data/images/images.parquet")
    done = stage(monkeypatch, settings())
    lines = done.output.splitlines()
    assert lines[0].startswith("word vectors: v.txt, ") and lines[1] == "1 of 2 labels and 3 of 5 nouns have a vector"
    assert lines[2].startswith("look: share of the labels") and len(lines) == 3 and done.exception is None
    counts = json.loads(Path("reports/devise/labels.json").read_text())
    assert counts["labels"] == 2 and all(isinstance(value, int) for value in counts.values())
    assert {path.name for path in Path("data/labels").iterdir()} == {
        LABELS, NOUNS, VECTORS, SOURCE, "words.npy", "words.parquet"
    }  # fmt: skip


def test_the_stage_leaves_out_a_bad_row_and_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("v.txt").write_bytes(vec(WORDS, header=False) + b"\n")
    Path("data/images").mkdir(parents=True)
    pq.write_table(pa.table({"label": ["dog"], "synset": pa.array([DOG], pa.string())}), "data/images/images.parquet")
    done = stage(monkeypatch, settings())
    assert "rows left out: 1" in done.output and "line 8" in done.output and done.exception is None


def test_the_stage_without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    raised = stage(monkeypatch, settings()).exception
    assert isinstance(raised, QuoiError)
    assert str(raised).startswith("data/images/images.parquet does not exist yet: run `dvc repro`")
