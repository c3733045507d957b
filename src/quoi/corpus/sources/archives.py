"""Getting an archive and finding a member in it without unpacking; refusing what is not what it should be.

Only headers are read here. An archive that holds a path out of its folder, a link, a device, an encrypted member or
two members of the same name is refused as a whole: nobody who means well writes one.
"""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NoReturn, TypeVar

from quoi.corpus.stretches import Stretch
from quoi.io.download import FOLDER, fetch
from quoi.io.errors import QuoiError
from quoi.io.files import reading, sha256
from quoi.params.corpus import Archive

Found = TypeVar("Found")

MEMBERS = 100
"""More than this many in a corpus of a few files are no accident."""

LARGEST = 1 << 30
"""Bytes of a member of a zip, inflated; the largest that is read here has a thirtieth of it."""

_HEADER = 1 << 20
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


@dataclass(frozen=True)
class Obtained:
    """An archive that is here: a download, or, without a URL, the copy that params.yaml names."""

    path: Path
    url: str | None
    bytes: int
    sha256: str


def obtain(params: Archive, key: str, name: str, what: str, look: Callable[[Path], Found]) -> tuple[Obtained, Found]:
    """Download an archive, or take the copy that is named, and look into it.

    Args:
        key: of the section in params.yaml, for errors.
        name: of the file among the downloads.
        what: what to call it in errors.
        look: finds what is wanted in it; a download that it refuses is removed.

    Raises:
        QuoiError: as `quoi.io.download.fetch` and `look`; the copy is absent or has another digest than the pinned one.
    """
    if params.path is not None:
        got = _own(Path(params.path), key, params.sha256)
        return got, look(got.path)
    otherwise = f"a copy of your own can be named in {key}.path"
    loaded = fetch(params.urls, FOLDER / name, sha256=params.sha256, what=what, otherwise=otherwise)
    try:
        return Obtained(loaded.path, loaded.url, loaded.bytes, loaded.sha256), look(loaded.path)
    except QuoiError:
        loaded.path.unlink()
        raise


def _own(path: Path, key: str, pinned: str | None) -> Obtained:
    with reading(f"{path}, which {key}.path names,", "the archive itself"):
        size, digest = path.stat().st_size, sha256(path).hexdigest()
    if pinned and digest != pinned:
        raise QuoiError(f"{path} has the SHA-256 {digest}, but {key}.sha256 pins {pinned}.")
    return Obtained(path, None, size, digest)


def in_tar(path: Path, names: Sequence[str]) -> list[Stretch]:
    """Where in an uncompressed tar the members with these names lie, in whichever folder.

    Raises:
        QuoiError: the file is no tar or breaks off, is refused, or lacks one of the members.
    """
    found: list[tarfile.TarInfo] = []
    try:
        with _Headers(path) as file, tarfile.open(fileobj=file, mode="r:") as tar:
            for member in tar:
                if not (member.isreg() or member.isdir()) or member.sparse is not None:
                    _refuse(path, f"{member.name!r} in it is a link, a device or a file with holes")
                found.append(member)
                _check_names(path, [each.name for each in found])
    except (tarfile.TarError, ValueError, OverflowError, RecursionError, OSError) as error:
        raise QuoiError(f"{path} is no readable tar archive: {error}.") from None
    stretches = []
    for wanted in names:
        member = _one(path, wanted, [each for each in found if PurePosixPath(each.name).name == wanted])
        if member.isdir():
            _refuse(path, f"{wanted} in it is a folder")
        if not 0 <= member.offset_data <= member.offset_data + member.size <= path.stat().st_size:
            raise QuoiError(f"{path} breaks off: {wanted} in it needs {member.size:,} bytes, and there are fewer.")
        stretches.append(Stretch(path, member.offset_data, member.size, member.name))
    return stretches


def in_zip(archive: zipfile.ZipFile, path: Path, name: str) -> zipfile.ZipInfo:
    """The member of a zip with this name, in whichever folder; it inflates to no more than `LARGEST`.

    Raises:
        QuoiError: the archive is refused, or lacks the member.
    """
    members = archive.infolist()
    for member in members:
        if stat.S_ISLNK(member.external_attr >> 16):
            _refuse(path, f"{member.filename!r} in it is a link")
        if member.flag_bits & 1:
            _refuse(path, f"{member.filename!r} in it is encrypted")
    _check_names(path, [member.orig_filename for member in members])
    member = _one(path, name, [each for each in members if PurePosixPath(each.filename).name == name])
    if member.is_dir():
        _refuse(path, f"{name} in it is a folder")
    if member.compress_type not in _METHODS:
        _refuse(path, f"{name} in it is compressed by another method than zip's own")
    if member.file_size > LARGEST:
        _refuse(path, f"{name} in it inflates to {member.file_size:,} bytes: this is a compression bomb")
    return member


def _check_names(path: Path, names: Sequence[str]) -> None:
    if len(names) > MEMBERS:
        _refuse(path, f"there are more than {MEMBERS} members in it")
    if len(set(names)) < len(names):
        _refuse(path, "two members in it have the same name")
    for name in names:
        parts = name.replace("\\", "/").split("/")
        if "\0" in name or name.startswith(("/", "\\")) or ".." in parts or parts[0].endswith(":"):
            _refuse(path, f"{name!r} in it leads out of its folder")


def _one(path: Path, name: str, found: Sequence[Found]) -> Found:
    if not found:
        raise QuoiError(f"There is no {name} in {path}: it is another archive than the one that is needed.")
    if len(found) > 1:
        _refuse(path, f"there are {len(found)} members named {name} in it")
    return found[0]


def _refuse(path: Path, why: str) -> NoReturn:
    raise QuoiError(f"{path} is refused: {why}.")


class _Headers(io.FileIO):
    """A tar for reading headers: neither a member's content nor a giant header can come into memory."""

    def read(self, size: int = -1, /) -> bytes:
        if not 0 <= size <= _HEADER:
            raise tarfile.ReadError("its headers are larger than any tar's")
        return super().read(size)
