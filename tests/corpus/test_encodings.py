"""In what letters a text is written: what is seen, what is named, and what is refused."""

from __future__ import annotations

import codecs
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.corpus import lines, slices
from quoi.corpus.slices import FileSlice
from quoi.corpus.sources import fetch
from quoi.io.errors import QuoiError
from quoi.params.corpus import Corpus, Files
from quoi.params.languages import Languages
from tests.corpus.own_files import Fetched

ROWS = [("Où êtes-vous ?", "Where are you?"), ("Ça va ?", "How?"), ("Quand ?", "When?")] * 8
TABLE = "".join("\t".join(row) + "\n" for row in ROWS)
RUSSIAN = "Где мы находимся?\tWo sind wir?\nКто это сделал?\tWer war das?\n" * 8


@pytest.mark.parametrize("named", ["latin-1", "windows-1252", "ISO-8859-15", "mac-roman", "utf-16-le", "utf-32"])
def test_an_encoding_that_is_named(tmp_path: Path, named: str) -> None:
    (tmp_path / "mine").write_bytes(TABLE.encode(named))
    assert Fetched(tmp_path, pairs=tmp_path / "mine", encoding=named).pairs == ROWS


def test_both_of_two_files_are_in_it(tmp_path: Path) -> None:
    for name, side in zip(("source", "target"), zip(*ROWS, strict=True), strict=True):
        (tmp_path / name).write_text("\n".join(side), encoding="latin-1")
    given = {"source": tmp_path / "source", "target": tmp_path / "target"}
    assert Fetched(tmp_path, encoding="latin-1", **given).pairs == ROWS
    with pytest.raises(QuoiError, match=r"source, line 1 .*Latin-1.*`corpus\.files\.encoding: windows-1252` names"):
        Fetched(tmp_path, **given)


@pytest.mark.parametrize(
    ("content", "named", "said"),
    [
        (TABLE.encode("latin-1"), None, r"line 1 is not valid UTF-8, and looks like Latin-1.*corpus\.files\.encoding"),
        (RUSSIAN.encode("windows-1251"), None, r"line 1 is not valid UTF-8; of the first 16 .*corpus\.files\.encoding"),
        (RUSSIAN.encode("utf-16-le"), None, r"UTF-16 without a byte order mark.*`corpus\.files\.encoding: utf-16-le`"),
        (TABLE.encode("utf-16-le"), None, r"UTF-16 without a byte order mark.*`corpus\.files\.encoding: utf-16-le`"),
        (TABLE.encode("utf-16-be"), None, r"UTF-16 without a byte order mark.*`corpus\.files\.encoding: utf-16-be`"),
        (TABLE.encode(), "latin-1", r"is valid UTF-8, and corpus\.files\.encoding says latin-1: leave it null"),
        (TABLE.encode("utf-16-le"), "latin-1", r"UTF-16 without a byte order mark.*encoding: utf-16-le`"),
        (gzip.compress(b"PK\3\4" + bytes(99)), None, "no text but a zip archive"),
        (TABLE.encode("utf-16"), "latin-1", r"is in UTF-16, by its byte order mark, and not in latin-1"),
        (TABLE.encode("utf-16-le")[:-1], "utf-16-le", r"is not valid UTF-16-LE: truncated"),
        (TABLE.encode("latin-1"), "utf-16", r"is not valid UTF-16"),
        (TABLE.encode("utf-32-le"), None, r"UTF-32 without a byte order mark.*`corpus\.files\.encoding: utf-32-le`"),
        (TABLE.encode("utf-32-be"), None, r"UTF-32 without a byte order mark.*`corpus\.files\.encoding: utf-32-be`"),
        (TABLE.encode("utf-32"), "latin-1", r"is in UTF-32, by its byte order mark, and not in latin-1"),
        ("こんにちは。\tHello.\n".encode("shift_jis") * 5, "euc-jp", r"is not in euc-jp"),
    ],
)
def test_a_wrong_encoding_is_refused(tmp_path: Path, content: bytes, named: str | None, said: str) -> None:
    (tmp_path / "mine").write_bytes(content)
    with pytest.raises(QuoiError, match=said) as raised:
        Fetched(tmp_path, pairs=tmp_path / "mine", encoding=named)
    assert "\n" not in str(raised.value) and "mine" in str(raised.value)


@pytest.mark.parametrize("name", ["nonsense", "hex", "rot13", "undefined", ""])
def test_a_name_that_is_none(name: str) -> None:
    with pytest.raises(ValueError, match="must name an encoding, such as windows-1252"):
        Files(encoding=name)


