"""Zips with two aligned texts in them, or with one file of pairs."""

from __future__ import annotations

import gzip
import random
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.io.errors import QuoiError
from quoi.params.languages import Languages
from tests.corpus.own_files import Fetched

ENGLISH, FRENCH = "Where are we?\nWho is it?\n", "Où sommes-nous ?\nQui est-ce ?\n"
PAIRS = [("Où sommes-nous ?", "Where are we?"), ("Qui est-ce ?", "Who is it?")]
BESIDE = {"README": "from OPUS", "LICENSE": "CC", "Books.en-fr.ids": "1\t1\n"}


def zipped(folder: Path, members: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(folder / "mine.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return folder / "mine.zip"


@pytest.mark.parametrize(
    "members",
    [
        {"Books.en-fr.en": ENGLISH, "Books.en-fr.fr": FRENCH, **BESIDE},
        {"of/Books.fr": FRENCH, "of/Books.en": ENGLISH, "of/": ""},
        {"a.en_GB": ENGLISH, "a.fr_CA": FRENCH},
        {"a.eng": ENGLISH.encode("utf-16"), "a.fra": gzip.compress(FRENCH.encode()), "__MACOSX/._a.fra": "x"},
        {"a.en-fr.en": ENGLISH, "a.en-fr.fr": FRENCH, "a.en-fr.de": "Wo?\nWer?\n"},
        {"mine.tsv": "french\tenglish\n" + "".join("\t".join(pair) + "\n" for pair in PAIRS)},
        {"mine.csv": "".join(",".join(pair) + "\n" for pair in PAIRS), "README.txt": "x"},
        {"mine": "<tmx>" + "".join(
            f'<tu><tuv lang="en"><seg>{two}</seg></tuv><tuv lang="fr"><seg>{one}</seg></tuv></tu>' for one, two in PAIRS
        ) + "</tmx>"},
    ],
)  # fmt: skip
def test_a_zip(tmp_path: Path, members) -> None:
    assert Fetched(tmp_path, pairs=zipped(tmp_path, members)).pairs == PAIRS


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"a.en": ENGLISH, "a.de": "Wo?\n"}, r"one text in French, \*\.fr, and .*English.*; it holds a\.en, a\.de\."),
        ({"a.en": ENGLISH, "b.en": ENGLISH, "a.fr": FRENCH}, r"it holds a\.en, b\.en, a\.fr\."),
        ({"README": "x"}, "it holds none"),
        ({"a.fr": FRENCH, "a.en": ENGLISH + "What?\n"}, "a.fr in .* has 2 lines and a.en in .* has 3"),
        ({"a.fr": FRENCH, "a.en": ""}, "There is no line in a.en in"),
        ({"a.fr": gzip.compress(FRENCH.encode())[:-9], "a.en": ENGLISH}, "a.fr in .* damaged or truncated gzip"),
        ({"a.fr": FRENCH, "a.en": b"PK\x03\x04"}, "a.en in .* is no text but a zip archive"),
        ({"word/document.xml": "<w/>", "[Content_Types].xml": "<t/>"}, r"is an Office document"),
    ],
)
def test_a_zip_with_something_else_in_it(tmp_path: Path, members, said: str) -> None:
    with pytest.raises(QuoiError, match=said) as raised:
        Fetched(tmp_path, pairs=zipped(tmp_path, members))
    assert "mine.zip" in str(raised.value) and not list((tmp_path / "raw").glob("*"))


def test_columns_are_for_tables(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a.en": ENGLISH, "a.fr": FRENCH})
    with pytest.raises(QuoiError, match=r"mine\.zip holds a\.fr and a\.en, and corpus\.files\.columns is for a table"):
        Fetched(tmp_path, pairs=path, columns=[1, 2])


def test_a_zip_that_is_cut_or_damaged(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(1 << 16).hex()
    whole = zipped(tmp_path, {"a.en": noise, "a.fr": noise}).read_bytes()
    for content in (whole[: len(whole) // 2], whole[:-4], whole[:5000] + b"\0" * 100 + whole[5100:], whole[:4]):
        (tmp_path / "mine.zip").write_bytes(content)
        with pytest.raises(QuoiError, match=r"mine\.zip cannot be read, for the zip is damaged, cut or .+[^.]\.$"):
            Fetched(tmp_path, pairs=tmp_path / "mine.zip")


def test_a_zip_with_a_password(tmp_path: Path) -> None:
    content = bytearray(zipped(tmp_path, {"a.en": ENGLISH, "a.fr": FRENCH}).read_bytes())
    for place, header in ((6, b"PK\3\4"), (8, b"PK\1\2")):
        start = 0
        while (start := content.find(header, start)) >= 0:
            content[start + place] |= 1
            start += 4
    (tmp_path / "mine.zip").write_bytes(content)
    with pytest.raises(QuoiError, match="is encrypted, password required"):
        Fetched(tmp_path, pairs=tmp_path / "mine.zip")


@given(st.lists(st.tuples(*[st.text("aé中\u2028", min_size=1, max_size=4)] * 2), min_size=1, max_size=6), st.booleans())
def test_the_lines_of_both_members(tmp_path_factory, rows: list[tuple[str, str]], ended: bool) -> None:
    folder = tmp_path_factory.mktemp("zip")
    one, other = ("\n".join(side) + "\n" * ended for side in zip(*rows, strict=True))
    path = zipped(folder, {"x.de-nl.nl": one, "x.de-nl.de": other})
    assert Fetched(folder, Languages(source="nl", target="de"), pairs=path).pairs == rows


def test_texts_that_are_exchanged_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a.de": "Where are you?\nWho is it?\n" * 9, "a.en": "Wo bist du?\nWer ist es?\n" * 9})
    for source, target in (("en", "de"), ("de", "en")):
        with pytest.raises(QuoiError, match=r"look swapped: .*names of the two texts"):
            Fetched(tmp_path, Languages(source=source, target=target), pairs=path)


def test_what_holds_both_languages_is_no_aligned_text(tmp_path: Path) -> None:
    archive = zipped(tmp_path, {"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"})
    with pytest.raises(QuoiError, match="is an Office document"):
        Fetched(tmp_path, pairs=archive)
    memory, text = tmp_path / "mine.tmx", tmp_path / "mine.en"
    memory.write_text("<tmx></tmx>", encoding="utf-8")
    text.write_text("Where?\n", encoding="utf-8")
    for source, target in ((text, text), (archive, text), (text, memory)):
        with pytest.raises(QuoiError, match=r"corpus\.files\.pairs"):
            Fetched(tmp_path, source=source, target=target)
