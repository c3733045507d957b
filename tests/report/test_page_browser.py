"""The page in a real browser, opened from disk: every view drawn, by keyboard alone, without a word in the console."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from quoi.report.site import page
from tests.report.test_site import as_the_page_does, data, make, unpacked, written

CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
BROWSER = shutil.which("chromium")
WIDTHS = (320, 1280, 2560)

playwright = pytest.importorskip("playwright.sync_api", reason="the browser is driven by the package playwright")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="these look at the page in chromium, which is not installed")


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Of the page of a small repository."""
    root = make(tmp_path_factory.mktemp("page"))
    written(root)
    return (root / page.PAGE).as_uri()


@pytest.fixture
def opened(browser, address, request):
    """That page, offline; neither the console nor the network may have anything to say."""
    scheme = getattr(request, "param", "light")
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900}, offline=True)
    context.set_default_timeout(0)
    shown, said = context.new_page(), []
    shown.on("console", lambda message: said.append(message.text))
    shown.on("pageerror", lambda error: said.append(str(error)))
    shown.on("requestfailed", lambda asked: said.append(asked.url))
    shown.goto(address)
    shown.wait_for_selector("#forest svg")
    yield shown
    assert said == []
    context.close()


@pytest.mark.parametrize("opened", ["light", "dark"], indirect=True)
def test_every_view_is_drawn_and_nothing_is_wider_than_the_page(opened):
    for width in WIDTHS:
        opened.set_viewport_size({"width": width, "height": 900})
        opened.wait_for_timeout(100)
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        for view in (
            "#forest .mean",
            "#curves .curve",
            "#cards .lines path",
            "#tree .node",
            "#found .picture",
            "#map .tile",
            "#checks tbody tr",
        ):
            assert opened.locator(view).count() > 0, view
    assert opened.locator("#scores tbody tr").count() == 1
    assert opened.locator("#scores .number").count() == 10


def test_a_score_is_switched_and_an_epoch_read_with_the_keyboard(opened):
    opened.locator("#score-choice input").first.focus()
    loss = opened.locator("#forest .value").text_content()
    opened.keyboard.press("ArrowRight")
    assert opened.locator("#forest .value").text_content() != loss
    opened.locator("#epoch").focus()
    read = opened.locator("#reading").inner_text()
    opened.keyboard.press("ArrowLeft")
    assert opened.locator("#reading").inner_text() != read


def test_a_number_says_where_it_comes_from_and_escape_leads_back(opened):
    opened.locator("#scores .number").first.focus()
    opened.keyboard.press("Enter")
    told = opened.locator("#run").inner_text()
    assert "dvc repro train@all" in told and "data/raw" in told
    assert re.search(r"[0-9a-f]{32}", told)
    opened.keyboard.press("Escape")
    assert not opened.locator("#run").is_visible()
    assert opened.evaluate("document.activeElement.className") == "number"


def test_words_are_walked_with_the_arrow_keys_and_say_where_they_look(opened):
    opened.locator(".card .target .word").first.focus()
    assert "looks at" in opened.locator(".card .said").inner_text()
    opened.keyboard.press("ArrowLeft")
    assert "is looked at by" in opened.locator(".card .said").inner_text()
    opened.locator("#step").focus()
    opened.keyboard.press("Home")
    assert opened.locator(".card .word.unwritten").count() > 0


def test_forced_the_reference_s_words_stand_in_a_card_and_beside_them_what_was_expected(opened):
    forced = data(opened.content())["beams"]["all"][0]["forced"]
    opened.locator("#reading-choice input").first.focus()
    for _ in range(2):
        opened.keyboard.press("ArrowRight")
    assert opened.locator(".card").count() == 2
    card = opened.locator(".card.forced")
    wrong = [one != other for one, other in zip(forced["words"], forced["expected"], strict=True)]
    assert card.locator(".target .word").count() == len(forced["words"])
    assert card.locator(".expected").count() == sum(wrong)
    card.locator(".target .word").first.focus()
    said = int(re.search(r"(\d+) %", card.locator(".said").inner_text())[1])
    assert said == pytest.approx(100 * forced["chances"][0], abs=0.51)


