"""Giga-fren: the tar stays a tar, and the filter reads its two members where they lie."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import json
import os
import tarfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from quoi.corpus import sources
from quoi.corpus.questions import filter_questions, patterns
from quoi.corpus.slices import sides
from quoi.corpus.sources.giga_fren import MEMBER, TAR
from quoi.io.errors import QuoiError
from quoi.params.corpus import Corpus, GigaFren, Questions
from quoi.params.languages import Languages
from tests.archives import tar
from tests.server import file, serving, status

SIDES = Languages(source="en", target="fr")
MEMBERS = [MEMBER.format(code) for code in ("en", "fr")]
ENGLISH = ["What is it?", "No.", "Where are we?", "Who?"]
FRENCH = ["Qu'est-ce ?", "Non.", "Où sommes-nous ?", "Qui."]


def packed(lines: list[str]) -> bytes:
    return gzip.compress("".join(f"{line}\n" for line in lines).encode())


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch) -> None:
    """Downloads lie below the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("http_proxy", raising=False)
    monkeypatch.delenv("HTTP_PROXY", raising=False)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tar(tmp_path / "mine.tar", dict(zip(MEMBERS, (packed(ENGLISH), packed(FRENCH)), strict=True)))


def fetch(**given) -> dict:
    """Fetch into raw/ and give its source.json."""
    settings = Corpus(source="giga-fren", giga_fren=GigaFren(**given))
    assert sources.fetch(settings, SIDES, Path("raw")) is None
    return json.loads(Path("raw/source.json").read_text(encoding="utf-8"))


def questions() -> list[tuple[int, str, str]]:
    filter_questions(*sides(Path("raw")), Path("questions.parquet"), patterns(Questions(), SIDES))
    return list(zip(*pq.read_table("questions.parquet").drop_columns("group").to_pydict().values(), strict=True))


def assert_is_the_corpus(note: dict, content: bytes) -> None:
    assert Path("raw", TAR).read_bytes() == content
    assert sorted(os.listdir("raw")) == ["source.json", TAR] and not Path("raw", TAR).is_symlink()
    assert (note["name"], note["lines"], note["bytes"]) == ("giga-fren", None, {TAR: len(content)})
    assert note["sha256"] == {TAR: hashlib.sha256(content).hexdigest()}
    assert [side["member"] for side in note["sides"]] == list(MEMBERS)
    assert questions() == [(1, "What is it?", "Qu'est-ce ?"), (3, "Where are we?", "Où sommes-nous ?")]


def test_a_download_becomes_the_raw_corpus(mine: Path) -> None:
    content = mine.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    with serving(status(404)) as nothing, serving(file(content)) as server:
        note = fetch(urls=[nothing.url, server.url], sha256=digest)
    assert note["url"] == server.url
    assert_is_the_corpus(note, content)
    assert not Path(".quoi/downloads/file.tar").exists()


def test_a_copy_of_ones_own_is_linked_and_stays(mine: Path) -> None:
    note = fetch(path=str(mine))
    assert note["url"] is None and os.path.samefile(mine, Path("raw", TAR))
    assert_is_the_corpus(note, mine.read_bytes())


def test_behind_a_symbolic_link_the_file_itself_is_taken(mine: Path) -> None:
    Path("link.tar").symlink_to(mine)
    fetch(path="link.tar")
    assert os.path.samefile(mine, Path("raw", TAR)) and not Path("raw", TAR).is_symlink()


@pytest.mark.parametrize("download", [False, True], ids=["copy of one's own", "download"])
def test_from_another_file_system_it_is_copied(mine: Path, monkeypatch, download: bool) -> None:
    def far(source, target) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", far)
    with serving(file(mine.read_bytes())) as server:
        note = fetch(**({"urls": [server.url]} if download else {"path": str(mine)}))
    assert not os.path.samefile(mine, Path("raw", TAR)) and mine.exists()
    assert not Path(".quoi/downloads/file.tar").exists()
    assert_is_the_corpus(note, mine.read_bytes())