ENCODINGS = st.sampled_from(
    ["latin-1", "windows-1251", "koi8-r", "gb18030", "shift_jis", "utf-16-le", "utf-16", "utf-8"]
)


@given(st.text("aЖé中\n ", max_size=30), ENCODINGS, st.integers(1, 9))
def test_every_letter_in_blocks_of_any_size(tmp_path_factory, written: str, encoding: str, size: int) -> None:
    written = written.encode(encoding, "ignore").decode(encoding)
    path = tmp_path_factory.mktemp("lines") / "mine"
    path.write_bytes(written.encode(encoding))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "BLOCK", 2 * size)
        read = b"".join(lines.line_blocks(FileSlice(path, encoding=encoding)))
    assert read.decode() == written


def test_bytes_that_mean_nothing_spoil_their_line_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes("Où ?\nÇa\x81 ?\nQui ?\n".encode("latin-1"))
    (block,) = lines.text_blocks(FileSlice(tmp_path / "mine", encoding="windows-1252"))
    assert (block.text(0), block.bad, block.text(2)) == ("Où ?", {1: "invalid_utf8"}, "Qui ?")


def test_a_byte_order_mark_is_no_letter(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le"))
    for named in (None, "utf-16", "utf-16-le"):
        assert Fetched(tmp_path, pairs=tmp_path / "mine", encoding=named).pairs == ROWS
    (tmp_path / "mine").write_bytes(TABLE.encode("utf-32"))
    for named in (None, "utf-32"):
        assert Fetched(tmp_path, pairs=tmp_path / "mine", encoding=named).pairs == ROWS


SENTENCES = {
    "ar": ("windows-1256", "أين نحن؟", "من فعل هذا؟"),
    "ja": ("shift_jis", "ここはどこですか。", "寒いです。"),
    "ko": ("euc-kr", "우리는 어디에 있나요?", "누가 이것을 했나요?"),
    "ru": ("windows-1251", "Где мы находимся?", "Кто это сделал?"),
    "zh": ("gb18030", "我们在哪里？", "这是谁做的？"),
    "de": ("windows-1252", "Müssen wir hier hinüber?", "Größer als früher?"),
}


@pytest.mark.parametrize("language", SENTENCES)
def test_what_the_language_is_often_in_is_offered_and_every_utf_16_is_told(tmp_path: Path, language: str) -> None:
    encoding, *sentences = SENTENCES[language]
    text = "".join(f"{sentence}\n" for sentence in sentences * 4)
    (tmp_path / "en").write_text("Where are we?\nWho did this?\n" * 4, encoding="utf-8")
    files = {"source": tmp_path / "mine", "target": tmp_path / "en"}
    for name in (encoding, "utf-16-le", "utf-16-be"):
        (tmp_path / "mine").write_bytes(text.encode(name))
        with pytest.raises(QuoiError, match=f"mine.*`corpus.files.encoding: {name}`"):
            Fetched(tmp_path, Languages(source=language, target="en"), **files)


def test_few_damaged_lines_are_counted_and_more_if_utf_8_is_named(tmp_path: Path) -> None:
    sides = [["Why not?"] * 100, ["Größe?"] * 3 + ["Warum?"] * 97]
    for name, side in zip(("en", "de"), sides, strict=True):
        (tmp_path / name).write_text("\n".join(side), encoding="latin-1")
    given = {"source": tmp_path / "de", "target": tmp_path / "en"}
    german = Languages(source="de", target="en")
    with pytest.raises(QuoiError, match="de, line 1 is not valid UTF-8"):
        Fetched(tmp_path, german, **given)
    said: list[str] = []
    (tmp_path / "de").write_text("\n".join(sides[1] * 10).replace("Größe", "Groesse", 27), encoding="latin-1")
    (tmp_path / "en").write_text("\n".join(sides[0] * 10), encoding="utf-8")
    corpus = Corpus(source="files", files=Files(**{key: str(path) for key, path in given.items()}))
    assert fetch(corpus, german, tmp_path / "raw", said.append) == 1000
    assert said.pop(0).endswith(" 3")  # of 1,000 lines, so few are damaged
    said.clear()
    for name, side in zip(("en", "de"), sides, strict=True):
        (tmp_path / name).write_text("\n".join(side), encoding="latin-1")
    corpus = Corpus(source="files", files=Files(encoding="utf-8", **{key: str(path) for key, path in given.items()}))
    assert fetch(corpus, german, tmp_path / "raw", said.append) == 100
    assert said[0].startswith(f"{tmp_path / 'de'}: lines that are damaged") and said[0].endswith(" 3")
