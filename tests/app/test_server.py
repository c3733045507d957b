"""The live page's server as a program meets it: its answers, its refusals, many at once, and its end."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import httpx
import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from starlette.testclient import TestClient

from quoi.app import server
from quoi.app.models import MOST_CHARACTERS
from quoi.io.errors import QuoiError
from quoi.nearest.search import Searcher
from quoi.report.site.page import PAGE
from quoi.translation.translator import Translator
from tests.imports import SOURCE
from tests.report.test_site import data

ADDRESS = "http://127.0.0.1"
QUESTION = "Où sommes-nous ?"


@pytest.fixture(scope="module")
def client(root):
    return TestClient(server.application(root), ADDRESS, raise_server_exceptions=False)


def picture(colour="navy", size=(50, 40), kind="PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


def refused(answer: httpx.Response, status: int) -> str:
    """The sentence of an answer that is no other."""
    assert answer.status_code == status
    (sentence,) = answer.json().values()
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


def test_a_question_is_translated_as_quoi_translate_does(client, root):
    told = client.post("/translate", content=f"  {QUESTION}\n").json()
    translator = Translator.load(root / "models/all")
    (wanted,) = translator.translate([QUESTION], attention=True)
    sample, tree = told["variants"]["all"].values()
    assert (sample["source"], sample["beam"], sample["reference"]) == (QUESTION, wanted.text, "")
    assert (sample["source_tokens"], sample["target_tokens"]) == (wanted.source_tokens, wanted.target_tokens)
    assert np.allclose(sample["attention"], wanted.attention, atol=1e-4)
    assert [tree["nodes"][place][1] for place in tree["best"]] == wanted.target_tokens
    assert told["remarks"] == translator.remarks(wanted)


def test_words_that_the_vocabulary_lacks_are_named(client):
    assert "quokka" in client.post("/translate", content="Où quokka ?").json()["remarks"][0]


def test_a_picture_is_placed_as_quoi_search_places_it(client, root, tmp_path):
    (tmp_path / "mine.png").write_bytes(picture())
    told = client.post("/picture", content=picture()).json()
    searcher = Searcher(root)
    (vector,) = searcher.pictures([tmp_path / "mine.png"])
    assert np.allclose(told["vector"], vector, atol=1e-5)
    for kind in ("classes", "nouns"):
        wanted = searcher.nearest(kind, vector, 8)
        assert told[kind] == [[hit.name, pytest.approx(hit.similarity, abs=1e-4)] for hit in wanted]


def test_words_are_placed_as_quoi_search_places_them(client, root):
    told = client.post("/place", content="(boat + engine) / 2").json()
    assert np.allclose(told["vector"], Searcher(root).expression("(boat + engine) / 2"), atol=1e-5)
    assert "qqq" in refused(client.post("/place", content="boat + qqq"), 400)


def test_the_page_is_the_one_on_disk_and_its_policy_lets_its_script_run(client, root):
    shown = client.get("/")
    assert data(shown.text) == data((root / PAGE).read_text(encoding="utf-8"))
    assert "live.js" in shown.text and "live.js" not in (root / PAGE).read_text(encoding="utf-8")
    assert server._policy(shown.text) == shown.headers["content-security-policy"]
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert client.get("/index.html").text == shown.text
    for name in ("live.js", "live.css"):
        assert client.get(f"/{name}").status_code == 200


def test_a_head_request_is_answered_as_the_page_without_its_body(client):
    asked = client.head("/")
    assert asked.status_code == 200 and not asked.content
    assert asked.headers["content-length"] == client.get("/").headers["content-length"]


def test_links_lead_to_the_reports_and_markdown_is_shown_as_a_page(client, root):
    (root / "reports/devise/README.md").write_text("# A title\n\n| a | b |\n| - | - |\n| 1 | 2 |\n")
    shown = client.get("/devise/README.md")
    assert '<h1 id="a-title">A title</h1>' in shown.text and '<td dir="auto">2</td>' in shown.text
    assert client.get("/devise/metrics.json").json() == json.loads((root / "reports/devise/metrics.json").read_text())


@pytest.mark.parametrize(
    "path", ["%2e%2e/glove.txt", "..%2fglove.txt", "link.txt", "/etc/passwd", "a%00b", "devise", "live.py", "x" * 5000]
)
def test_nothing_outside_the_reports_can_be_named(client, root, path):
    link = root / "reports/link.txt"
    if not link.is_symlink():
        link.symlink_to(root / "glove.txt")
    assert "nothing" in refused(client.get(f"/{path}"), 404)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "10.0.0.1:80", ""]
)
def test_another_host_s_name_is_refused(client, host):
    assert "another name" in refused(client.get("/", headers={"Host": host}), 400)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8000", "[::1]:1", "LOCALHOST"])
def test_this_machine_s_names_are_answered(client, host):
    assert client.get("/live.css", headers={"Host": host}).status_code == 200
    own = {"Host": host, "Origin": f"http://{host}"}
    assert client.post("/translate", content="où", headers=own).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1"])
def test_another_site_s_page_is_refused(client, origin):
    for path in ("/translate", "/picture"):
        assert "another" in refused(client.post(path, content=b"x", headers={"Origin": origin}), 403)


def test_what_cannot_be_answered_is_one_sentence(client):
    assert "empty" in refused(client.post("/translate", content=" \n"), 400)
    assert "UTF-8" in refused(client.post("/translate", content=b"\xff"), 400)
    assert f"{MOST_CHARACTERS}" in refused(client.post("/translate", content="é" * (MOST_CHARACTERS + 1)), 400)
    assert "no picture" in refused(client.post("/picture", content=b"text"), 400)
    assert "cut off" in refused(client.post("/picture", content=picture(size=(900, 900))[:-40]), 400)
    refused(client.get("/translate"), 404)
    refused(client.put("/"), 405)
    refused(client.post("/devise/metrics.json"), 405)
    refused(client.post("/elsewhere"), 405)


@pytest.mark.parametrize("pieces", [None, 1 << 16], ids=["with its length", "in chunks"])
def test_a_body_that_is_too_large_is_refused_by_its_size(client, pieces):
    long = b"x" * (server.MOST_TEXT + 1)
    body = long if pieces is None else iter([long[:100], long[100:]])
    assert f"{len(long):,}" in refused(client.post("/translate", content=body), 413)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_answered_or_refused(client, content):
    for path in ("/translate", "/picture"):
        answer = client.post(path, content=content)
        if answer.status_code != 200:
            refused(answer, 400)


def test_a_fault_is_one_sentence_too(client, monkeypatch):
    monkeypatch.setattr(Translator, "encode", lambda *_: 1 / 0)
    assert "Zero" not in refused(client.post("/translate", content=QUESTION), 500)


def test_without_a_page_or_models_the_command_is_named(root, tmp_path):
    with pytest.raises(QuoiError, match="dvc repro page"):
        server.application(tmp_path)
    (tmp_path / PAGE).parent.mkdir()
    (tmp_path / PAGE).write_text("<title>Another page</title>")
    with pytest.raises(QuoiError, match="dvc repro page"):
        server.application(tmp_path)
    (tmp_path / PAGE).write_bytes((root / PAGE).read_bytes())
    with pytest.raises(QuoiError, match="dvc repro train@all"):
        server.application(tmp_path)


@contextmanager
def live(root):
    """`quoi app` as a process of its own: it, and its address."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from quoi.cli.main import main; main()", "app", "--port", "0"],
        cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONUNBUFFERED": "1"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    try:
        process.stdout.readline()
        yield process, process.stdout.readline().split()[4].rstrip(";")
    finally:
        process.kill()
        process.communicate()


