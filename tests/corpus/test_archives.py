"""Archives that nobody who means well would write are refused, whatever is wrong with them."""

from __future__ import annotations

import io
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quoi.corpus.sources import archives
from quoi.corpus.sources.archives import in_tar, in_zip
from quoi.io.errors import QuoiError

EN, FR = "en.gz", "fr.gz"


Entry = tuple[tarfile.TarInfo, bytes]


def entry(name: str, content: bytes = b"content", kind: bytes = tarfile.REGTYPE, **more) -> Entry:
    """A member of a tar and what is in it."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, len(content)
    for key, value in more.items():
        setattr(info, key, value)
    return info, content


def tar(path: Path, *entries: Entry, form: int = tarfile.PAX_FORMAT) -> Path:
    with tarfile.open(path, "w", format=form) as archive:
        for info, content in entries:
            archive.addfile(info, io.BytesIO(content))
    return path


def content_of(path: Path, stretch) -> bytes:
    with path.open("rb") as file:
        file.seek(stretch.offset)
        return file.read(stretch.size)


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("folder", ["", "./", "a/b/", "é" * 70 + "/"])
def test_members_are_found_where_they_lie(tmp_path: Path, form: int, folder: str) -> None:
    others = entry(folder + "README", b"x" * 700), entry("empty", kind=tarfile.DIRTYPE, content=b"")
    path = tar(tmp_path / "a.tar", *others, entry(folder + FR, b"two" * 999), entry(folder + EN, b"one"), form=form)
    english, french = in_tar(path, (EN, FR))
    assert content_of(path, english) == b"one" and content_of(path, french) == b"two" * 999
    assert (english.path, english.name) == (path, folder + EN) and str(french) == f"{folder}{FR} in {path}"


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([entry("/etc/" + EN)], r"'/etc/en\.gz' in it leads out of its folder"),
        ([entry("a/../../" + EN)], r"'a/\.\./\.\./en\.gz' in it leads out of its folder"),
        ([entry("..\\" + EN)], "leads out of its folder"),
        ([entry("C:/" + EN)], "leads out of its folder"),
        ([entry(EN), entry("/etc/passwd")], "leads out of its folder"),
        ([entry(EN, b"", tarfile.SYMTYPE, linkname="/etc/passwd")], "is a link, a device or a file with holes"),
        ([entry("a", b"", tarfile.SYMTYPE, linkname="..")], "is a link"),
        ([entry(EN), entry("b", b"", tarfile.LNKTYPE, linkname=EN)], "is a link"),
        ([entry("b", b"", tarfile.CHRTYPE)], "a device"),
        ([entry("b", b"", tarfile.BLKTYPE)], "a device"),
        ([entry(EN, b"", tarfile.FIFOTYPE)], "a device"),
        ([entry(EN), entry(FR), entry(EN)], "two members in it have the same name"),
        ([entry("a/" + EN), entry("b/" + EN), entry(FR)], r"there are 2 members named en\.gz in it"),
        ([entry(EN, b"", tarfile.DIRTYPE), entry(FR)], r"en\.gz in it is a folder"),
        ([entry(str(number)) for number in range(101)], "there are more than 100 members in it"),
    ],
)
def test_a_hostile_tar_is_refused(tmp_path: Path, entries, said: str) -> None:
    path = tar(tmp_path / "a.tar", *entries)
    with pytest.raises(QuoiError, match=rf"^.*a\.tar is refused: .*{said}.*\.$"):
        in_tar(path, (EN, FR))


def test_a_tar_without_the_members_is_another_one(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar", entry(EN))
    with pytest.raises(QuoiError, match=r"There is no fr\.gz in .*a\.tar: it is another archive than the one"):
        in_tar(path, (EN, FR))


def test_a_file_with_holes_is_refused(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar", entry(EN, pax_headers={"GNU.sparse.map": "0,1", "GNU.sparse.size": "9"}))
    with pytest.raises(QuoiError, match="with holes"):
        in_tar(path, (EN,))


@pytest.mark.parametrize("keep", [1, 300, 512, 600, 1024, 1500])
def test_a_tar_that_breaks_off(tmp_path: Path, keep: int) -> None:
    path = tar(tmp_path / "a.tar", entry(EN, b"x" * 1500), entry(FR))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(QuoiError, match=r"a\.tar is no readable tar archive: |a\.tar breaks off"):
        in_tar(path, (EN, FR))


def test_a_size_beyond_the_file(tmp_path: Path) -> None:
    info = tarfile.TarInfo(EN)
    info.size = 1 << 40
    path = tmp_path / "a.tar"
    path.write_bytes(info.tobuf() + bytes(2048))
    with pytest.raises(QuoiError, match=r"a\.tar is no readable tar archive: unexpected end|a\.tar breaks off"):
        in_tar(path, (EN,))


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME], ids=["pax", "long name"])
def test_a_giant_header_does_not_come_into_memory(tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = kind, 1 << 30
    path = tmp_path / "a.tar"
    with path.open("wb") as file:
        file.write(info.tobuf())
        file.truncate(2 << 30)
    with pytest.raises(QuoiError, match="is no readable tar archive: its headers are larger than any tar's"):
        in_tar(path, (EN,))


def test_headers_without_end_are_given_up(tmp_path: Path) -> None:
    info = tarfile.TarInfo("x")
    info.type = tarfile.GNUTYPE_LONGLINK
    path = tmp_path / "a.tar"
    path.write_bytes(info.tobuf() * 20_000)
    with pytest.raises(QuoiError, match="is no readable tar archive"):
        in_tar(path, (EN,))


def test_a_member_that_leads_back_to_itself_is_given_up(tmp_path: Path) -> None:
    header = bytearray(tarfile.TarInfo(EN).tobuf())
    header[124:136] = struct.pack(">I", 0xFFFFFFFF) + struct.pack(">q", -512)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    path = tmp_path / "a.tar"
    path.write_bytes(header * 4 + bytes(1024))
    with pytest.raises(QuoiError):
        in_tar(path, (EN,))


@given(st.binary(max_size=600), st.integers(0, 2000), st.integers(0, 300))
@settings(max_examples=150, deadline=None)
def test_no_damage_to_a_tar_is_a_traceback(tmp_path_factory, damage: bytes, place: int, missing: int) -> None:
    folder = tmp_path_factory.mktemp("tar")
    path = tar(folder / "a.tar", entry(EN, b"x" * 400, pax_headers={"comment": "é"}), entry(FR, b"y" * 100))
    whole = path.read_bytes()[: 4096 - missing]
    path.write_bytes(whole[:place] + damage + whole[place + len(damage) :])
    try:
        for stretch in in_tar(path, (EN, FR)):
            assert len(content_of(path, stretch)) == stretch.size
    except QuoiError as error:
        assert str(path) in str(error)


@pytest.mark.parametrize("content", [b"", b"<html>", b"x" * 2000, zipfile.ZIP_STORED.to_bytes(600, "big")])
def test_what_is_no_tar(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(content)
    with pytest.raises(QuoiError, match=r"a\.tar is no readable tar archive|There is no en\.gz in"):
        in_tar(path, (EN,))


def test_a_compressed_tar_is_not_inflated(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(*(entry(EN)[0], io.BytesIO(b"content")))
    with pytest.raises(QuoiError, match="is no readable tar archive"):
        in_tar(path, (EN,))


TABLE = "fra.txt"
Names = list[tuple[str | zipfile.ZipInfo, bytes]]


def zipped(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive, warnings.catch_warnings(action="ignore"):  # of twins
        for name, content in members:
            archive.writestr(name, content)
    return path


def find(path: Path) -> zipfile.ZipInfo:
    with zipfile.ZipFile(path) as archive:
        return in_zip(archive, path, TABLE)


def info(name: str, change: Callable[[zipfile.ZipInfo], None]) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    change(made)
    return made


def link(made: zipfile.ZipInfo) -> None:
    made.create_system, made.external_attr = 3, 0o120777 << 16


def test_the_table_is_found_beside_other_files_and_in_a_folder(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("x/", b""), ("x/_about.txt", b"about"), ("x/" + TABLE, b"Go.\tVa !\tme\n"))
    assert find(path).file_size == len("Go.\tVa !\tme\n")


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([("/" + TABLE, b"")], "leads out of its folder"),
        ([("../" + TABLE, b"")], "leads out of its folder"),
        ([(TABLE, b""), ("a/..\\..\\b", b"")], "leads out of its folder"),
        ([("C:\\" + TABLE, b"")], "leads out of its folder"),
        ([(info(TABLE, link), b"/etc/passwd")], r"'fra\.txt' in it is a link"),
        ([(TABLE, b""), (info("other", link), b"/")], "'other' in it is a link"),
        ([(TABLE, b"1"), (TABLE, b"2")], "two members in it have the same name"),
        ([("a/" + TABLE, b"1"), ("b/" + TABLE, b"2")], r"there are 2 members named fra\.txt in it"),
        ([(TABLE + "/", b"")], r"fra\.txt in it is a folder"),
        ([(str(number), b"") for number in range(101)], "there are more than 100 members in it"),
    ],
)
def test_a_hostile_zip_is_refused(tmp_path: Path, members: Names, said: str) -> None:
    path = zipped(tmp_path / "a.zip", *members)
    with pytest.raises(QuoiError, match=rf"^.*a\.zip is refused: .*{said}.*\.$"):
        find(path)


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", (TABLE, b"secret"))
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    path.write_bytes(data)
    with pytest.raises(QuoiError, match=r"'fra\.txt' in it is encrypted"):
        find(path)


def test_another_method_of_compression_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", (TABLE, b"text"), method=zipfile.ZIP_LZMA)
    with pytest.raises(QuoiError, match="is compressed by another method"):
        find(path)


def test_a_zip_bomb_is_refused_by_the_size_it_declares(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(archives, "LARGEST", 1 << 20)
    path = zipped(tmp_path / "a.zip", (TABLE, bytes(1 + (1 << 20))))
    with pytest.raises(QuoiError, match=r"fra\.txt in it inflates to 1,048,577 bytes: this is a compression bomb"):
        find(path)


def test_a_zip_without_the_table_is_another_one(tmp_path: Path) -> None:
    with pytest.raises(QuoiError, match=r"There is no fra\.txt in .*a\.zip"):
        find(zipped(tmp_path / "a.zip", ("deu.txt", b"")))
