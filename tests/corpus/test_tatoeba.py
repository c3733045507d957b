"""Tatoeba: the table in the zip becomes aligned files, and whose each sentence is stays beside them."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quoi.corpus import sources
from quoi.io.errors import QuoiError
from quoi.params.corpus import Corpus, Tatoeba
from quoi.params.languages import Languages
from tests.server import file, serving, status

BY = "CC-BY 2.0 (France) Attribution: tatoeba.org #{} (me) & #{} (you)"
ROWS = [
    ("Go.", "Va !", BY.format(1, 2)),
    ("Who?", "Qui ?", BY.format(3, 4)),
    ("Où?", "«\u00a0Où\u00a0»", BY.format(5, 6)),
]
SIDES = Languages(source="en", target="fr")
NAMES = "corpus.source.gz", "corpus.target.gz", "corpus.attribution.gz"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch) -> None:
    """Downloads lie below the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("http_proxy", raising=False)
    monkeypatch.delenv("HTTP_PROXY", raising=False)


def zipped(content: bytes, path: Path = Path("mine.zip")) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_about.txt", "about")
        archive.writestr("fra.txt", content)
    return path


def table(rows: list[tuple[str, str, str]], end: str = "\n") -> bytes:
    return "".join("\t".join(row) + end for row in rows).encode()


def fetch(languages: Languages = SIDES, **given) -> int | None:
    return sources.fetch(Corpus(source="tatoeba", tatoeba=Tatoeba(**given)), languages, Path("raw"))


def columns() -> list[tuple[str, ...]]:
    """The three files, side by side."""
    texts = [gzip.decompress(Path("raw", name).read_bytes()).decode().split("\n") for name in NAMES]
    assert [text.pop() for text in texts] == ["", "", ""]
    return list(zip(*texts, strict=True))


def test_a_download_becomes_three_aligned_files_and_a_note(tmp_path: Path) -> None:
    with serving(file(zipped(table(ROWS)).read_bytes())) as server:
        assert fetch(urls=[server.url]) == 3
        note = json.loads(Path("raw/source.json").read_text(encoding="utf-8"))
        assert fetch(urls=[server.url]) == 3 and len(server.asked) == 1
    assert columns() == ROWS
    assert (note["name"], note["url"], note["lines"]) == ("tatoeba", server.url, 3)
    assert note["licence"] == "CC BY 2.0 FR" and note["attribution"] == "corpus.attribution.gz"
    assert set(note["sha256"]) == set(note["bytes"]) == set(NAMES) and "sides" not in note
    assert note["archive"]["bytes"] == Path("mine.zip").stat().st_size and len(note["archive"]["sha256"]) == 64


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_copy_of_ones_own(end: str) -> None:
    content = b"\xef\xbb\xbf" + table(ROWS, end)
    assert fetch(path=str(zipped(content.removesuffix(end.encode())))) == 3
    assert columns() == ROWS and Path("mine.zip").exists()


def test_from_the_other_language_and_of_another_pair(tmp_path: Path) -> None:
    assert fetch(Languages(source="fr", target="en"), path=str(zipped(table(ROWS)))) == 3
    assert columns() == [(french, english, by) for english, french, by in ROWS]
    with pytest.raises(QuoiError, match=r"There is no deu\.txt in mine\.zip"):
        fetch(Languages(source="de", target="en"), path="mine.zip")
    with pytest.raises(ValueError, match="no pairs of de and fr: English"):
        fetch(Languages(source="de", target="fr"), path="mine.zip")


_CELL = st.text(st.characters(exclude_characters="\t\r\n", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(_CELL, _CELL, _CELL), min_size=1))
@settings(max_examples=30, deadline=None)
def test_every_cell_comes_through(tmp_path_factory, rows) -> None:
    if rows[0][0].startswith("\ufeff"):
        rows[0] = ("", *rows[0][1:])
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("tatoeba"))
        assert fetch(path=str(zipped(table(rows)))) == len(rows)
        assert columns() == rows


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Go.\tVa !\n", r"fra\.txt in mine\.zip has 2 columns; two languages and attribution are needed"),
        (table(ROWS) + b"Go.\n" * 4, r"fra\.txt in mine\.zip, line 4 has 1 column"),
        (b"a\tb\tc\td\n", r"has 4 columns"),
        (b"a" * (3 << 20), r"line 1 has 1 column"),
        (b"", r"There is no line in fra\.txt in mine\.zip"),
    ],
)
def test_a_table_that_is_another_one(content: bytes, said: str) -> None:
    with pytest.raises(QuoiError, match=said):
        fetch(path=str(zipped(content)))
    assert not Path("raw").exists() or not list(Path("raw").iterdir())


def test_a_row_that_is_none_is_left_out_and_counted_or_refused() -> None:
    path = zipped(table(ROWS) + b"Go.\n\n" + table(ROWS))
    assert fetch(path=str(path)) == 6 and columns() == [*ROWS, *ROWS]
    assert json.loads(Path("raw/source.json").read_text())["left_out"] == {"columns": 1, "blank": 1}
    strict = Corpus(source="tatoeba", tatoeba=Tatoeba(path=str(path)), on_bad_line="fail")
    with pytest.raises(QuoiError, match="line 4 has too few"):
        sources.fetch(strict, SIDES, Path("raw"))


def test_a_zip_that_inflates_to_more_than_it_declares(monkeypatch) -> None:
    path = zipped(bytes(1 << 20))
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x01\x02") + 24
    data[place : place + 4] = (1000).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(QuoiError, match=r"mine\.zip cannot be read, .*: Bad CRC-32"):
        fetch(path=str(path))


def test_a_damaged_download_is_removed_and_loaded_again() -> None:
    good = zipped(table(ROWS * 99)).read_bytes()
    bad = bytearray(good)
    bad[good.index(b"fra.txt") + 20] ^= 0xFF
    with serving(file(bytes(bad)), file(good)) as server:
        with pytest.raises(QuoiError, match=r"file\.tar cannot be read, for the zip is damaged, cut or locked: "):
            fetch(urls=[server.url])
        assert fetch(urls=[server.url]) == 297


@given(st.binary(min_size=1, max_size=40), st.integers(0, 400), st.integers(0, 100))
@settings(max_examples=100, deadline=None)
def test_no_damage_to_a_zip_is_a_traceback(tmp_path_factory, damage: bytes, place: int, missing: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("tatoeba"))
        path = zipped(table(ROWS))
        whole = path.read_bytes()
        path.write_bytes((whole[:place] + damage + whole[place + len(damage) :])[: len(whole) - missing])
        try:
            assert fetch(path=str(path)) >= 1
        except QuoiError as error:
            assert "mine.zip" in str(error)


@pytest.mark.parametrize("content", [b"", b"<html>406 Not Acceptable</html>", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_zip_or_an_empty_one(content: bytes) -> None:
    Path("mine.zip").write_bytes(content)
    with pytest.raises(QuoiError, match=r"mine\.zip cannot be read|There is no fra\.txt in mine\.zip"):
        fetch(path="mine.zip")


def test_a_server_that_turns_programs_away_leaves_the_way_by_hand() -> None:
    with (
        serving(status(406)) as server,
        pytest.raises(
            QuoiError,
            match=r"^The Tatoeba corpus could not be downloaded: http://\S+ answers 406 Not Acceptable; a copy of your "
            r"own can be named in corpus\.tatoeba\.path\.$",
        ),
    ):
        fetch(urls=[server.url])
    assert server.asked[0]["User-Agent"].startswith("quoi/") and server.asked[0]["Accept"] == "*/*"
