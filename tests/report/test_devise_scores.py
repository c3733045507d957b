"""What DeViSE's scores look like."""

from __future__ import annotations

import pytest

from quoi.records import devise_record, training
from quoi.report import devise_scores
from tests.report.conftest import cells
from tests.report.gallery_repository import record


def read(folder, metrics) -> devise_record.DeviseResult:
    entry = metrics["record"][0]
    history = {seed["seed"]: [{"epoch": 1, "loss": 0.5}] for seed in entry["seeds"]}
    training.write(folder / devise_record.RECORD, {}, entry, history)
    return devise_record.read(folder)


def test_the_tables_have_mean_spread_and_chance(tmp_path):
    tables = devise_scores.tables(read(tmp_path, record(unseen=(0.5, 0.6)))).split("\n\n")
    unseen, everything, seen = map(cells, tables)
    assert unseen[1] == [
        "**DeViSE**",
        *(f"**{x}**" for x in ("11.0 ± 1.4", "22.0 ± 2.8", "55.0 ± 7.1", "100.0 ± 0.0", "100.0 ± 0.0")),
    ]
    methods = ["its head alone", "ConSE", "visual neighbours", "random vectors", "*chance*"]
    assert [row[0] for row in unseen[2:]] == methods
    assert unseen[-1][3] == "*12.5*" and everything[-1][3] == "*2.5*" and "seen labels" in seen[0][0]


def test_the_overview_has_the_best_control_and_the_standard_error(tmp_path):
    _, unseen, everything, seen = cells(devise_scores.overview(read(tmp_path, record(unseen=(0.5, 0.6)))))
    assert unseen[1:] == ["40", "40", "**55.0 ± 7.1**", "7.9", "40.0 ± 0.0 (visual neighbours)", "12.5"]
    assert everything[2] == "200" and seen[1] == "160"


def test_json_has_mean_spread_and_number(tmp_path):
    content = devise_scores.as_json(read(tmp_path, record(unseen=(0.5, 0.6), seen=None)))
    assert content["seeds"] == [1, 2] and list(content) == ["seeds", "unseen", "unseen among all"]
    hit = content["unseen"]["methods"]["DeViSE"]["hit@5"]
    assert hit == {"mean": 0.55, "sd": pytest.approx(0.0707, abs=1e-4), "n": 2}
    assert content["unseen"]["chance"]["hit@1"] == 1 / 40 and content["unseen"]["pictures"] == 40


def test_one_seed_has_no_spread(tmp_path):
    result = read(tmp_path, record(unseen=(0.5,)))
    assert "±" not in devise_scores.tables(result) + devise_scores.overview(result)


def test_the_caption_says_how_labels_are_ranked(tmp_path):
    assert "by CSLS with 7 neighbours" in devise_scores.caption(read(tmp_path, record(csls=7)))
    assert "by cosine." in devise_scores.caption(read(tmp_path, record(csls=0)))


def test_a_picture_is_drawn_of_whatever_there_is(tmp_path):
    for number, metrics in enumerate((record(), record(unseen=(0.5,), seen=None, **{"something new": 0.2}))):
        path = tmp_path / f"{number}.png"
        devise_scores.draw(path, read(tmp_path, metrics))
        assert path.read_bytes().startswith(b"\x89PNG")
