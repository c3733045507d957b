"""The live page in a real browser: a question typed, edited and compared; a picture chosen, dropped and found."""

from __future__ import annotations

import threading
import time

import pytest
import uvicorn
from PIL import Image

from quoi.app import server
from tests.report.test_page_browser import CONTRAST, WIDTHS, browser, playwright, pytestmark  # noqa: F401

SLOW = "Où sommes-nous où sommes-nous ?"


@pytest.fixture(scope="module")
def address(root):
    """Of the live page, served by a thread."""
    config = uvicorn.Config(server.application(root), port=0, log_level="error", lifespan="off")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join()


@pytest.fixture
def opened(browser, address, request):  # noqa: F811
    """That page; neither the console nor the network may have anything to say that a test does not expect."""
    context = browser.new_context(
        color_scheme=getattr(request, "param", "light"), viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(0)
    shown, said = context.new_page(), []
    shown.on("console", lambda message: said.append(message.text))
    shown.on("pageerror", lambda error: said.append(str(error)))
    shown.goto(address)
    shown.wait_for_selector("#asked")
    yield shown
    assert [text for text in said if "400 (Bad Request)" not in text] == []
    context.close()


@pytest.fixture
def mine(tmp_path):
    """A picture of one's own."""
    Image.new("RGB", (300, 200), "teal").save(tmp_path / "mine.png")
    return tmp_path / "mine.png"


def asked(page, text: str) -> None:
    """Type a question and wait until it is the one that is shown."""
    page.locator("#asked").fill(text)
    page.wait_for_function("text => document.querySelector('#attention-reference span').textContent === text", arg=text)


def test_a_typed_question_is_one_more_of_the_page_s_questions(opened):
    assert opened.locator("#asked").input_value() == opened.locator("#attention-reference span").first.inner_text()
    asked(opened, "où nous quokka ?")
    assert "quokka" in opened.locator("#asked-said").inner_text()
    assert "without a reference" in opened.locator("#attention-reference").inner_text()
    assert opened.locator(".tick-mark").count() == 0 and not opened.locator("#reading-choice").is_visible()
    assert opened.locator(".card .source .word").all_text_contents() == ["où", "nous", "(unknown)", "?", "■"]
    assert opened.locator("#tree .node").count() > 0
    for select in opened.locator("select.sentence").all():
        assert "où nous quokka ?" in select.locator("option:checked").inner_text()
    opened.locator("select.sentence").first.select_option("1")
    assert "Portugal" in opened.locator("#asked").input_value()
    assert opened.locator("#reading-choice").is_visible()


def test_what_an_edit_changes_is_marked_and_said_in_words(opened):
    card = opened.locator(".card").first
    translation = card.locator(".translation")
    asked(opened, "où où")
    opened.keyboard.press("Enter")
    opened.wait_for_function("() => !document.querySelector('#asked-said').textContent")
    before = translation.inner_text()
    asked(opened, "où")
    assert "1 of 1" in opened.locator("#asked-said").inner_text()
    new, gone = card.locator("ins"), card.locator("del")
    assert new.count() + gone.count() > 0
    assert new.locator(".hidden").all_text_contents() == ["new: "] * new.count()
    was = card.locator(".before").text_content().replace("gone: ", "").removeprefix("before: ")
    assert was == before
    # The words that are not marked are the same, in the same order.
    kept = "node => { node.querySelectorAll('ins, del').forEach(each => each.remove()); return node.textContent; }"
    left = card.locator(".before").evaluate(kept).removeprefix("before: ")
    assert left.split() == translation.evaluate(kept).split()


def test_an_edit_begins_when_the_box_is_entered(opened):
    opened.locator("#asked").focus()
    asked(opened, "nous ?")
    opened.locator("#step").focus()
    opened.locator("#asked").focus()
    asked(opened, "nous où ?")
    opened.wait_for_function("document.querySelector('#asked-said').textContent.includes('“nous ?”')")


def test_of_answers_that_come_late_only_the_last_one_counts(opened):
    """The server never answers the first question, which is given up for the second."""
    opened.route("**/translate", lambda route: None if route.request.post_data == SLOW else route.continue_())
    with opened.expect_request(lambda request: request.post_data == SLOW):
        opened.locator("#asked").fill(SLOW)
    with opened.expect_event("requestfailed"):
        asked(opened, "qui ?")
    assert opened.locator("#attention-reference span").first.inner_text() == "qui ?"


def test_what_the_server_refuses_is_said(opened):
    opened.locator("#asked").fill("où " * 200)
    opened.wait_for_selector("#asked-said.wrong")
    assert "300 characters" in opened.locator("#asked-said").inner_text()
    asked(opened, "où ?")
    assert opened.locator("#asked-said.wrong").count() == 0


def test_a_chosen_picture_finds_names_nouns_and_pictures_until_something_else_is_searched(opened, mine, root):
    opened.set_input_files("#picture", mine)
    opened.wait_for_selector(".kin li")
    assert "mine.png" in opened.locator("#found-said").inner_text()
    assert opened.locator(".kin img").get_attribute("alt") and opened.locator("#found .picture").count() > 0
    titles = opened.locator(".kin h3").all_text_contents()
    assert titles == ["Nearest names", "Nearest of WordNet's nouns"]
    opened.locator("#expression").fill("boat")
    assert not opened.locator(".kin").is_visible()


def test_words_that_the_page_lacks_are_asked_of_the_server(opened):
    opened.evaluate("window.opened().rows.delete('boat')")
    opened.locator("#expression").fill("boat")
    opened.wait_for_function("() => document.querySelector('#found-said').textContent === 'Nearest to boat'")
    opened.locator("#expression").fill("qqqq")
    opened.wait_for_selector("#found-said.wrong")


def test_a_dropped_file_that_is_no_picture_is_said(opened):
    opened.evaluate("""() => {
        const files = new DataTransfer();
        files.items.add(new File(["text"], "notes.txt"));
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
    }""")
    opened.wait_for_selector("#found-said.wrong")
    assert "no picture" in opened.locator("#found-said").inner_text()


def test_everything_is_reached_by_the_keyboard(opened):
    opened.locator("#attention-title").evaluate("node => { node.tabIndex = -1; node.focus(); }")
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.id") == "asked"
    opened.locator(".example").last.focus()
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.id") == "picture"


@pytest.mark.parametrize("opened", ["light", "dark"], indirect=True)
def test_words_stand_out_as_aa_asks_and_nothing_is_wider_than_the_page(opened, mine):
    opened.locator("#asked").focus()
    asked(opened, "nous où nous ?")
    opened.set_input_files("#picture", mine)
    opened.wait_for_selector(".kin li")
    assert [pair for pair in opened.evaluate(CONTRAST) if pair[0] < 4.5] == []
    for width in WIDTHS:
        opened.set_viewport_size({"width": width, "height": 900})
        opened.wait_for_timeout(100)
        assert opened.evaluate("document.documentElement.scrollWidth") <= width


def test_a_link_of_the_page_leads_to_a_report(opened, root):
    (root / "reports/translation/README.md").write_text("# Translation\n", encoding="utf-8")
    opened.locator("footer a", has_text="translation").first.click()
    opened.wait_for_selector("h1")
    assert opened.locator("h1").inner_text() == "Translation"


def test_a_question_that_is_another_one_is_compared_with_none(opened):
    opened.locator("#asked").focus()
    asked(opened, "nous nous où où qui qui ?")
    assert opened.locator(".before, ins, del").count() == 0
    assert "differ" not in opened.locator("#asked-said").inner_text()
