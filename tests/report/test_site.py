"""The page that shows everything: what it is made of, and that its search finds what `quoi search` finds."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import asdict

import numpy as np
import pytest

from quoi.devise.space import Space, WayBack
from quoi.io.files import write_json, write_text
from quoi.nearest.search import Searcher
from quoi.params import Search
from quoi.records import checks, devise_record, results
from quoi.report import word_map
from quoi.report.gallery_choices import Collection
from quoi.report.site import numbers, page, pictures
from tests.record import write_corpus_reports, write_trained
from tests.report import gallery_repository


def make(folder):
    """A repository with a trained variant and pictures."""
    gallery_repository.make(folder)
    laid = word_map.lay_out(Collection(folder))
    write_text(folder / devise_record.MAP, json.dumps(asdict(laid)))
    record = write_trained(folder)
    told = json.loads((record / "metrics.json").read_text(encoding="utf-8"))
    for sample in told["sentences"]:
        length = len(sample["source_tokens"])
        sample["source_tokens"] = [*["où", "_unk_", "nous"][: length - 1], "_eos_"]
        sample["attention"] = [[1 / 4, 1 / 4, 1 / 4, 1 / 4] for _ in sample["target_tokens"]]
    (record / "metrics.json").write_text(json.dumps(told), encoding="utf-8")
    write_corpus_reports(folder)
    measured = {
        "numericalize": {"unknown_source": 0.5, "unknown_target": 0.01},
        "train@all": {},
        "train@gone": {"empty": 0},
    }
    for stage, values in measured.items():
        write_json(checks.file_of(stage, folder), asdict(checks.Measures(values, stage=stage)))
    return folder


@pytest.fixture
def whole(tmp_path):
    return make(tmp_path)


def written(root, profile="demo"):
    page.write(results.load(["all"], root / results.VARIANTS), profile, Search(), root)
    return (root / page.PAGE).read_text(encoding="utf-8")


def data(text):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])


def unpacked(told):
    """What the page's script makes of packed numbers: float32 [n, d]."""
    scales = np.frombuffer(base64.b64decode(told["scales"]), "<f4")
    values = np.frombuffer(base64.b64decode(told["values"]), "<i2").reshape(len(scales), told["width"])
    return values * scales[:, None]


def as_the_page_does(told):
    """The space that the page's script has, from the numbers in the page."""
    back = told["back"]
    way = back and WayBack(*(unpacked(back[name]) for name in ("labels", "weights")), back["width"], back["weight"])
    return Space(unpacked(told["centre"])[0], unpacked(told["turn"]), way)


def test_checks_are_those_of_the_stages_and_variants_that_there_are(whole):
    rows = data(written(whole))["checks"]
    assert [(row["stage"], row["state"]) for row in rows] == [("numericalize", "look"), ("numericalize", "ok")]


def test_the_same_inputs_give_the_same_bytes_and_nothing_is_fetched(whole):
    text = written(whole)
    assert text == written(whole)
    assert not re.search(r"/\*(style|script|data)\*/", text)
    assert not re.search(r"<(?:script|link|img)[^>]*(?:src|href)=\"(?!data:)|@import|fetch\(", text)


def test_text_of_the_data_cannot_end_the_element_that_holds_it(whole):
    made = page.assembled({"text": "</script><script>alert(1)</script>"})
    assert data(made) == {"text": "</script><script>alert(1)</script>"}


def test_published_losses_stand_only_beside_the_lesson_s_profile(whole):
    assert data(written(whole))["variants"][0]["published"] is None
    assert data(written(whole, "lesson"))["variants"][0]["published"] == 3.324


def test_every_score_of_every_seed_and_what_was_read_is_told(trained, root):
    told = numbers.told(trained, None, root)
    assert [variant["name"] for variant in told["variants"]] == [result.variant for result in trained]
    for variant, result in zip(told["variants"], trained, strict=True):
        for score in told["scores"]:
            assert list(variant["scores"][score["key"]]["seeds"].values()) == result.values(score["key"])
    assert {"data/raw"} == set(told["read"])
    assert all(made["md5"] for variant in told["variants"] for made in variant["made"].values())


def test_numbers_come_back_as_they_were(whole):
    rows = np.random.default_rng(0).standard_normal((20, 7)).astype(np.float32)
    rows[3] = 0
    assert np.abs(unpacked(pictures.packed(rows)) - rows).max() < 1e-4


def test_the_first_ten_are_those_of_quoi_search(whole):
    told, searcher = pictures.told(whole), Searcher(whole)
    space, vectors, shown = as_the_page_does(told), unpacked(told["vectors"]), unpacked(told["pictures"])
    same = []
    for vector, word in zip(vectors, told["words"], strict=True):
        found = np.argsort(-(shown @ space.apply(vector[None])[0]), kind="stable")[:10]
        wanted = searcher.nearest("images", searcher.expression(word), 10)
        same.append([told["labels"][row] for row in found] == [hit.label for hit in wanted])
    assert len(same) > 15 and np.mean(same) >= 0.95
    assert {told["labels"][row] for row in told["unseen"]} == set(gallery_repository.UNSEEN)
