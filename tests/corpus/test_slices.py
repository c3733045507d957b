"""Texts that lie somewhere in a file, packed or not, and what is not what it seems."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import json
import lzma
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.corpus import lines, slices
from quoi.corpus.slices import FileSlice, sides
from quoi.io.errors import QuoiError
from tests.archives import tar


def text(slice_: FileSlice) -> bytes:
    return b"".join(lines.line_blocks(slice_))


@given(st.text(max_size=200), st.booleans(), st.integers(1, 40))
def test_a_member_is_read_and_nothing_before_or_after_it(tmp_path_factory, written, packed, size):
    content = written.encode("utf-8", "surrogatepass")
    member = gzip.compress(content) if packed else content
    path = tar(tmp_path_factory.mktemp("slice") / "archive", {"before": b"one\n", "it": member, "after": b"two\n"})
    seen: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "BLOCK", size)
        slice_ = FileSlice(path, "it")
        assert b"".join(lines.line_blocks(slice_, seen.append)) == content
    assert sum(seen) == slice_.length() == len(member)


def test_a_file_and_bytes_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one\ntwo\n")
    assert text(FileSlice(path)) == b"one\ntwo\n" and FileSlice.of(str(path)) == FileSlice(path)
    assert (FileSlice(path).length(), FileSlice(tmp_path / "absent").length()) == (8, 0)
    memory = FileSlice(Path("standard input"), data=b"two\n")
    assert text(memory) == b"two\n" and memory.length() == 4


def test_errors_name_the_member_and_its_archive(tmp_path: Path) -> None:
    whole = gzip.compress("".join(f"line {number}\n" for number in range(100_000)).encode())
    damaged = bytearray(whole)
    damaged[-6] ^= 0xFF
    for content in (whole[: len(whole) // 2], bytes(damaged)):
        path = tar(tmp_path / "a.tar", {"en.gz": content})
        with pytest.raises(QuoiError, match=r"^en\.gz in .*a\.tar is a damaged or truncated gzip file: "):
            text(FileSlice(path, "en.gz"))


def test_the_sides_are_two_files_unless_the_note_tells_where_they_lie(tmp_path: Path) -> None:
    note = {"name": "x"}
    (tmp_path / "source.json").write_text(json.dumps(note))
    assert sides(tmp_path) == (FileSlice(tmp_path / "corpus.source.gz"), FileSlice(tmp_path / "corpus.target.gz"))
    note["sides"] = [
        {"file": "a.tar", "member": "en.gz", "offset": 512, "bytes": 7},
        {"file": "a.tar", "member": "fr.gz", "offset": 1536, "bytes": 8},
    ]
    (tmp_path / "source.json").write_text(json.dumps(note))
    assert sides(tmp_path) == (
        FileSlice(tmp_path / "a.tar", "en.gz"),
        FileSlice(tmp_path / "a.tar", "fr.gz"),
    )


CONTENT = "Où ?\nQui est-ce ?\r\n".encode() * 20_000


@pytest.mark.parametrize("form", ["utf-16", "utf-16-le", "utf-16-be", "utf-8"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_text_that_is_packed_or_utf16_is_read_as_it_is(tmp_path: Path, form: str, pack) -> None:
    path = tmp_path / "file.txt"
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(form, b"")
    path.write_bytes(pack(mark + CONTENT.decode().encode(form)))
    seen: list[int] = []
    assert b"".join(lines.line_blocks(path, seen.append)).removeprefix(codecs.BOM_UTF8) == CONTENT
    assert sum(seen) == path.stat().st_size


WRITTEN = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(WRITTEN.filter(lambda text: not text.startswith("\0")), st.integers(1, 9))  # that would be UTF-32's mark
def test_utf16_in_blocks_of_any_size(tmp_path_factory, written: str, size: int) -> None:
    path = tmp_path_factory.mktemp("lines") / "file"
    path.write_bytes(codecs.BOM_UTF16_LE + written.encode("utf-16-le"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "BLOCK", 2 * size)
        assert b"".join(lines.line_blocks(path)) == written.encode()


@pytest.mark.parametrize(("form", "pack"), [("bz2", bz2.compress), ("xz", lzma.compress)])
def test_packed_text_that_is_cut_or_damaged(tmp_path: Path, form: str, pack) -> None:
    path = tmp_path / "file"
    whole = pack(random.Random(1).randbytes(1 << 20))
    path.write_bytes(whole[:-40])
    with pytest.raises(QuoiError, match=rf"file is a damaged or truncated {form} file: .+\.$"):
        text(FileSlice(path))
    path.write_bytes(whole[:1000] + b"\0" * 100 + whole[1100:])
    with pytest.raises(QuoiError, match=rf"file is a damaged or truncated {form} file: .+\.$"):
        text(FileSlice(path))


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mine.tsv", "Who?\tQui ?\n")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped(), "a zip archive"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive"),
        (b"\x28\xb5\x2f\xfd\0", "a damaged or truncated zstd file"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"PAR1\x15\4", "a Parquet table"),
        ("Qui ?\n".encode("utf-16-le"), "looks like UTF-16 without a byte order mark"),
        ("Qui ?\n".encode("utf-16-be"), "looks like UTF-16 without a byte order mark"),
        (codecs.BOM_UTF16_LE + "Qui ?\nOù".encode("utf-16-le")[:-1], "is not valid UTF-16"),
        (codecs.BOM_UTF16_BE + b"\0a\xd8\0\0a\0a", "is not valid UTF-16"),
    ],
)
def test_what_is_of_a_form_that_is_not_read_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "mine").write_bytes(content)
    with pytest.raises(QuoiError, match=said) as raised:
        text(FileSlice(tmp_path / "mine"))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("content", [b"BZh is no word\n", b"PK and Rar! are letters\n", b"%PDF\n", b"a\0b\n"])
def test_words_that_begin_like_another_form_are_text(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mine").write_bytes(content)
    assert text(FileSlice(tmp_path / "mine")) == content
