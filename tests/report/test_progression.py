from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console

from quoi.io.files import read_json
from quoi.params.translation import SCORES
from quoi.records import results
from quoi.records.results import Summary
from quoi.report import progression
from tests.record import write_record
from tests.report.conftest import cells


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        ([[3.0, 3.1]], ["–"]),
        ([[3.1], [3.0]], ["–", "one seed: cannot say"]),
        ([[3.50, 3.52], [3.40, 3.42]], ["–", "yes, better (p = 0.019)"]),
        ([[3.40, 3.42], [3.50, 3.52]], ["–", "yes, worse (p = 0.019)"]),
        ([[2.0, 2.0], [3.0, 3.0]], ["–", "yes, worse (p < 0.001)"]),
        ([[2.0, 6.0], [1.0, 3.0]], ["–", "no (p = 0.47)"]),
        ([[3.0, 3.2], [2.0]], ["–", "no (p = 0.099)"]),
    ],
)
def test_verdicts(trained, losses, expected):
    assert progression.verdicts(rows(trained, losses)) == expected


def test_a_step_that_stands_out_alone_may_not_among_others(trained):
    """Of two p-values Holm doubles the smaller."""
    losses = [[3.0, 3.2], [2.70, 2.80], [2.75, 2.85]]
    first, second = progression.p_values(rows(trained, losses))
    assert first < 0.05 < 2 * first
    assert progression.verdicts(rows(trained, losses)) == ["–", f"no (p = {2 * first:.3f})", f"no (p = {second:.2f})"]
    row = progression.as_json(rows(trained, losses))[trained[1].variant]["lesson_loss"]
    assert (row["p"], row["p_holm"]) == (first, 2 * first)


def rows(trained: list[results.Result], losses: list[list[float]]) -> list[results.Result]:
    """Variants with such losses, a seed each."""
    return [
        replace(variant, seeds={seed: dict.fromkeys(SCORES, loss) for seed, loss in enumerate(own)})
        for variant, own in zip(trained, losses, strict=False)
    ]


def test_json_has_every_score_in_the_order_of_the_rows(trained):
    table = progression.as_json(trained)
    assert list(table) == ["baseline", "bidir", "forcing", "attention", "all"]
    # five variants with two seeds: 2.5706 is the 97.5 % point of Student's t with 5 degrees of freedom
    sd, half = pytest.approx(0.02 / 2**0.5, abs=1e-6), pytest.approx(2.5706 * 0.01, abs=1e-5)
    assert table["baseline"]["lesson_loss"] == {"mean": 3.51, "sd": sd, "n": 2, "half_width_95": half}
    assert table["bidir"]["lesson_loss"]["p"] == pytest.approx(0.0009, abs=1e-4)
    assert set(table["all"]) == set(SCORES)
    assert all(
        set(entry) - {"p", "p_holm"} == {"mean", "sd", "n", "half_width_95"}
        for row in table.values()
        for entry in row.values()
    )


def test_one_seed_is_said(tmp_path):
    rows = [results.read(write_record(tmp_path, name, {1: 3.0})) for name in ("baseline", "all")]
    assert progression.as_json(rows)["all"]["exact"] == {"mean": pytest.approx(0.3), "sd": None, "n": 1}
    assert cells(progression.loss_table(rows))[2][5] == "one seed: cannot say"
    assert cells(progression.loss_table(rows))[1][4] == "**3.000**"


def test_tables_parse(trained):
    head, baseline, *_, everything = cells(progression.loss_table(trained))
    assert head[:5] == ["variant", "bidirectional", "teacher forcing", "attention", "lesson's loss"]
    assert baseline[:6] == ["`baseline`", "", "", "", "**3.510 ± 0.026**", "–"]
    assert everything[:4] == ["`all`", "✓", "✓", "✓"]
    quality = cells(progression.quality_table(trained))
    assert quality[1][:3] == ["`baseline`", "10.0 ± 0.0", "16.5 ± 0.0"]
    assert len(quality) == 6


def test_published_losses_stand_beside_in_the_lesson_profile_alone(trained):
    assert progression.published_for("demo") is None
    assert "published" not in progression.loss_table(trained)
    head, *rows = cells(progression.loss_table(trained, progression.published_for("lesson")))
    assert head[5] == "published (reference)"
    assert [row[5] for row in rows] == ["3.581", "3.514", "3.491", "3.369", "3.324"]


def test_caption_says_what_the_numbers_rest_on(trained, root):
    files = root / "reports/corpus/numericalize.json", root / "data/raw/source.json"
    text = progression.caption(trained, *map(read_json, files))
    counts = ("`atlas`", "90 training and 10 validation", "10.0 %")
    for part in (*counts, "seeds 1, 2", "width 5", "tok:13a", "95 % interval"):
        assert part in text
    assert "only large differences" in text


@pytest.mark.parametrize("published", [None, progression.PUBLISHED])
def test_terminal_table_fits(trained, published):
    console = Console(width=80, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(progression.show(trained, published))
    text = console.export_text()
    assert "3.110 ± 0.026" in text and "better" in text
    assert ("3.324" in text) is (published is not None)
    assert max(map(len, text.splitlines())) <= 80


def test_numbers_are_written_with_their_spread():
    assert Summary(3.14159, 0.0123, 3).written(3) == "3.142 ± 0.012"
    assert Summary(3.14159, None, 1).written(1) == "3.1"
