from __future__ import annotations

import pytest
from rich.console import Console

from quoi.errors import QuoiError
from quoi.params.registry import SCORES
from quoi.report import progression, results
from quoi.report.results import Summary
from tests.record import write_record
from tests.report.conftest import cells


def test_welch_by_hand():
    # means 2 and 4, variances 2 and 8, n = 2: t = -2 / sqrt(1 + 4), df = 25 / (1 + 16) = 25 / 17;
    # the probability comes from the incomplete beta function I_x(df / 2, 1 / 2) at x = df / (df + t^2)
    from scipy.special import betainc

    t, df = -2 / 5**0.5, 25 / 17
    expected = betainc(df / 2, 0.5, df / (df + t * t))
    assert progression.p_value([1.0, 3.0], [2.0, 6.0]) == pytest.approx(expected)
    assert expected == pytest.approx(0.495, abs=0.005)


def test_welch_at_two_degrees_of_freedom_by_hand():
    # equal variances 0.02^2 / 2 and n = 2 give df = 2, where p = 1 - |t| / sqrt(2 + t^2)
    t = 0.1 / 0.02 * 2**0.5
    expected = 1 - t / (2 + t * t) ** 0.5
    assert progression.p_value([3.50, 3.52], [3.40, 3.42]) == pytest.approx(expected, rel=1e-6)


def test_samples_without_spread():
    assert progression.p_value([3.0, 3.0], [3.0, 3.0]) == 1.0
    assert progression.p_value([3.0, 3.0], [2.0, 2.0]) == 0.0


@pytest.mark.parametrize(
    ("values", "above", "expected"),
    [
        ([3.0, 3.1], None, "–"),
        ([3.0], [3.1, 3.2], "one seed: cannot say"),
        ([3.40, 3.42], [3.50, 3.52], "yes, better (p = 0.019)"),
        ([3.50, 3.52], [3.40, 3.42], "yes, worse (p = 0.019)"),
        ([3.0, 3.0], [2.0, 2.0], "yes, worse (p < 0.001)"),
        ([1.0, 3.0], [2.0, 6.0], "no (p = 0.49)"),
    ],
)
def test_verdict(values, above, expected):
    assert progression.verdict(values, above) == expected


def test_json_has_every_score_in_the_order_of_the_rows(trained):
    table = progression.as_json(trained)
    assert list(table) == ["baseline", "bidir", "forcing", "attention", "all"]
    assert table["baseline"]["lesson_loss"] == {"mean": 3.51, "sd": pytest.approx(0.02 / 2**0.5, abs=1e-6), "n": 2}
    assert table["bidir"]["lesson_loss"]["p"] == pytest.approx(0.0194, abs=1e-3)
    assert set(table["all"]) == set(SCORES)
    assert all(set(told) - {"p"} == {"mean", "sd", "n"} for row in table.values() for told in row.values())


def test_one_seed_is_said(tmp_path):
    rows = [results.read(write_record(tmp_path, name, {1: 3.0})) for name in ("baseline", "all")]
    assert progression.as_json(rows)["all"]["exact"] == {"mean": pytest.approx(0.3), "sd": None, "n": 1}
    assert cells(progression.loss_table(rows))[2][5] == "one seed: cannot say"
    assert cells(progression.loss_table(rows))[1][4] == "**3.000**"


def test_tables_parse(trained):
    head, baseline, *_, everything = cells(progression.loss_table(trained))
    assert head[:5] == ["variant", "bidirectional", "teacher forcing", "attention", "lesson's loss"]
    assert baseline[:6] == ["`baseline`", "", "", "", "**3.510 ± 0.014**", "–"]
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
    text = progression.caption(trained, *progression.read_corpus(root))
    for part in ("`atlas`", "90 training and 10 validation", "10.0 %", "seeds 1, 2", "width 5", "tok:13a", "Welch"):
        assert part in text
    assert "only large differences" in text


def test_caption_without_the_data(trained, root):
    (root / "data/raw/source.json").unlink()
    assert "Corpus `unknown`" in progression.caption(trained, *progression.read_corpus(root))


def test_missing_counts_are_one_sentence(root):
    (root / "reports/corpus/numericalize.json").unlink()
    with pytest.raises(QuoiError, match=r"numericalize\.json does not exist yet"):
        progression.read_corpus(root)


@pytest.mark.parametrize("published", [None, progression.PUBLISHED])
def test_terminal_table_fits(trained, published):
    console = Console(width=80, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(progression.show(trained, published))
    text = console.export_text()
    assert "3.110 ± 0.014" in text and "better" in text
    assert ("3.324" in text) is (published is not None)
    assert max(map(len, text.splitlines())) <= 80


def test_numbers_are_written_with_their_spread():
    assert progression.written(Summary(3.14159, 0.0123, 3), 3) == "3.142 ± 0.012"
    assert progression.written(Summary(3.14159, None, 1), 1) == "3.1"
