from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from quoi.io.errors import QuoiError
from quoi.records import results
from quoi.report import attention, page, samples
from tests.record import SENTENCES, write_corpus_reports, write_record
from tests.report.conftest import cells

WRITTEN = (
    "README.md", "progression.json", "progression.md", "progression.png", "loss_curves.png", "samples.md",
    "attention/README.md", "attention/all.png", "attention/attention.png", "cards/all.md", "cards/baseline.md",
)  # fmt: skip


@pytest.fixture
def folder(trained, root) -> Path:
    page.write(trained, "demo", 2, root)
    return root / page.FOLDER


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_is_written_and_twice_the_same(folder, trained, root):
    first = snapshot(folder)
    assert set(WRITTEN) <= set(first)
    page.write(trained, "demo", 2, root)
    assert snapshot(folder) == first
    assert list(json.loads(first["progression.json"])) == ["baseline", "bidir", "forcing", "attention", "all"]


@pytest.mark.parametrize("name", ["README.md", "attention/README.md", "progression.md", "samples.md"])
def test_links_lead_somewhere(folder, name):
    text = (folder / name).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert ((folder / name).parent / link).exists(), link
    assert str(folder.parents[1]) not in text


def test_without_attention_there_is_no_map(tmp_path):
    write_corpus_reports(tmp_path)
    write_record(tmp_path, "baseline")
    page.write(results.load(["baseline"], tmp_path / results.VARIANTS), "demo", 4, tmp_path)
    folder = tmp_path / page.FOLDER
    assert [path.name for path in (folder / "attention").iterdir()] == ["README.md"]
    assert "![Attention" not in (folder / "README.md").read_text(encoding="utf-8")


def test_pictures_of_variants_that_are_gone_go_too(folder, trained, root):
    page.write(trained[:4], "demo", 2, root)
    assert not (folder / "attention/all.png").exists()


def test_sample_table_marks_exact_translations(trained):
    head, first, _, third = cells(samples.sample_table(trained))
    assert head[:3] == ["French", "reference (English)", "`baseline`"]
    assert first[2] == "where are we ?" and first[-1] == "✓ Where are we?"
    assert third[0] == SENTENCES[2][0]


def test_missed_words_with_counts_and_share(root):
    text = samples.missed_words(("French", "English"), root)
    assert ["without a vector of their own", "1 (2.0 %)", "2 (4.0 %)"] in cells(text.split("\n\n")[0])
    assert r"- English: quokka (10), Aix|en (9)" in text and "- French: ornithorynque (10)" in text
    assert "Aix" not in samples.missed_words(("French", "English"), root, most=1)


def test_where_published_vectors_are_from_and_what_subwords_would_change(root):
    path = root / "reports/vectors/target.json"
    source = {
        "name": "fasttext-bin",
        "file": "wiki_en.bin",
        "url": "https://a.org/wiki_en.bin",
        "licence": "CC BY-SA 3.0",
    }
    report = json.loads(path.read_text()) | {"source": source | {"words": 2500000}, "missed_with_subwords": 1}
    path.write_text(json.dumps(report))
    table = samples.missed_words(("French", "English"), root).split("\n\n")[0]
    rows = {name: columns for name, *columns in cells(table)}
    link = r"[wiki\_en.bin](https://a.org/wiki_en.bin)"
    assert rows["vectors"][1] == f"{link}, 2,500,000 words, licence: CC BY-SA 3.0"
    assert rows["of these, drawn at random"] == ["1", "2"]
    assert rows["drawn at random if subwords were used"] == ["1", "1"]


def test_drawn_vectors_are_said_to_be_so_and_know_no_subwords(root):
    path = root / "reports/vectors/target.json"
    drawn = {"source": {"name": "random", "seed": 1}, "missed_with_subwords": None}
    path.write_text(json.dumps(json.loads(path.read_text()) | drawn))
    rows = {name: columns for name, *columns in cells(samples.missed_words(("a", "b"), root).split("\n\n")[0])}
    assert rows["vectors"][0].startswith("skip-gram trained here, words read 800") and "N(0, 1)" in rows["vectors"][1]
    assert rows["drawn at random if subwords were used"] == ["1", "–"]


def test_facts_are_on_the_page_where_stages_compared_some(folder, trained, root):
    assert "## Facts" not in (folder / "README.md").read_text(encoding="utf-8")
    for name, fact in (("corpus/numericalize", "cut_target"), ("vectors/source", "missed_source")):
        path = root / f"reports/{name}.json"
        row = {fact: {"expected": 29, "found": 28, "equal": False}}
        path.write_text(json.dumps(json.loads(path.read_text()) | {"facts": row}))
    page.write(trained, "lesson", 2, root)
    head, *rows = cells((folder / "README.md").read_text(encoding="utf-8").split("was found.\n\n")[1])
    assert head == ["fact", "expected", "found", "equal?"]
    assert rows == [
        ["length at which target sentences are cut, tokens", "29", "28", "**no**"],
        ["source words without a vector, special words included", "29", "28", "**no**"],
    ]


@pytest.mark.parametrize("name", ["corpus/numericalize.json", "vectors/target.json", "vectors/missed.source.csv"])
def test_missing_reports_leave_earlier_results_alone(folder, trained, root, name):
    before = snapshot(folder)
    (root / "reports" / name).unlink()
    with pytest.raises(QuoiError, match="does not exist yet"):
        page.write(trained[:2], "demo", 2, root)
    assert snapshot(folder) == before


def test_text_from_right_to_left_is_set_apart_in_tables(trained):
    hebrew = [sentence | {"source": "איפה *הבית*?"} for sentence in trained[0].samples]
    table = samples.sample_table([replace(trained[0], samples=hebrew), *trained[1:]])
    assert cells(table)[1][0] == "\u2068איפה \\*הבית\\*?\u2069" and "\u2068" not in cells(table)[1][1]


@pytest.mark.parametrize(
    ("word", "shown"), [("a" * 18, "a" * 18), ("a" * 19, "a" * 17 + "…"), ("क" * 16 + "कि" * 9, "क" * 16 + "…")]
)
def test_a_long_word_is_cut_before_a_letter_and_its_marks(word, shown):
    assert attention._shown(word) == shown
