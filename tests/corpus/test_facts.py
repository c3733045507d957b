"""The fact check, and the lesson's steps behind it on a corpus small enough to count by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quoi.corpus import facts
from quoi.io.tables import write_tokens
from quoi.params.corpus import Facts

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("name", "expected", "measured", "equal"),
    [
        ("pairs", 50_260, 50_260, True),
        ("pairs", 50_260, 50_261, False),
        ("pairs", 0, 0, True),
        ("length_target_p90", 23.0, 23.0, True),
        ("length_target_p90", 23.0, 23.4, False),
        ("vectors_target_mean", 0.0076, 0.0075655663, True),
        ("vectors_target_mean", 0.0076, 0.00754, False),
        ("vectors_target_sd", 0.293, 0.29283738, True),
        ("vectors_target_sd", 0.293, 0.2925, False),
        ("vectors_target_mean", 1e-7, 1.4e-7, True),
    ],
)
def test_a_whole_number_is_met_exactly_and_any_other_to_its_digits(name, expected, measured, equal):
    assert facts.compare(Facts(**{name: expected}), {name: measured}) == {
        name: {"expected": expected, "found": measured, "equal": equal}
    }


def test_only_what_is_both_expected_and_found_is_compared():
    expected = Facts(training=7, missed_target=3)
    assert list(facts.compare(expected, {"training": 7, "validation": 1})) == ["training"]
    assert list(facts.compare(expected, {"missed_target": 3})) == ["missed_target"]
    assert facts.compare(Facts(), {"training": 7}) == {}


def test_the_table_and_the_line_by_hand():
    rows = facts.compare(
        Facts(question_pairs=52_331, cut_source=33, vectors_target_mean=0.0076),
        {"question_pairs": 52_331, "cut_source": 34, "vectors_target_mean": 0.0075655663},
    )
    assert facts.markdown(rows).splitlines() == [
        "| fact | expected | found | equal? |",
        "| :- | -: | -: | :-: |",
        "| question pairs | 52,331 | 52,331 | yes |",
        "| length at which source sentences are cut, tokens | 33 | 34 | **no** |",
        "| mean of all numbers of the target vectors | 0.0076 | 0.00756557 | yes |",
    ]
    assert facts.summary(rows) == "2 of 3 facts met; cut_source is 34, expected 33"


# Eleven pairs. English lengths 1 1 2 2 3 3 4 4 5 5 9; the last has 9 tokens or more and is left out.
ENGLISH = [[f"w{place}" for place in range(length)] for length in (1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 9)]
FRENCH = [["m", *(f"n{row}" for _ in range(2 * row))] for row in range(11)]
MET = {
    "question_pairs": 11,
    "pairs": 10,
    # Of the first ten numbers of the generator, 0.058 alone is below 0.1.
    "training": 9,
    "validation": 1,
    # m, and n1 to n9: the one that stands in the pair that is left out is not a word.
    "vocabulary_source": 4 + 10,
    "vocabulary_target": 4 + 5,
    # Of 11 lengths, the 90th percentile is the tenth.
    "length_source_p90": 19.0,
    "length_target_p90": 5.0,
    # With the end marker: English 2 2 3 3 4 4 5 5 6 6, place 0.99 x 9 = 8.91; French 2 4 .. 20, place 0.97 x 9 = 8.73,
    # between 18 and 20: 19.46.
    "cut_source": 19,
    "cut_target": 6,
}


def numericalize(folder: Path, expected: str) -> tuple[str, dict]:
    """Run the stage on the small corpus with the lesson's settings; what it printed and its report."""
    write_tokens(folder / "data/tokens.parquet", FRENCH, ENGLISH)
    texts = {"source": list(map(" ".join, FRENCH)), "target": list(map(" ".join, ENGLISH))}
    pq.write_table(pa.table({"line": range(1, 12), **texts, "group": [None] * 11}), folder / "data/questions.parquet")
    (folder / "params.yaml").write_text(
        f"profile: test\nvariants: {{baseline: {{}}}}\nsplit: {{deduplicate: false}}\n"
        f"vocabulary: {{fewer_than: 9}}\nfacts: {expected}\n"
    )
    command = [sys.executable, "-P", str(ROOT / "stages/numericalize.py")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout, json.loads((folder / "reports/corpus/numericalize.json").read_text())


def test_the_stage_counts_as_by_hand_and_a_fact_not_met_fails_nothing(tmp_path):
    output, report = numericalize(tmp_path, json.dumps(MET | {"training": 10, "missed_target": 3}))
    assert {name: row["found"] for name, row in report["facts"].items()} == MET
    assert [name for name, row in report["facts"].items() if not row["equal"]] == ["training"]
    assert output.splitlines()[-1] == "9 of 10 facts met; training is 9, expected 10"


def test_without_facts_the_report_has_no_comparison(tmp_path):
    output, report = numericalize(tmp_path, "{pairs: null}")
    assert "facts" not in report and "facts" not in output


def test_dvc_draws_nothing_of_the_report(tmp_path):
    """A list of objects in a file that dvc.yaml calls a plot would be drawn."""
    _, report = numericalize(tmp_path, json.dumps(MET))

    def lists(value) -> list:
        if isinstance(value, dict):
            return [inner for child in value.values() for inner in lists(child)]
        return [value] if isinstance(value, list) else []

    assert lists(report) == []