def interrupted(process) -> tuple[int, str, str]:
    process.send_signal(signal.SIGINT)
    said, wrong = process.communicate()
    return process.returncode, said, wrong


def test_two_hundred_at_once_are_all_answered_and_take_no_more_memory_the_second_time(root):
    def ask(number: int) -> int:
        path, body = ("/picture", picture()) if number % 40 == 0 else ("/translate", QUESTION.encode())
        return httpx.post(address + path, content=body, timeout=None).status_code

    with live(root) as (process, address), ThreadPoolExecutor(200) as pool:
        sizes = []
        for _ in range(3):
            assert list(pool.map(ask, range(200))) == [200] * 200
            sizes.append(psutil.Process(process.pid).memory_info().rss)
        assert sizes[2] < sizes[0] + 30e6


def test_an_interrupt_ends_it_whatever_it_is_at(root):
    def ask(address: str, content: bytes) -> None:
        with suppress(httpx.HTTPError):  # there may be no answer any more
            httpx.post(address, content=content, timeout=None)

    with live(root) as (process, address):
        host, port = address.removeprefix("http://").split(":")
        asking = threading.Thread(target=ask, args=(f"{address}/picture", picture(size=(9000, 9000), kind="WEBP")))
        asking.start()
        with socket.create_connection((host, int(port))) as half:
            half.sendall(b"POST /translate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nO")
            assert httpx.get(f"{address}/live.css", timeout=None).status_code == 200
            assert interrupted(process) == (0, "Stopped.\n", "")
        asking.join()


def test_clients_that_hang_up_break_nothing(root):
    with live(root) as (process, address):
        host, port = address.removeprefix("http://").split(":")
        for body in (b"", b"O", "Où ?".encode()):
            with socket.create_connection((host, int(port))) as half:
                half.sendall(b"POST /translate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n" + body)
        assert httpx.post(f"{address}/translate", content=QUESTION, timeout=None).status_code == 200
        assert interrupted(process) == (0, "Stopped.\n", "")


def test_a_port_that_is_taken_is_one_sentence(root):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(QuoiError, match="--port"):
        server.serve(root, taken.getsockname()[1], print)