def test_the_same_data_gives_the_same_bytes(mine: Path) -> None:
    fetch(path=str(mine))
    first = Path("raw/source.json").read_bytes()
    fetch(path=str(mine))
    assert Path("raw/source.json").read_bytes() == first


def test_a_download_that_is_refused_is_removed_and_nothing_is_written(mine: Path) -> None:
    other = tar(Path("other.tar"), {MEMBERS[0]: packed(ENGLISH)}).read_bytes()
    with serving(file(other), file(mine.read_bytes())) as server:
        with pytest.raises(QuoiError, match=r"There is no giga-fren\.release2\.fixed\.fr\.gz in .*file\.tar"):
            fetch(urls=[server.url])
        assert not Path("raw").exists() and not Path(".quoi/downloads/file.tar").exists()
        assert fetch(urls=[server.url])["url"] == server.url


def test_a_server_that_gives_nothing_leaves_the_way_by_hand(mine: Path) -> None:
    with (
        serving(status(406)) as server,
        pytest.raises(
            QuoiError,
            match=r"^The Giga-fren corpus could not be downloaded: http://\S+ answers 406 Not Acceptable; a copy of "
            r"your own can be named in corpus\.giga_fren\.path\.$",
        ),
    ):
        fetch(urls=[server.url])


def test_a_member_that_breaks_off_is_named_by_the_filter() -> None:
    members = {MEMBERS[0]: packed(ENGLISH), MEMBERS[1]: packed(FRENCH * 9999)[:-400]}
    fetch(path=str(tar(Path("mine.tar"), members)))
    with pytest.raises(QuoiError, match=rf"fr\.gz in raw/{TAR} is a damaged or truncated gzip file: "):
        questions()


def test_members_of_different_lengths_are_named_by_the_filter() -> None:
    fetch(path=str(tar(Path("mine.tar"), {MEMBERS[0]: packed(ENGLISH), MEMBERS[1]: packed(FRENCH[:3])})))
    with pytest.raises(
        QuoiError, match=rf"fr\.gz in raw/{TAR} ends after line 3, but .*en\.gz in raw/{TAR} has 4 lines"
    ):
        questions()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"path": "absent.tar"}, r"absent\.tar, which corpus\.giga_fren\.path names, does not exist\."),
        ({"path": "."}, r"\., which corpus\.giga_fren\.path names, is a folder; the file itself is needed\."),
        ({"path": "mine.tar", "sha256": "0" * 64}, r"mine\.tar has the SHA-256 \w{64}, but .*\.sha256 pins 0{64}\."),
    ],
)
def test_a_copy_that_cannot_be_used(mine: Path, given: dict, said: str) -> None:
    with pytest.raises(QuoiError, match=said):
        fetch(**given)
    assert not Path("raw").exists()


@pytest.mark.parametrize("keep", [300, 600, 900])
def test_a_tar_that_breaks_off_is_no_corpus(mine: Path, keep: int) -> None:
    mine.write_bytes(mine.read_bytes()[:keep])
    with pytest.raises(QuoiError, match=r"mine\.tar is no readable tar archive: |There is no "):
        fetch(path="mine.tar")
    assert not Path("raw").exists() and mine.exists()


def test_links_and_folders_are_not_followed_and_members_may_lie_in_a_folder() -> None:
    with tarfile.open("mine.tar", "w") as archive:
        for name, content in zip(MEMBERS, (packed(ENGLISH), packed(FRENCH)), strict=True):
            link, folder, file_ = (tarfile.TarInfo(name) for name in (f"a/{name}", f"b/{name}", f"c/{name}"))
            link.type, link.linkname, folder.type = tarfile.SYMTYPE, "/etc/passwd", tarfile.DIRTYPE
            file_.size = len(content)
            for member in (file_, link, folder):
                archive.addfile(member, io.BytesIO(content))
    note = fetch(path="mine.tar")
    assert [side["member"] for side in note["sides"]] == [f"c/{name}" for name in MEMBERS]
    assert len(questions()) == 2
