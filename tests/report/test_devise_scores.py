"""What DeViSE's scores look like, and what is said of them."""

from __future__ import annotations

import json

import pytest

from quoi.io.errors import QuoiError
from quoi.report import devise_meaning, devise_scores
from tests.report.conftest import cells
from tests.report.gallery_repository import record


def read(folder, told) -> devise_scores.Scores:
    path = folder / devise_scores.METRICS
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(told if isinstance(told, str) else json.dumps(told))
    return devise_scores.read(folder)


def test_the_tables_tell_mean_spread_and_chance(tmp_path):
    scores = read(tmp_path, record(unseen=(0.5, 0.6)))
    unseen, everything, seen = (cells(each) for each in devise_scores.tables(scores, several=False).split("\n\n"))
    assert unseen[0][0] == "40 pictures of unseen labels, among these 40"
    assert unseen[1] == [
        "**DeViSE**",
        *(f"**{x}**" for x in ("11.0 ± 1.4", "22.0 ± 2.8", "55.0 ± 7.1", "100.0 ± 0.0", "100.0 ± 0.0")),
    ]
    assert [row[0] for row in unseen[2:]] == [
        "its head alone",
        "ConSE",
        "visual neighbours",
        "random vectors",
        "*chance*",
    ]
    assert unseen[-1][3] == "*12.5*" and everything[-1][3] == "*2.5*"
    assert everything[0][0] == "the same, among all 200 labels" and "160 rotated pictures" in seen[0][0]
    assert "160 held-out pictures" in devise_scores.tables(scores, several=True)


def test_json_has_mean_spread_and_number(tmp_path):
    told = devise_scores.as_json(read(tmp_path, record(unseen=(0.5, 0.6), seen=None)))
    assert told["seeds"] == [1, 2] and list(told) == ["seeds", "unseen", "unseen among all"]
    assert told["unseen"]["methods"]["DeViSE"]["hit@5"] == {"mean": 0.55, "sd": pytest.approx(0.0707, abs=1e-4), "n": 2}
    assert told["unseen"]["chance"]["hit@1"] == 1 / 40 and told["unseen"]["pictures"] == 40


def test_one_seed_has_no_spread(tmp_path):
    scores = read(tmp_path, record(unseen=(0.5,)))
    assert "±" not in devise_scores.tables(scores, False) + devise_meaning.meaning(scores)
    assert "tells nothing of the spread" in devise_scores.caption(scores)
    assert "one seed tells nothing" in devise_meaning.meaning(scores)


@pytest.mark.parametrize(
    "unseen, methods, said",
    [
        ((0.50, 0.52), {"ConSE": 0.40, "ridge regression": 0.2}, "*ConSE*, reaches 40.0 ± 0.0 %: 11.0 points less"),
        ((0.40, 0.50), {"ConSE": 0.40}, "5.0 points less, within two standard deviations"),
        ((0.30, 0.31), {"ConSE": 0.40}, "9.5 points more, more than two"),
        ((0.40, 0.40), {"ConSE": 0.40}, "reaches 40.0 ± 0.0 %: as much."),
        ((0.40, 0.40), {"its head alone": 0.41}, "A part of it does at least as well: *its head alone* reaches 41.0"),
        ((0.50, 0.50), {"ConSE": 0.1}, "4.0 times chance"),
        ((0.125, 0.125), {"ConSE": 0.1}, "no more than chance would give"),
        ((0.15, 0.15), {"ConSE": 0.1}, "little more than chance would give"),
    ],
)  # fmt: skip
def test_the_numbers_choose_the_sentences(tmp_path, unseen, methods, said):
    first = devise_meaning.meaning(read(tmp_path, record(unseen, **methods))).splitlines()[0]
    assert said in first
    assert ("A part of it" in first) == ("its head alone" in methods)


def test_how_labels_are_ranked_is_told(tmp_path):
    assert "by CSLS with 7 neighbours" in devise_scores.caption(read(tmp_path, record(csls=7)))
    assert "by cosine;" in devise_scores.caption(read(tmp_path, record(csls=0)))


@pytest.mark.parametrize("labels, splits, several", [
    (["a", "b"], [None, None], False),
    (["a", "a"], [None, None], True),
    (["z", "z", "a"], [None] * 3, False),
    (["a", "b"], ["train", "val"], True),
])  # fmt: skip
def test_whether_pictures_could_be_held_out(labels, splits, several):
    assert devise_scores.several_pictures(labels, splits, {"a": True, "b": True, "z": False}) == several


def damaged(change):
    told = record()
    change(told["record"][0])
    return told


@pytest.mark.parametrize("told", [
    "[]", '{"record": []}', '{"record": [{"seeds": [], "parameters": {}}]}', '{"record": [null]}',
    damaged(lambda record: record["seeds"][1]["scores"].pop("ConSE")),
    damaged(lambda record: record["seeds"][0]["scores"]["DeViSE"]["unseen"].pop("hit@5")),
    damaged(lambda record: [seed["scores"].pop("DeViSE") for seed in record["seeds"]]),
    damaged(lambda record: record.pop("parameters")),
])  # fmt: skip
def test_a_damaged_record_is_one_sentence(tmp_path, told):
    with pytest.raises(QuoiError, match=r"metrics.json is not what the stage train_devise writes") as error:
        read(tmp_path, told)
    assert "\n" not in str(error.value)


def test_a_picture_is_drawn_of_whatever_there_is(tmp_path):
    for number, told in enumerate((record(), record(unseen=(0.5,), seen=None, **{"something new": 0.2}))):
        path = tmp_path / f"{number}.png"
        devise_scores.draw(path, read(tmp_path, told), several=False)
        assert path.read_bytes().startswith(b"\x89PNG")