def test_the_beam_s_tree_is_climbed_with_the_arrow_keys(opened):
    opened.locator("#tree .node").first.focus()
    opened.keyboard.press("ArrowRight")
    assert "log-probability" in opened.locator("#beam-said").inner_text()
    best = data(opened.content())["beams"]["all"][0]
    last = best["nodes"][best["best"][-1]]
    assert f"{last[3]:.3f}".replace("-", "−") in opened.locator("#ended tbody tr.chosen").first.text_content()


def test_the_search_finds_what_python_finds(opened):
    told = data(opened.content())["pictures"]
    space, vectors = as_the_page_does(told), unpacked(told["vectors"])
    vector = dict(zip(told["words"], vectors, strict=True))
    shown = unpacked(told["pictures"])
    for text, raw in {
        "boat": vector["boat"],
        "engine + boat - apple": vector["engine"] + vector["boat"] - vector["apple"],
        "(beer + 2 * party) / 3": (vector["beer"] + 2 * vector["party"]) / 3,
        "motor boat": (vector["motor"] + vector["boat"]) / 2,
    }.items():
        opened.locator("#expression").fill(text)
        place = space.apply(raw[None])[0]
        wanted = [told["labels"][row] for row in np.argsort(-(shown @ place), kind="stable")]
        assert opened.locator("#found .label").all_text_contents() == wanted, text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("boat - boat", "Nothing is left"),
        ("bot", "“boat”"),
        ("boat *", "cannot be read"),
        ("boat * engine", "multiplied"),
    ],
)
def test_what_cannot_be_searched_is_one_sentence(opened, text, sentence):
    opened.locator("#expression").fill(text)
    assert sentence in opened.locator("#found-said").inner_text()


def test_a_picture_is_searched_by_a_key(opened):
    opened.locator("#found .picture").first.focus()
    label = opened.locator("#found .label").first.inner_text()
    opened.keyboard.press("Enter")
    assert label in opened.locator("#found-said").inner_text()


@pytest.mark.parametrize("opened", ["light", "dark"], indirect=True)
def test_words_stand_out_from_their_ground_as_aa_asks(opened):
    least = opened.evaluate(CONTRAST)
    assert json.dumps([pair for pair in least if pair[0] < 4.5]) == "[]"


def test_the_map_is_travelled_with_the_arrow_keys_and_a_picture_on_it_searched(opened):
    opened.locator("#map .tile").first.focus()
    for key in ("ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"):
        opened.keyboard.press(key)
    assert opened.evaluate("document.activeElement.className").startswith("tile")
    opened.keyboard.press("ArrowDown")
    chosen = opened.evaluate("document.activeElement.title")
    opened.keyboard.press("Enter")
    assert chosen and chosen.removesuffix(" (unseen)") in opened.locator("#found-said").inner_text()


def test_text_from_right_to_left_runs_that_way_beside_what_does_not(browser, address, tmp_path):
    told = data(Path(address.removeprefix("file://")).read_text(encoding="utf-8"))
    sample = told["variants"][0]["samples"][0]
    told |= {"languages": ["French", "Hebrew"], "tags": ["fr", "he"]}
    sample |= {"beam": "איפה הבית?", "target_tokens": ["איפה", *sample["target_tokens"][1:]]}
    (tmp_path / "page.html").write_text(page.assembled(told), encoding="utf-8")
    shown = browser.new_page()
    shown.set_default_timeout(0)
    shown.goto((tmp_path / "page.html").as_uri())
    direction = "element => getComputedStyle(element).direction"
    card = shown.locator(".card").first
    assert card.locator(".translation").evaluate(direction) == "rtl"
    assert [card.locator(f".{side} .word").first.evaluate(direction) for side in ("source", "target")] == ["ltr", "rtl"]
    assert card.locator(".column.target").get_attribute("lang") == "he"
    shown.close()
