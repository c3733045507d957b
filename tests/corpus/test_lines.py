"""Blocks of whole lines from files of every kind and in every state."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.corpus import lines, slices
from quoi.corpus.normalise import normalise
from quoi.corpus.slices import FileSlice
from quoi.io.errors import QuoiError


def text(path: Path, normalised: bool = True) -> tuple[list[str], dict[int, str]]:
    """All lines, and the bad ones by their index among all."""
    every, bad = [], {}
    for block in lines.text_blocks(path, normalised=normalised):
        bad |= {len(every) + row: reason for row, reason in block.bad.items()}
        every += texts(block)
    return every, bad


def texts(block: lines.TextBlock) -> list[str]:
    """Its lines; "" for bytes that are not UTF-8."""
    damaged = {row for row, reason in block.bad.items() if reason == "invalid_utf8"}
    return ["" if row in damaged else line.decode() for row, line in enumerate(block.lines)]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("content", [b"", b"\n", b"a", b"a\n", b"a\nb", b"a\r\nb\r\n", "é\x85\u2028 è\rx\n".encode()])
def test_only_the_line_feed_ends_a_line(tmp_path: Path, content: bytes, pack) -> None:
    path = tmp_path / "file"
    path.write_bytes(pack(content))
    expected = content.decode().replace("\r\n", "\n").removesuffix("\n").split("\n") if content else []
    assert text(path) == (expected, {})


@given(
    st.lists(st.text(st.characters(exclude_characters="\n\r\0\ufeff", exclude_categories=["Cs"])), min_size=1),
    st.integers(1, 9),
)
def test_blocks_of_any_size_hold_the_same_lines(tmp_path_factory, written: list[str], size: int) -> None:
    path = tmp_path_factory.mktemp("lines") / "file"
    path.write_text("".join(f"{line}\n" for line in written), encoding="utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "BLOCK", size)
        assert text(path, normalised=False) == (written, {})
        assert text(path) == ([normalise(line) for line in written], {})


MARKED = st.text(
    "aé\u0301\u00ad\u200b\u200a\u2019\u2028\u202f\u20ac\u20d7\u212b\u0387\ufeff\u1100\u1161í日😀\u0fad", max_size=9
)


@given(st.lists(MARKED, min_size=1, max_size=9), st.integers(0, 9))
def test_a_block_of_normalised_lines_is_like_any_other(tmp_path_factory, written, number) -> None:
    path = tmp_path_factory.mktemp("lines") / "file"
    path.write_text("".join(f"{line}\n" for line in ["first", *written]), encoding="utf-8", newline="")
    (block,) = lines.text_blocks(path)
    expected = ["first", *map(normalise, written)]
    first, rest = block.split(number)
    assert (texts(block), texts(first), texts(rest)) == (expected, expected[:number], expected[number:])
    assert bool(block.repaired["invisible_marks"] + block.repaired["not_composed"]) == (expected[1:] != written)


def test_what_is_mended_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("plain\na\u200bb\u00ad\ncafe\u0301e\u0301\ufeff\n", encoding="utf-8")
    (block,) = lines.text_blocks(path)
    assert texts(block) == ["plain", "ab", "caféé"] and block.repaired == Counter(invisible_marks=3, not_composed=1)
    (block,) = lines.text_blocks(path, normalised=False)
    assert block.text(1) == "a\u200bb\u00ad" and not block.repaired


@given(st.text("aé\r\n\u2028\x85\x0b\x0c\x1c\ufeff\u200b", max_size=12), st.booleans())
def test_lines_read_at_once_are_those_of_a_file(tmp_path_factory, content: str, packed: bool) -> None:
    data = content.encode()
    plain = data.decode("utf-8-sig").replace("\r\n", "\n")
    expected = plain.removesuffix("\n").split("\n") if content else []
    data = gzip.compress(data) if packed else data
    path = tmp_path_factory.mktemp("lines") / "file"
    path.write_bytes(data)
    assert lines.read_lines(path) == lines.read_lines(FileSlice(Path("standard input"), data=data)) == expected


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"one\ntw\0o\n", "standard input, line 2 holds a NUL"),
        ("Quoi ?\nOù êtes-vous ?\n".encode("latin-1"), "line 2 is not valid UTF-8, and looks like Latin-1"),
        (b"\xff\n", "line 1 is not valid UTF-8.$"),
    ],
)
def test_lines_read_at_once_are_whole(data: bytes, said: str) -> None:
    with pytest.raises(QuoiError, match=said):
        lines.read_lines(FileSlice(Path("standard input"), data=data))


def test_parts_of_a_block_keep_their_bad_lines(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one\n\xff\nthree\nfo\0r\nfive\n")
    (block,) = lines.text_blocks(path)
    first, rest = block.split(3)
    assert (first.bad, rest.bad, rest.text(1)) == ({1: "invalid_utf8"}, {0: "nul"}, "five")
    assert (first.text(1), first.text(2)) == ("", "three")


@given(st.lists(st.binary(max_size=6).map(lambda line: line.replace(b"\n", b"")), min_size=1, max_size=6))
def test_what_is_valid_is_what_python_decodes(tmp_path_factory, written: list[bytes]) -> None:
    path = tmp_path_factory.mktemp("lines") / "file"
    path.write_bytes(b"x" + b"\n".join(written) + b"\n")
    (block,) = lines.text_blocks(path)
    for row, line in enumerate([b"x" + written[0], *written[1:]]):
        try:
            reason = "nul" if "\0" in line.decode() else None
        except UnicodeDecodeError:
            reason = "invalid_utf8"
        assert block.bad.get(row) == reason


def test_gzip_of_several_members_and_padding_is_one_file(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes(gzip.compress(b"one\ntw") + gzip.compress(b"o\nthree\n") + bytes(100))
    assert text(path) == (["one", "two", "three"], {})


def test_byte_order_mark_and_windows_ends_are_removed_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\xef\xbb\xbfone\r\n\xef\xbb\xbftwo\nthree\r\n")
    (block,) = lines.text_blocks(path)
    assert block.lines == [b"one", b"two", b"three"]
    assert block.repaired == Counter(byte_order_mark=1, windows_line_end=2, invisible_marks=1)


def test_bad_lines_are_marked_with_their_reason(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(lines, "LONGEST", 10)
    path = tmp_path / "file"
    path.write_bytes(b"good\n\xff\xfe\nn\0l\nlonger than ten\nalso\xc3\n10 letters\n")
    every, bad = text(path)
    assert bad == {1: "invalid_utf8", 2: "nul", 3: "too_long", 4: "invalid_utf8"}
    assert [every[0], every[5]] == ["good", "10 letters"]


def test_an_endless_line_is_bad_and_does_not_grow(tmp_path: Path) -> None:
    path = tmp_path / "file.gz"
    with gzip.open(path, "wb", 1) as file:
        file.write(b"before\n")
        for _ in range(20):
            file.write(bytes(1 << 20))
        file.write(b"\nafter\n")
    biggest = 0
    for block in lines.line_blocks(path):
        biggest = max(biggest, len(block))
    assert biggest < 6 << 20
    every, bad = text(path)
    assert (every[0], every[2], bad) == ("before", "after", {1: "too_long"})


def test_damaged_and_truncated_gzip_and_bytes_after_it(tmp_path: Path) -> None:
    path = tmp_path / "corpus.gz"
    whole = gzip.compress("".join(f"line {number}\n" for number in range(100_000)).encode())
    damaged = bytearray(whole)
    damaged[20] ^= 0xFF
    for content in (whole[: len(whole) // 2], whole[:5], bytes(damaged), whole + b"rubbish"):
        path.write_bytes(content)
        with pytest.raises(QuoiError, match=r"corpus.gz is a damaged or truncated gzip file: .+\.$"):
            text(path)


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(QuoiError, match="absent does not exist"):
        text(tmp_path / "absent")
    with pytest.raises(QuoiError, match="is a folder"):
        text(tmp_path)


def test_no_permission(tmp_path: Path, monkeypatch) -> None:
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(QuoiError, match="may not be read"):
        text(tmp_path / "file")


def test_progress_adds_up_to_the_file(tmp_path: Path) -> None:
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(b"some words\n" * 100_000))
    seen: list[int] = []
    for _ in lines.line_blocks(path, seen.append):
        pass
    assert sum(seen) == path.stat().st_size
