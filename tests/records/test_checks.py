"""Checks: judged by their bounds, written and read in one form, and ending a stage that is broken."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from quoi.io.errors import QuoiError
from quoi.records import checks
from quoi.records.bounds import BOUNDS, Bound
from quoi.records.checks import Measures, settle


@pytest.fixture(autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("value", "state"),
    [(0.0, "ok"), (1.0, "ok"), (1.5, "look"), (-0.5, "look"), (3.0, "broken"), (-2.0, "broken"), (None, "broken"),
     (math.nan, "broken"), (math.inf, "broken")],
)  # fmt: skip
def test_a_value_is_judged(value: float | None, state: str) -> None:
    assert Bound("x", "y", 0, 1, -1, 2, mend="z").judge(value) == state


def test_a_value_that_is_not_finite_is_worth_a_look_where_nothing_could_be_done() -> None:
    assert Bound("x", "y", high=1).judge(None) == "look"


@pytest.mark.parametrize("key", BOUNDS)
def test_every_bound_can_fail_and_is_in_order(key: str) -> None:
    bound = BOUNDS[key]
    assert bound.broken_low <= bound.low <= bound.high <= bound.broken_high
    finite = [edge for edge in (bound.low, bound.high) if math.isfinite(edge)]
    assert finite and any(bound.judge(edge + sign) != "ok" for edge in finite for sign in (-1e3, 1e3))


def test_a_sound_stage_goes_on_and_is_read_again(capsys: pytest.CaptureFixture[str]) -> None:
    texts, series = {"nearest words": {"ville": "village"}}, {"cosines": {"0.5": 1.0}}
    controls = {"cosines": {"0.5": 0.25}}
    report = settle("embed@fr", Measures({"mean_cosine": 0.2}, texts, series, controls), "stop")
    assert capsys.readouterr().out == "" and [check.state for check in report.checks] == ["ok"]
    assert checks.read("embed@fr") == report
    assert (report.texts, report.series, report.controls) == (texts, series, controls)


def test_a_value_worth_a_look_is_said_and_the_stage_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    settle("embed@fr", Measures({"mean_cosine": 0.5}), "stop")
    output = capsys.readouterr().out
    assert output.startswith("look: ") and "0.5" in output and output.count("\n") == 1


def test_a_broken_stage_ends_with_what_to_do_and_leaves_its_measures() -> None:
    with pytest.raises(QuoiError) as error:
        settle("embed@fr", Measures({"mean_cosine": 0.999}), "stop")
    message = str(error.value)
    assert "embed@fr" in message and "0.999" in message and "\n" not in message
    assert "vectors.source: random" in message and "checks: warn" in message
    assert checks.read("embed@fr").checks[0].state == "broken"
    assert settle("embed@fr", Measures({"mean_cosine": 0.999}), "warn").checks[0].state == "broken"


def test_a_loss_that_is_not_finite_is_broken_and_written_as_json(tmp_path: Path) -> None:
    with pytest.raises(QuoiError, match="not finite"):
        settle("train@all", Measures({"seed 1": {"final_loss": math.nan}}), "stop")
    assert "NaN" not in checks.file_of("train@all").read_text(encoding="utf-8")


def test_each_seed_is_a_part() -> None:
    measures = checks.by_seed({1: Measures({"gap": 0.2}, {"a": {"b": "one"}}), 7: Measures({"gap": 5.0})}, best=1)
    report = settle("train@all", measures, "stop")
    assert [(check.part, check.value, check.state) for check in report.checks] == [
        ("seed 1", 0.2, "ok"), ("seed 7", 5.0, "look"),
    ]  # fmt: skip
    (row,) = report.rows
    assert row.values == "0.2 · 5" and row.state == "look"
    assert report.texts == {"a": {"b": "one"}}


def test_reports_come_in_the_order_of_the_pipeline() -> None:
    for stage, key in (
        ("train@all", "gap"),
        ("train@other", "gap"),
        ("build_indexes", "recall_nouns"),
        ("filter_questions", "kept_share"),
    ):
        settle(stage, Measures({key: 1.0}), "warn")
    assert [report.stage for report in checks.read_all(["other", "all"])] == [
        "filter_questions", "train@other", "train@all", "build_indexes",
    ]  # fmt: skip
    assert "train@all" not in [report.stage for report in checks.read_all(["other"])]
    entries = json.loads(json.dumps([check.as_dict() for check in checks.read("train@all").checks], allow_nan=False))
    assert [entry["state"] for entry in entries] == ["ok"]


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"stage": "a", "values": {"no_such_check": 1}, "texts": {}, "series": {}}',
                '{"stage": "a", "values": {"gap": "x"}, "texts": {}, "series": {}}',
                '{"stage": "a", "values": 3, "texts": {}, "series": {}}',
                '{"stage": "a", "values": {"gap": true}, "texts": {}, "series": {}}',
                '{"stage": "a", "values": {}, "texts": [], "series": {}}',
                '{"stage": "a", "values": {}, "texts": {"a": 3}, "series": {}}',
                '{"stage": "a", "values": {}, "texts": {}, "series": {"a": {"1": null}}}',
                ],
)  # fmt: skip
def test_a_damaged_file_is_said(content: str) -> None:
    checks.FOLDER.mkdir(parents=True)
    checks.file_of("a").write_text(content, encoding="utf-8")
    with pytest.raises(QuoiError, match=r"a\.json"):
        checks.read("a")


def test_a_number_that_is_not_finite_in_a_file_is_not_finite() -> None:
    checks.FOLDER.mkdir(parents=True)
    checks.file_of("a").write_text('{"stage": "a", "values": {"gap": NaN}, "texts": {}, "series": {}}')
    (row,) = checks.read("a").rows
    assert row.values == "not finite" and row.state == "look"


def test_a_histogram_counts_everything_once() -> None:
    shares = checks.histogram([-5.0, -0.9, 0.1, 0.2, 0.95, 5.0], -1, 1, 4)
    assert shares == pytest.approx({"-0.75": 2 / 6, "-0.25": 0, "0.25": 2 / 6, "0.75": 2 / 6})
