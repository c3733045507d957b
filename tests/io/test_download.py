"""Downloads from a real server that behaves badly: resumed to the same bytes, or one sentence that says why not."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quoi import __version__
from quoi.io import download, http
from quoi.io.download import fetch, obtain
from quoi.io.errors import QuoiError
from tests.server import Server, file, serving, silent, status

CONTENT = random.Random(1).randbytes(3 << 20)
OTHER = random.Random(2).randbytes(len(CONTENT))
HALF = len(CONTENT) // 2
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def slept(monkeypatch) -> list[float]:
    """Seconds of every pause between two requests; none is waited for."""
    pauses: list[float] = []
    monkeypatch.setattr(download, "_sleep", pauses.append)
    return pauses


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "downloads/file.tar"


def names(path: Path) -> list[str]:
    """What lies in the folder of downloads, the lock apart."""
    return sorted(file.name for file in path.parent.iterdir() if file.suffix != ".lock")


def failure(server: Server, path: Path, **options) -> str:
    """The sentence with which a download fails, without the address."""
    with pytest.raises(QuoiError) as raised:
        fetch([server.url], path, what="the corpus", **options)
    sentence = str(raised.value)
    assert sentence.startswith("The corpus ") and sentence.endswith(".") and "\n" not in sentence
    return sentence.replace(server.url, "URL")


CUT = file(CONTENT, cut=HALF), status(404)
"""Answers that leave a part behind."""


def leave_part(server: Server, path: Path) -> None:
    """Download half of the file from a server that answers `CUT`."""
    with pytest.raises(QuoiError, match="and the next try continues from there"):
        fetch([server.url], path)
    assert names(path) == ["file.tar.note", "file.tar.partial"]


def test_a_file_is_whole_with_its_digest_and_nothing_is_left_beside_it(path, slept):
    with serving(file(CONTENT)) as server:
        got = fetch([server.url], path, sha256=DIGEST.upper())
    assert (got.url, got.path, got.bytes, got.sha256) == (server.url, path, len(CONTENT), DIGEST)
    assert path.read_bytes() == CONTENT and names(path) == ["file.tar", "file.tar.note"]
    (headers,) = server.asked
    assert headers["User-Agent"] == f"quoi/{__version__}" and headers["Accept"] == "*/*"
    assert headers["Accept-Encoding"] == "identity" and headers["Range"] is None and slept == []


def test_a_whole_file_is_loaded_again_only_where_it_is_not_what_is_asked_for(path):
    with serving(file(CONTENT)) as server, serving(file(OTHER)) as elsewhere:
        first = fetch([server.url], path)
        assert fetch([elsewhere.url, server.url], path) == first
        os.utime(path)
        assert fetch([server.url], path) == first
        assert fetch([server.url], path, sha256=DIGEST) == first
        assert len(server.asked) == 1 and not elsewhere.asked
        path.write_bytes(b"changed by somebody")
        assert fetch([server.url], path).sha256 == DIGEST and len(server.asked) == 2
        other = fetch([elsewhere.url], path)
        assert (other.url, path.read_bytes()) == (elsewhere.url, OTHER)
        assert fetch([server.url], path, sha256=DIGEST).url == server.url
        assert path.read_bytes() == CONTENT


def test_a_file_put_there_by_hand_counts_where_it_has_the_pinned_digest(path):
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    with serving(file(OTHER)) as server:
        assert fetch([server.url], path, sha256=DIGEST).bytes == len(CONTENT)
        assert not server.asked
        assert fetch([server.url], path).sha256 == hashlib.sha256(OTHER).hexdigest()


@pytest.mark.parametrize("reset", [False, True], ids=["hangs up", "resets"])
@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ({"etag": '"one"'}, '"one"'),
        ({"etag": None, "modified": "Mon, 01 Jan 2018 00:00:00 GMT"}, "Mon, 01 Jan 2018 00:00:00 GMT"),
        ({"etag": 'W/"one"', "modified": "Mon, 01 Jan 2018 00:00:00 GMT"}, "Mon, 01 Jan 2018 00:00:00 GMT"),
    ],
    ids=["etag", "date", "weak etag"],
)
def test_a_cut_download_goes_on_where_it_stopped(path, slept, reset, marks, expected):
    with serving(file(CONTENT, cut=HALF, reset=reset, **marks), file(CONTENT, **marks)) as server:
        got = fetch([server.url], path)
    assert path.read_bytes() == CONTENT and got.sha256 == DIGEST
    first, second = server.asked
    assert first["Range"] is None and second["If-Range"] == expected and len(slept) == 1
    start = int(second["Range"].removeprefix("bytes=").removesuffix("-"))
    assert start == HALF or (reset and 0 < start <= HALF)


@given(cuts=st.lists(st.integers(1, 40_000), max_size=6), chunked=st.booleans(), same=st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_wherever_it_is_cut_the_bytes_are_those_of_the_file(tmp_path_factory, cuts, chunked, same):
    path = tmp_path_factory.mktemp("downloads") / "file"
    content = CONTENT[:50_000]
    answers = [file(content, cut=cut, chunked=chunked, piece=1000) for cut in cuts]
    with serving(*answers, file(content, chunked=chunked)) as server:
        while not path.exists():
            try:
                fetch([server.url], path, attempts=99 if same else 2)
            except QuoiError as error:
                assert "broke off" in str(error)
    assert path.read_bytes() == content


def test_a_download_that_is_always_cut_says_what_is_kept_and_the_next_call_needs_only_the_rest(path, slept):
    with serving(file(CONTENT, cut=HALF), file(CONTENT, cut=1)) as server:
        sentence = failure(server, path, otherwise="a copy can be named")
        assert sentence == (
            "The corpus could not be downloaded: URL broke off; 1.6 MB of 3.1 MB are kept, and the next try continues "
            "from there; a copy can be named."
        )
        assert len(server.asked) == 6 and len(slept) == 5  # five without a megabyte, after one with more
        server.answers = [file(CONTENT)]
        assert fetch([server.url], path, sha256=DIGEST).sha256 == DIGEST
        assert server.ranges()[-1] == f"bytes={HALF + 5}-"
    assert path.read_bytes() == CONTENT


def test_what_a_killed_process_has_loaded_is_gone_on_with(path, tmp_path):
    code = (
        "import sys; from pathlib import Path; from quoi.io.download import fetch; "
        "fetch(sys.argv[1:2], Path(sys.argv[2]))"
    )
    with serving(file(CONTENT, pause=0.05, piece=1 << 17), file(CONTENT)) as server:
        process = subprocess.Popen([sys.executable, "-c", code, server.url, str(path)])
        part = path.with_name("file.tar.partial")
        while not (part.exists() and part.stat().st_size > 1 << 20):
            assert process.poll() is None
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        here = part.stat().st_size
        assert not path.exists() and 0 < here < len(CONTENT)
        assert fetch([server.url], path, sha256=DIGEST).sha256 == DIGEST
    assert server.ranges() == [None, f"bytes={here}-"] and path.read_bytes() == CONTENT


def test_a_part_that_is_whole_needs_no_request(path):
    with serving(*CUT) as server:
        leave_part(server, path)
    path.with_name("file.tar.partial").write_bytes(CONTENT)
    assert fetch([server.url], path).sha256 == DIGEST


@pytest.mark.parametrize(
    "second",
    [
        file(OTHER, etag='"two"'),
        file(OTHER, etag='"two"', ranges=False),
        file(OTHER[:100], etag='"two"'),
    ],
    ids=["other etag", "without ranges", "shorter"],
)
def test_a_file_that_has_changed_is_never_glued_to_an_old_half(path, second):
    with serving(file(CONTENT, cut=HALF), second) as server:
        fetch([server.url], path)
    assert path.read_bytes() in (OTHER, OTHER[:100]) and server.ranges()[1] == f"bytes={HALF}-"


@pytest.mark.parametrize(
    "wrong",
    [
        file(OTHER, told_range=f"bytes {HALF - 1}-{len(OTHER) - 1}/{len(OTHER)}"),
        file(OTHER, told_range=f"bytes {HALF}-{len(OTHER)}/{len(OTHER) + 1}"),
        file(OTHER, told_range="nonsense"),
        file(OTHER[:HALF]),
    ],
    ids=["other start", "other size", "nonsense", "no such range"],
)
def test_a_part_that_does_not_fit_is_not_glued_either(path, wrong):
    with serving(file(CONTENT, cut=HALF), wrong, file(CONTENT)) as server:
        fetch([server.url], path)
    assert path.read_bytes() == CONTENT and server.ranges() == [None, f"bytes={HALF}-", None]


def test_a_server_that_gives_a_part_at_a_time_is_asked_until_all_is_here(path):
    def some(handler) -> None:
        start = int(handler.headers["Range"][6:-1])
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes {start}-{start + (1 << 20) - 1}/{len(CONTENT)}")
        handler.send_header("Content-Length", str(1 << 20))
        handler.end_headers()
        handler.wfile.write(CONTENT[start : start + (1 << 20)])

    with serving(file(CONTENT, cut=1 << 20), some) as server:
        assert fetch([server.url], path).sha256 == DIGEST
    assert server.ranges() == [None, "bytes=1048576-", "bytes=2097152-"]


def test_the_size_may_be_told_with_a_later_part(path):
    """The first answer is in chunks, and tells no size; the second has less than what is missing."""

    def capped(handler) -> None:
        start = int(handler.headers["Range"][6:-1])
        body = CONTENT[start : start + (1 << 20)]
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes {start}-{start + len(body) - 1}/{len(CONTENT)}")
        handler.end_headers()
        handler.wfile.write(body)

    with serving(file(CONTENT, chunked=True, cut=HALF), capped) as server:
        assert fetch([server.url], path).sha256 == DIGEST
    assert len(server.asked) == 3


def test_a_part_under_another_etag_is_not_glued(path):
    lying = file(OTHER, etag='"two"')

    def lie(handler):
        handler.headers.replace_header("If-Range", '"two"')
        lying(handler)

    with serving(file(CONTENT, cut=HALF), lie, file(CONTENT)) as server:
        fetch([server.url], path)
    assert path.read_bytes() == CONTENT and len(server.asked) == 3


def test_a_part_of_another_date_is_not_glued(path):
    dates = "Mon, 01 Jan 2018 00:00:00 GMT", "Tue, 02 Jan 2018 00:00:00 GMT"
    other = file(OTHER, etag=None, modified=dates[1])

    def lie(handler):
        handler.headers.replace_header("If-Range", dates[1])
        other(handler)

    with serving(file(CONTENT, etag=None, modified=dates[0], cut=HALF), lie, file(CONTENT)) as server:
        assert fetch([server.url], path).sha256 == DIGEST


def test_a_file_of_which_only_the_end_of_the_answer_was_missing_is_whole(path):
    def cut_at_its_end(handler) -> None:
        handler.send_response(200)
        handler.send_header("ETag", '"one"')
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(CONTENT), CONTENT))

    with serving(cut_at_its_end, file(CONTENT)) as server:
        assert fetch([server.url], path).sha256 == DIGEST
    assert server.ranges() == [None, f"bytes={len(CONTENT)}-"]


def test_a_server_that_ignores_ranges_is_begun_anew_and_cleanly(path):
    with serving(file(CONTENT, cut=HALF, ranges=False), file(CONTENT, ranges=False)) as server:
        assert fetch([server.url], path).sha256 == DIGEST
    assert path.read_bytes() == CONTENT


def test_without_a_mark_of_its_version_a_part_is_worth_nothing(path):
    with serving(file(CONTENT, cut=HALF, etag=None)) as server:
        assert failure(server, path) == "The corpus could not be downloaded: URL broke off."
        assert server.ranges() == [None] * 6 and "file.tar.partial" not in names(path)


def test_a_corrupt_half_is_found_by_the_digest_and_loaded_again(path):
    with serving(*CUT) as server:
        leave_part(server, path)
        part = path.with_name("file.tar.partial")
        part.write_bytes(b"\0" + part.read_bytes()[1:])
        server.answers = [file(CONTENT)]
        assert fetch([server.url], path, sha256=DIGEST).sha256 == DIGEST
    assert server.ranges()[-2:] == [f"bytes={HALF}-", None] and path.read_bytes() == CONTENT


def test_a_wrong_digest_removes_the_file_and_the_next_mirror_is_asked(path):
    with serving(file(OTHER)) as server:
        sentence = failure(server, path, sha256=DIGEST)
        assert (
            f"URL gave a file with the SHA-256 {hashlib.sha256(OTHER).hexdigest()}, but {DIGEST} is pinned" in sentence
        )
        assert names(path) == ["file.tar.note"] and len(server.asked) == 1
        with serving(file(CONTENT)) as good:
            got = fetch([server.url, good.url], path, sha256=DIGEST)
    assert got.url == good.url and server.ranges() == [None, None] and path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (status(404), "URL answers 404 Not Found."),
        (status(406), "URL answers 406 Not Acceptable."),
        (status(204), "URL answers 204 No Content."),
        (status(206), "URL answers 206 Partial Content."),
        (status(416), "URL answers 416 Requested Range Not Satisfiable."),
        (file(b"<html>", kind="text/html; charset=utf-8"), "URL sends a web page in place of the file."),
        (file(b""), "URL sends an empty file."),
        (file(b"", length=-1), "URL sends an empty file."),
        (status(302, Location="file:///etc/passwd"), "URL is not a valid address, or leads to none."),
        (status(302, Location="http://[::1"), "URL is not a valid address, or leads to none."),
        (status(302), "URL answers 302 Found."),
    ],
)
def test_what_no_further_try_can_mend_is_said_at_once(path, slept, answer, said):
    with serving(answer) as server:
        assert failure(server, path) == f"The corpus could not be downloaded: {said}"
    assert len(server.asked) == 1 and slept == [] and "file.tar.partial" not in names(path)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (status(500), "answers 500 Internal Server Error"),
        (status(429), "answers 429 Too Many Requests"),
        (file(CONTENT, cut=0), "broke off"),
        (file(CONTENT, length=len(CONTENT) + 1), "has another file than the one of which a part is here."),
        (
            file(CONTENT, chunked=True, cut=1 << 16),
            "broke off; 327.7 kB of 3.1 MB are kept, and",
        ),
        (lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n"), "broke off"),
        (lambda handler: None, "broke off"),
    ],
)
def test_what_may_mend_is_tried_a_few_times_with_growing_pauses(path, slept, answer, said):
    with serving(answer) as server:
        assert failure(server, path).startswith(f"The corpus could not be downloaded: URL {said}")
    assert len(server.asked) in (5, 6)
    assert len(slept) >= 3 and slept[-3:] == sorted(slept[-3:]) and slept[-1] >= 4


def test_a_server_that_recovers_is_enough(path, slept, capsys):
    with serving(status(500), status(503), file(CONTENT)) as server:
        assert fetch([server.url], path).sha256 == DIGEST
    assert slept == [1, 2]
    first, second = capsys.readouterr().err.splitlines()
    assert f"{server.url} answers 500" in first and first.endswith("trying again in 1 s.")
    assert "answers 503 Service Unavailable; trying again in 2 s." in second


@pytest.mark.parametrize(
    "answer",
    [silent(3600), file(CONTENT, piece=1000, cut=1000, pause=3600)],
    ids=["no answer", "no body"],
)
def test_a_server_that_falls_silent_is_given_up(path, answer):
    with serving(answer) as server:
        sentence = failure(server, path, attempts=2, timeout=0.2)
        assert "URL sends nothing for 0.2 seconds" in sentence and len(server.asked) == 2


def test_a_refused_connection_and_a_name_that_is_none(path, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        server = Server(f"http://127.0.0.1:{taken.getsockname()[1]}/")
        assert "URL refuses the connection" in failure(server, path)

    def nowhere(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    sentence = failure(Server("http://nowhere.invalid/"), path)
    assert "URL has a host name that nobody here knows, or there is no network" in sentence


def test_redirects_are_followed_up_to_a_point(path):
    def step(handler) -> None:
        number = int(re.sub(r"\D", "", handler.path) or 0) + 1
        status(307, Location=f"?{number}")(handler)

    with serving(status(302, Location="other"), status(308, Location="/third"), file(CONTENT)) as server:
        assert fetch([server.url], path).url == server.url
        assert server.paths == ["/file.tar", "/other", "/third"]
        server.answers = [step]
        assert "URL redirects too often" in failure(Server(server.url + "?"), path)


def test_no_redirect_leads_from_https_to_http(monkeypatch):
    def hop(url: str, **more: object) -> SimpleNamespace:
        answer = {"url": url, "history": [], "status_code": 200, "headers": {}, "close": lambda: None}
        return SimpleNamespace(**answer | more)

    def led(*urls: str) -> SimpleNamespace:
        answer = hop(urls[-1], history=[hop(url) for url in urls[:-1]])
        return http.ask(SimpleNamespace(get=lambda *_, **__: answer), urls[0])

    led("http://a.example/x", "https://b.example/y")
    led("https://a.example/x", "https://b.example/y")
    with pytest.raises(http.Failure, match="from https to http"):
        led("https://a.example/x", "http://a.example/x", "https://a.example/x")


def test_mirrors_are_asked_in_order_and_each_reason_is_told(path):
    with serving(status(404)) as first, serving(status(403)) as second, serving(file(CONTENT)) as third:
        assert fetch([first.url, second.url, third.url], path).url == third.url
        path.unlink()
        with pytest.raises(QuoiError, match=r"404 Not Found; http://127.*/file\.tar answers 403 Forbidden\.$"):
            fetch([first.url, second.url], path)


def test_the_mirror_that_a_part_is_from_is_asked_first_and_a_page_elsewhere_does_not_cost_the_part(path):
    page = file(b"<html>log in</html>", kind="text/html")
    with serving(page) as first, serving(*CUT) as second:
        with pytest.raises(QuoiError, match=r"web page .* and the next try continues"):
            fetch([first.url, second.url], path)
        with pytest.raises(QuoiError, match=r"web page .* are kept"):
            fetch([first.url], path)
        second.answers = [file(CONTENT)]
        assert fetch([first.url, second.url], path).sha256 == DIGEST
    assert len(first.asked) == 2 and second.ranges() == [None, *2 * [f"bytes={HALF}-"]]


def test_a_part_of_one_mirror_is_not_gone_on_with_from_another(path):
    with serving(*CUT) as first, serving(file(OTHER)) as second:
        got = fetch([first.url, second.url], path)
    assert got.url == second.url and second.ranges() == [None] and path.read_bytes() == OTHER


def test_bytes_are_kept_as_the_server_stores_them(path):
    """Some servers call a .gz file encoded: to undo that would make another file of it."""
    with serving(file(CONTENT, Content_Encoding="gzip")) as server:
        assert fetch([server.url], path).sha256 == DIGEST


def test_a_disk_that_is_full_is_one_sentence(path, monkeypatch):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    begin = download._PartialDownload.begin

    def on_full_disk(self, *arguments) -> None:
        begin(self, *arguments)
        self.data.symlink_to("/dev/full")

    monkeypatch.setattr(download._PartialDownload, "begin", on_full_disk)
    with serving(file(CONTENT)) as server, pytest.raises(QuoiError, match=r"cannot be written: the disk is full"):
        fetch([server.url], path)


def test_a_folder_that_may_not_be_written_is_one_sentence(path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EACCES, "Permission denied")

    with serving(file(CONTENT)) as server:
        monkeypatch.setattr(os, "replace", refuse)
        with pytest.raises(QuoiError, match="cannot be written: there is no permission to write there"):
            fetch([server.url], path)
        monkeypatch.undo()
        path.parent.rename(path.parent.with_name("aside"))
        path.parent.write_text("a file")
        with pytest.raises(QuoiError, match=r"file\.tar cannot be written: "):
            fetch([server.url], path)


def test_one_process_at_a_time_loads_a_file(path):
    from filelock import FileLock

    path.parent.mkdir()
    with serving(file(CONTENT)) as server:
        with FileLock(f"{path}.lock"), pytest.raises(QuoiError, match=r"file\.tar is being downloaded by another proc"):
            fetch([server.url], path)
        assert not server.asked and fetch([server.url], path).sha256 == DIGEST


@pytest.mark.parametrize(
    "url", ["ftp://a/b", "file:///etc/passwd", "a.tar", "", "http://", "http://[::1", "http://a:x/"]
)
def test_addresses_that_are_none(path, url):
    with pytest.raises(QuoiError, match="is not a URL that can be downloaded: http://HOST/"):
        fetch([url], path)


def test_a_password_does_not_belong_into_an_address(path):
    with pytest.raises(QuoiError, match=r"The URL for a\.example holds a user name") as raised:
        fetch(["https://me:secret@a.example/b"], path)
    assert "secret" not in str(raised.value)


def test_no_address_at_all(path):
    with pytest.raises(QuoiError, match=r"^The file could not be downloaded: there is no URL\.$"):
        fetch([], path)


@pytest.mark.parametrize("note", ["{", "[]", "null"])
def test_a_note_that_somebody_has_damaged_is_no_reason_to_fail(path, note):
    with serving(*CUT) as server:
        leave_part(server, path)
        path.with_name("file.tar.note").write_text(note)
        server.answers = [file(CONTENT)]
        assert fetch([server.url], path).sha256 == DIGEST
    assert path.read_bytes() == CONTENT


def test_the_bar_shows_amount_and_speed_on_a_terminal(path, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with serving(file(CONTENT, cut=HALF), file(CONTENT)) as server:
        fetch([server.url], path, what="the corpus")
    shown = terminal.getvalue()
    assert "The corpus" in shown and "/3.1 MB" in shown and "B/s" in shown
    assert "broke off; trying again in 1 s" in shown


def test_a_copy_of_ones_own_goes_before_a_download_and_is_checked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mine").write_bytes(CONTENT)
    with serving(file(OTHER)) as server:
        given = SimpleNamespace(path="mine", urls=[server.url], sha256=DIGEST)
        local = obtain(given, "some.key", "the corpus")
        assert (local.url, local.path, local.bytes, local.sha256) == (None, Path("mine"), len(CONTENT), DIGEST)
        for path, digest, said in [
            ("mine", "0" * 64, f"mine has the SHA-256 {DIGEST}, but some.key.sha256 pins {'0' * 64}."),
            ("absent", None, "absent, which some.key.path names, does not exist."),
            (".", None, "., which some.key.path names, is a folder; the file itself is needed."),
        ]:
            with pytest.raises(QuoiError) as raised:
                obtain(SimpleNamespace(path=path, urls=[server.url], sha256=digest), "some.key", "the corpus")
            assert str(raised.value) == said
        assert not server.asked


def test_a_download_that_is_refused_is_loaded_again_and_a_copy_of_ones_own_stays(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mine").write_bytes(CONTENT)
    with serving(file(OTHER), file(CONTENT)) as server:
        given = SimpleNamespace(path=None, urls=[f"{server.url}?a=b"], sha256=None)
        local = obtain(given, "some.key", "the corpus", prefix="fr-")
        assert local.path == Path(".quoi/downloads/fr-file.tar")
        for refused in (local, obtain(SimpleNamespace(path="mine", urls=[], sha256=None), "some.key", "it")):
            with pytest.raises(QuoiError), refused.removed_if_refused():
                raise QuoiError("Not so.")
        assert not local.path.exists() and Path("mine").exists()
        assert obtain(given, "some.key", "the corpus", prefix="fr-").sha256 == DIGEST


def test_no_download_names_the_other_way(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with (
        serving(status(404)) as server,
        pytest.raises(QuoiError, match=r"a copy .* can be named in some\.key\.path\.$"),
    ):
        obtain(SimpleNamespace(path=None, urls=[server.url], sha256=None), "some.key", "the corpus")
